"""Windows on the way to frame 300: where they lie, and that a video that fades is told from one that does not."""

import math

import pytest
import torch
from scipy import stats

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.metrics import frame_features
from experiments.video_diffusion.scores.statistics import ratio_interval
from experiments.video_diffusion.studies.quality_over_time import course, growth, strangeness

WINDOW = 20


@pytest.fixture(scope="module")
def models():
    return Models(torch.device("cpu"))


@pytest.fixture(scope="module")
def real():
    return torch.from_numpy(open_source(WALKS, "test", 75).frames(range(900, 908)))


@pytest.fixture(scope="module")
def reference(models):
    """The first 80 frames are what Fréchet distances are taken to."""
    few = torch.from_numpy(open_source(WALKS, "test", 10).frames(range(700, 708)))
    many = torch.from_numpy(open_source(WALKS, "test", 5).frames(range(708, 808)))
    return torch.cat([frame_features(models.judge, walks).flatten(0, 1) for walks in (few, many)])


def test_windows_cover_the_generated_part_and_the_last_ends_with_the_video(models, real, reference):
    found = course(models, real, reference, WINDOW)
    assert found["position"] == [20, 40, 60, 65]
    assert all(len(found[key]) == 4 for key in ("validity", "brightness", "contrast", "frechet", "strangeness"))
    assert found["frechet_ratio"] == pytest.approx(found["frechet_last"] / found["frechet_first"])


def test_a_video_that_greys_out_drifts_and_a_real_one_less(models, real, reference):
    keep = torch.linspace(1, 0.2, 75)[:, None, None, None]
    faded = (real * keep + 120 * (1 - keep)).to(torch.uint8)
    honest, grey = (course(models, videos, reference, WINDOW) for videos in (real, faded))
    assert grey["frechet_ratio"] > 1.5 * honest["frechet_ratio"]
    assert grey["strangeness_growth"]["low"] > 1.1 and grey["strangeness"][-1] > 1.3 * honest["strangeness"][-1]
    assert honest["strangeness_growth"]["low"] < 1 < honest["strangeness_growth"]["high"]
    assert grey["contrast"][-1] < 0.5 * grey["contrast"][0] and honest["contrast"][-1] > 0.8 * honest["contrast"][0]


def test_growth_is_that_between_the_middles_of_first_and_last_window():
    """Of an exponential course exactly; what happens between the windows counts, one strange frame hardly."""
    rate = torch.tensor([[0.010], [0.012], [0.014]])
    course = torch.exp(rate * torch.arange(101))
    found = growth(course, 21)
    assert found["value"] == pytest.approx(math.exp(0.012 * 80)) and 1 < found["low"] < found["value"] < found["high"]
    odd = course.clone()
    odd[:, -1] *= 5
    assert growth(odd, 21)["value"] < 1.1 * found["value"]


def test_equal_windows_have_ratio_one_without_doubt_and_the_interval_holds_the_ratio():
    assert ratio_interval(lambda kept: 0.0, 4) == pytest.approx({"value": 1, "low": 1, "high": 1})
    logs = [0.9, 1.0, 1.2, 1.3]
    other = ratio_interval(lambda kept: sum(logs[k] for k in kept) / len(kept), 4)
    assert other["value"] == pytest.approx(math.exp(1.1))
    # Of a mean, the jackknife's error is the standard error.
    assert math.log(other["high"] / other["value"]) == pytest.approx(stats.t.ppf(0.975, 3) * stats.sem(logs))


def test_frames_of_the_reference_have_strangeness_one_and_a_shift_adds_its_square():
    g = torch.Generator().manual_seed(0)
    own = torch.randn(4, 500, 6, generator=g) * torch.tensor([1, 2, 3, 4, 5, 6])
    reference = own.flatten(0, 1)
    assert float(strangeness(own, reference).mean()) == pytest.approx(1, abs=0.01)
    moved = own + torch.tensor([3, 0, 0, 0, 0, 0])
    assert float(strangeness(moved, reference).mean()) == pytest.approx(1 + 9 / 6, abs=0.1)
