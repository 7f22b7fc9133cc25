"""What a clip is told may be wrong: poses and actions that are none, a memory of something else. Every one is said."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.walker import in_free_space
from experiments.video_diffusion.memory import Views, led_by, relative
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods import PerFrameNoise
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.sampler import Scheme

NARROW = DenoiserConfig(width=16, inner_width=24, inner_blocks=1, heads=1, conditions=True)
START = torch.zeros(2, 10, 8, 8, 8)


def poses(videos: int = 2, frames: int = 30) -> torch.Tensor:
    return torch.stack([torch.linspace(1.3, 3.0, frames), torch.full((frames,), 1.5), torch.zeros(frames)], -1).expand(
        videos, -1, -1
    )


def models() -> SimpleNamespace:
    return SimpleNamespace(
        decode=lambda latents: torch.full((*latents.shape[:2], 64, 64, 3), 90, dtype=torch.uint8),
        decoder=SimpleNamespace(reach=2),
        depth=lambda images: torch.full((len(images), 64), 0.5),
        encode_images=lambda images: images.new_zeros(len(images), 8, 8, 8),
    )


def continued(tell, network: DenoiserConfig = NARROW, start=START):
    denoiser, generator = Denoiser(network).eval(), torch.Generator().manual_seed(0)
    return extend(denoiser, PerFrameNoise(), start, 20, Scheme(2), generator=generator, tell=tell)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (poses().index_fill(1, torch.tensor([7]), torch.nan), "pose of frame 7 of video 0 is not a number"),
        (poses()[0], r"shape \(30, 3\); \(videos, frames, 3\) is needed"),
        (poses()[..., :2], r"\(videos, frames, 3\) is needed"),
        (poses()[:, :0], r"\(videos, frames, 3\) is needed"),
    ],
)
def test_poses_that_are_none_are_refused_before_any_work(told, words):
    with pytest.raises(InputError, match=words):
        Remembering(models(), told)


def test_poses_of_other_videos_are_refused():
    with pytest.raises(InputError, match="poses of 3 videos, but 2 are made"):
        continued(Remembering(models(), poses(3)))


def test_a_video_longer_than_what_is_known_of_its_path_is_refused():
    with pytest.raises(InputError, match="poses for 8 frames, but the video has 10 already"):
        continued(Remembering(models(), poses(2, 8)))


def test_a_memory_of_another_walk_is_refused():
    views = Views(torch.zeros(10, 3, 64, 64), torch.ones(10, 64), poses()[0, :10])
    elsewhere = replace(views, poses=views.poses + 1)
    Remembering(models(), poses(), seen=[views, views])
    with pytest.raises(InputError, match="a memory of another walk"):
        Remembering(models(), poses(), seen=[views, elsewhere])
    with pytest.raises(InputError, match="a memory of 1 videos, but poses of 2"):
        Remembering(models(), poses(), seen=[views])
    with pytest.raises(InputError, match="a memory of another walk"):
        Remembering(models(), poses(2, 5), seen=[views, views])


def test_a_network_that_cannot_be_told_says_so():
    with pytest.raises(InputError, match="trained without motion and memory"):
        continued(Remembering(models(), poses(), 0), replace(NARROW, conditions=False))


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        (torch.zeros(2, 5, 3), "no speeds and turns"),
        (torch.zeros(3, 5, 2), "actions of 3 videos, but 2 begin"),
        (torch.full((2, 5, 2), torch.inf), "the action of frame 0 is not a number"),
    ],
)
def test_actions_that_do_not_fit_are_refused(actions, words):
    with pytest.raises(InputError, match=words):
        led_by(poses()[:, 0], actions)


def test_actions_lead_where_they_say():
    """Four quarter arcs come back to the start; with inertia the first step is shorter."""
    start = poses()[:, 0]
    ring = torch.tensor([0.4, np.pi / 8]).expand(2, 16, 2)
    led = led_by(start, ring)
    assert_close(led[:, -1, :2], start[:, :2], atol=1e-4, rtol=0)
    assert_close(led[:, -1, 2], start[:, 2] + 2 * torch.pi)
    slow = relative(led_by(start, ring, 0.5)[:, 0], led_by(start, ring, 0.5)[:, 1])
    assert_close(slow[:, :2].norm(dim=1), torch.full((2,), 0.2), atol=1e-4, rtol=0)


def test_who_stands_in_a_wall_sees_nothing():
    data = MazeWalks("test", 12)
    path = data.path(0)
    walls = np.argwhere(path.maze.walls)
    inside = path.poses.copy()
    inside[5, :2] = walls[0][::-1] + 0.5
    with pytest.raises(InputError, match="frame 5 stands in a wall"):
        data.draw(replace(path, poses=inside), np.arange(12))
    inside[5, :2] = 900
    with pytest.raises(InputError, match="frame 5 stands in a wall"):
        in_free_space(path.maze, inside)
    inside[3, 0] = np.nan
    with pytest.raises(InputError, match="frame 3 is not a number"):
        in_free_space(path.maze, inside)
    in_free_space(path.maze, path.poses)
