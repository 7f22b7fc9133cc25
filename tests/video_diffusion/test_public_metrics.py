"""Scores of public networks: a clear line where package or weights are missing, right numbers where they are not."""

import sys
from types import ModuleType

import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.scores import public_metrics as metrics_public
from experiments.video_diffusion.scores.public_metrics import MEASURES, fid, public_scores, temporal_lpips


@pytest.fixture
def videos():
    g = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (3, 4, 64, 64, 3), generator=g, dtype=torch.uint8)


def absent(name):
    return None


@pytest.mark.parametrize("score", MEASURES)
def test_a_missing_package_is_named_with_its_cure_in_one_line(monkeypatch, videos, score):
    monkeypatch.setattr(metrics_public, "find_spec", absent)
    with pytest.raises(InputError, match=r"package \w+ is missing; `pip install") as told:
        MEASURES[score](videos, videos)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("score", [fid, temporal_lpips])
def test_missing_weights_are_named_with_their_place_and_nothing_is_downloaded(monkeypatch, tmp_path, videos, score):
    monkeypatch.setattr(metrics_public, "find_spec", lambda name: object())
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(InputError, match=rf"weights .*\.pth are missing; put them at {tmp_path}"):
        score(videos, videos)


def test_what_is_missing_is_left_out_and_told(monkeypatch, videos):
    def missing(videos, real):
        raise InputError("no weights")

    monkeypatch.setattr(metrics_public, "MEASURES", {"one": lambda videos, real: 2.0, "other": missing})
    assert public_scores(videos, videos) == ({"one": 2.0}, {"other": "no weights"})


def test_temporal_lpips_is_the_network_s_mean_over_neighbouring_frames(monkeypatch, videos):
    monkeypatch.setattr(metrics_public, "BATCH", 2)  # batches of unequal size count by their size

    def network(one, other):
        assert one.shape[1:] == (3, 64, 64) and float(one.min()) == -1 and float(one.max()) == 1
        return (one - other).abs().mean()

    scaled = videos.float() / 127.5 - 1
    expected = (scaled[:, 1:] - scaled[:, :-1]).abs().mean()
    assert temporal_lpips(videos, network=network) == pytest.approx(float(expected), rel=1e-5)
    assert temporal_lpips(videos[:, :1].expand(-1, 4, -1, -1, -1), network=lambda a, b: (a - b).abs().mean()) == 0


def test_fid_hands_over_real_and_generated_frames_to_the_package(monkeypatch, videos):
    """A stand-in for torchmetrics, whose distance is the difference of the mean pixels."""
    seen = {True: [], False: []}

    class Distance:
        def __init__(self, feature):
            self.feature = feature

        def update(self, images, real):
            assert images.shape[1:] == (3, 64, 64) and images.dtype == torch.uint8
            seen[real].append(images)

        def compute(self):
            one, other = (torch.cat(seen[key]).float().mean() for key in (True, False))
            return one - other

    package = ModuleType("torchmetrics.image.fid")
    package.FrechetInceptionDistance = Distance
    for name, module in {"torchmetrics": ModuleType("torchmetrics"), "torchmetrics.image": ModuleType("image")}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, package.__name__, package)
    monkeypatch.setattr(metrics_public, "find_spec", lambda name: object())
    dark = videos // 2
    assert fid(dark, videos, torch.nn.Identity()) == pytest.approx(float(videos.float().mean() - dark.float().mean()))
    assert sum(map(len, seen[True])) == sum(map(len, seen[False])) == 12
