"""The judge of four frames: what it is shown, and what it learns from."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.scores.judge import Judge, JudgeConfig
from experiments.video_diffusion.scores.judge_threshold import around, by_motion
from experiments.video_diffusion.scores.judge_windows import SHARES, windows


def numbered(videos: int, frames: int) -> torch.Tensor:
    """Every frame tells its video and its number."""
    count = torch.arange(videos * frames).float().reshape(videos, frames, 1, 1, 1)
    slope = torch.arange(32).float() / 1000  # tells left from right
    return count + slope.expand(videos, frames, 3, 32, 32)


def test_real_windows_are_four_frames_in_a_row():
    images, real, kinds = windows(numbered(5, 64), 4000, torch.Generator().manual_seed(0))
    number = torch.stack([image[:, 0, 0, 0] for image in images], 1)
    steps = number.diff(dim=1)[real]
    assert (steps[:, 1] == 1).all() and ((steps[:, [0, 2]] == 1) | (steps[:, [0, 2]] == 0)).all()
    assert (steps == 1).all(1).float().mean() > 0.8
    assert abs(real.float().mean() - 0.5) < 0.05 and set(kinds) == {"rest", *SHARES}


def test_impossible_windows_are_what_they_are_called():
    images, real, kinds = windows(numbered(5, 64), 4000, torch.Generator().manual_seed(1))
    number = torch.stack([image[:, 0, 0, 0] for image in images], 1)
    for kind in SHARES:
        rows = torch.tensor([each == kind for each in kinds])
        steps = number[rows].diff(dim=1)
        if kind == "jump":
            assert ((steps[:, 1].abs() >= 3) & (steps[:, 1].abs() < 12)).all()
        elif kind == "double":
            assert (steps == 2).all()
        elif kind == "backwards":
            assert (steps == -1).all()
        elif kind == "stutter":
            assert (steps == torch.tensor([1.0, 0.0, 1.0])).all()
        elif kind == "mirror":
            left = torch.stack([image[rows][:, 0, 0, 0] - image[rows][:, 0, 0, -1] for image in images], 1)
            assert (left[:, :2] < 0).all() and (left[:, 2:] > 0).all()
        assert not real[rows].any()


def test_two_frames_alone_stand_still_before_and_after():
    judge = Judge(JudgeConfig(frames=4)).eval()
    video = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    one, other = video[:1], video[1:2]
    assert_close(judge(one, other), judge(one, one, other, other))
    assert_close(judge(*judge.windows(video))[2:3], judge(*(video[k : k + 1] for k in (1, 2, 3, 4))))


def test_a_judge_of_two_sees_what_it_always_saw():
    judge = Judge()
    video = torch.rand(5, 3, 32, 32)
    first, second = judge.windows(video)
    assert_close(first, video[:-1])
    assert_close(second, video[1:])


def moved_by(steps: torch.Tensor) -> list[torch.Tensor]:
    """Windows (N,) of four grey frames that grow lighter by `steps` (N, 3)."""
    return [grey[:, None, None, None].expand(-1, 3, 32, 32) for grey in (0 * steps[:, 0], *steps.cumsum(1).unbind(1))]


def test_every_pace_passes_alike_where_the_judge_is_less_sure_of_the_fast():
    generator = torch.Generator().manual_seed(0)
    pace = torch.rand(40_000, generator=generator)
    logits = torch.randn(40_000, generator=generator) - 4 * pace
    windows_seen = moved_by(pace[:, None].expand(-1, 3))
    judge = Judge(JudgeConfig(frames=4))
    judge.config = replace(judge.config, threshold=float(logits.quantile(0.05)))
    one_for_all = logits > judge.asked(*windows_seen)
    judge.config = replace(judge.config, **by_motion(logits, around(*windows_seen)))
    by_pace = logits > judge.asked(*windows_seen)
    slow, fast = pace < 0.2, pace > 0.8
    assert one_for_all[slow].float().mean() > 0.99 and one_for_all[fast].float().mean() < 0.9
    for rows in (slow, fast, ~slow & ~fast):
        assert float(by_pace[rows].float().mean()) == pytest.approx(0.95, abs=0.02)


def test_no_jump_makes_the_judge_lenient():
    calm = torch.full((1, 3), 0.1)
    jump = calm + torch.tensor([0.0, 5.0, 0.0])
    assert_close(around(*moved_by(jump)), around(*moved_by(calm)))
    assert (around(*moved_by(2 * calm)) > around(*moved_by(calm))).all()
