"""Windows on the way to frame 300: where they lie, and that a video that fades is told from one that does not."""

import pytest
import torch

from experiments.video_diffusion.datasets import MazeWalks
from experiments.video_diffusion.metrics import frame_features
from experiments.video_diffusion.models import Models
from experiments.video_diffusion.studies.drift import course, ratio_interval

WINDOW = 20


@pytest.fixture(scope="module")
def models():
    return Models(torch.device("cpu"))


@pytest.fixture(scope="module")
def real():
    return torch.from_numpy(MazeWalks("test", 75).frames(range(900, 904)))


@pytest.fixture(scope="module")
def reference(models):
    walks = torch.from_numpy(MazeWalks("test", 10).frames(range(700, 708)))
    return frame_features(models.judge, walks).flatten(0, 1)


def test_windows_cover_the_generated_part_and_the_last_ends_with_the_video(models, real, reference):
    found = course(models, real, reference, WINDOW)
    assert found["position"] == [20, 40, 60, 65]
    assert all(len(found[key]) == 4 for key in ("validity", "brightness", "contrast", "frechet"))
    assert found["frechet_ratio"] == pytest.approx(found["frechet_last"] / found["frechet_first"])


def test_a_video_that_greys_out_drifts_and_a_real_one_less(models, real, reference):
    keep = torch.linspace(1, 0.2, 75)[:, None, None, None]
    faded = (real * keep + 120 * (1 - keep)).to(torch.uint8)
    honest, grey = (course(models, videos, reference, WINDOW) for videos in (real, faded))
    assert grey["frechet_ratio"] > 2 * honest["frechet_ratio"]
    assert grey["contrast"][-1] < 0.5 * grey["contrast"][0] and honest["contrast"][-1] > 0.8 * honest["contrast"][0]


def test_equal_windows_have_ratio_one_without_doubt_and_the_interval_holds_the_ratio():
    g = torch.Generator().manual_seed(0)
    first, last = (torch.randn(4, 50, 6, generator=g) for _ in range(2))
    reference = torch.randn(200, 6, generator=g)
    same = ratio_interval([first, first], reference)
    assert same == pytest.approx({"value": 1, "low": 1, "high": 1})
    other = ratio_interval([last + 1, first], reference)
    assert other["low"] < other["value"] < other["high"] and other["value"] > 3
