"""What every comparison has in common: the methods and their order, the walks, the ends of the injection."""

from dataclasses import replace

import pytest
import torch

from experiments.video_diffusion.sampling.methods.method import within
from experiments.video_diffusion.sampling.methods.registry import registry
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.studies.contenders import NAMES, real_videos
from experiments.video_diffusion.studies.injection_length import path_share
from experiments.video_diffusion.studies.long_videos import injected_steps
from experiments.video_diffusion.studies.scoring import best


def test_every_method_that_can_be_used_is_compared():
    assert sorted(NAMES) == sorted(registry())


def test_no_two_seeds_share_a_walk():
    walks = torch.cat([real_videos(seed, 2, 3) for seed in range(3)]).flatten(1)
    assert len(walks.unique(dim=0)) == 9


@pytest.mark.parametrize("steps", [16, 24, 100])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 1.0])
def test_a_share_of_the_steps_is_exactly_that_many_of_them(share, steps):
    scheme = replace(CONTINUING, steps=steps)
    grid = scheme.grid()
    injected = [within(t, path_share(share, scheme)) for t in grid[:-1]]
    assert sum(injected) == share * steps and injected == sorted(injected, reverse=True)
    assert within(grid[-1], path_share(share, scheme)) == (share == 1)


def test_injection_stops_where_its_docstring_says_after_800_of_1000_steps():
    assert injected_steps(1000) == pytest.approx(800, abs=2)


def test_the_best_by_one_score_need_not_be_the_best_by_another_and_a_stalling_one_never_is():
    def row(seam, log_ratio):
        return {
            key: {"value": value}
            for key, value in (
                ("seam_validity", seam),
                ("inner_validity", seam),
                ("seam_log_ratio", log_ratio),
                ("contrast_drift", 0.1),
            )
        }

    rows = {"truth": row(1.0, 0.0), "independent": row(0.9, 0.0), "stalls": row(0.2, -2.0), "jumps": row(0.5, 0.3)}
    rows["calm"] = row(0.4, -0.1)
    assert best(rows)["seam_validity"] == "jumps" and best(rows)["seam_ratio"] == "calm"
    rows["settles"] = row(0.5, -0.2)
    assert best(rows)["seam_validity"] == "settles"
