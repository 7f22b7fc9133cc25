"""The package as a researcher calls it: frames, starts and settings that are none are refused in one line."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion import HistoryGuidance, MazeWalks, Models, PerFrameNoise, Remembering, Start, extend
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.sampling.sampler import Scheme
from experiments.video_diffusion.sampling.streaming import stream

README = Path(__file__).parents[2] / "README.md"
NARROW = DenoiserConfig(width=16, inner_width=24, inner_blocks=1, heads=1)
START = torch.zeros(1, 10, 8, 8, 8)
TIED = PerFrameNoise()


@pytest.fixture(scope="module")
def models() -> Models:
    return Models("cpu")


@pytest.fixture(scope="module")
def episode():
    return MazeWalks("test", 20).episode(3)


def test_readme_s_lines_remember_the_walk_that_they_go_on():
    section = README.read_text(encoding="utf-8").split("## Training and long videos")[1]
    names: dict = {}
    exec(re.search(r"```python\n(.+?)```", section, re.DOTALL)[1], names)
    given, made, real = 40, names["frames"][0].float(), torch.from_numpy(names["walk"].frames).float()
    again = names["models"].decode(names["start"].latents)[0].float()
    assert made.shape == real.shape and (made[: given - 2] - again[: given - 2]).abs().max() <= 1
    # He is where he was led: five frames on, the picture is nearer to the true one than the last given one is.
    led, stayed = ((frame - real[given + 5]).abs().mean() for frame in (made[given + 5], real[given - 1]))
    assert led < 0.7 * stayed


def continued(start=START, method=TIED, seed=None, steps=1, **more):
    generator = torch.Generator().manual_seed(0) if seed is None else seed
    return extend(Denoiser(NARROW).eval(), method, start, 16, Scheme(steps), generator=generator, **more).latents


BAD_FRAMES = {
    "colours from 0 to 1": (lambda frames: frames / 255, "float64; uint8 from 0 to 255"),
    "not a number": (lambda frames: frames * np.nan, "uint8"),
    "grey": (lambda frames: frames[..., :1], r"\(1, 10, 64, 64, 1\); \(videos, frames, 64, 64, 3\)"),
    "grey, without channels": (lambda frames: frames[..., 0], "red, green and blue last"),
    "alpha": (lambda frames: np.concatenate([frames, frames[..., :1]], -1), r"64, 4\)"),
    "channels first": (lambda frames: np.moveaxis(frames, -1, 1), r"3, 64, 64\)"),
    "another size": (lambda frames: frames[:, :48, :48], r"48, 48, 3\)"),
    "twice the size": (lambda frames: frames.repeat(2, 1).repeat(2, 2), r"128, 128, 3\)"),
    "none": (lambda frames: frames[:0], r"\(1, 0, 64, 64, 3\)"),
}


@pytest.mark.parametrize("name", BAD_FRAMES)
def test_frames_that_are_none_are_refused(models, episode, name):
    spoil, words = BAD_FRAMES[name]
    spoiled = spoil(episode.frames[:10])
    with pytest.raises(InputError, match=words):
        models.encode(spoiled[None])
    with pytest.raises(InputError, match=words):
        Start.of(models, spoiled)


def test_frames_of_numpy_and_of_torch_have_the_same_latents(models, episode):
    frames = episode.frames[:10]
    start = Start.of(models, frames)
    assert_close(start.latents, models.encode(torch.from_numpy(frames)[None]))
    assert torch.equal(start.frames, torch.from_numpy(frames))


def test_frames_of_a_world_that_the_networks_do_not_know_are_refused(models):
    noise = np.random.default_rng(0).integers(0, 256, (10, 64, 64, 3), dtype=np.uint8)
    with pytest.raises(InputError, match="do not know the world of these frames.*train networks"):
        Start.of(models, noise)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"start": START[:, :3]}, "a start of 3 frames; the method looks back 5"),
        ({"start": START[:, :0]}, "a start of 0 frames"),
        ({"start": START[0]}, r"shape \(10, 8, 8, 8\)"),
        ({"start": torch.zeros(1, 10, 64, 64, 3, dtype=torch.uint8)}, "uint8; latents .* as Models.encode"),
        ({"start": torch.zeros(1, 10, 64, 64, 3)}, "this network takes .*10 frames, 8, 8, 8"),
        ({"start": START * torch.nan}, "no number"),
        ({"method": PerFrameNoise(overlap=10)}, "overlap must lie between 0 and 9"),  # it would go on for ever
        ({"method": PerFrameNoise(overlap=-1)}, "overlap must lie between 0 and 9"),
        ({"clip": 20}, "clips of shape .*up to 10 frames"),
        ({"seed": 3}, r"generator=3: a torch.Generator is needed"),
        ({"steps": 0}, "steps=0: a whole number from 1 on"),
        ({"steps": 2.5}, "steps=2.5: a whole number from 1 on"),
    ],
)
def test_what_cannot_be_continued_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        continued(**given)


@pytest.mark.parametrize(
    ("latents", "words"),
    [
        (START[0], r"shape \(10, 8, 8, 8\); \(videos, frames, C, H, W\)"),
        (START[:, :0], r"shape \(1, 0, 8, 8, 8\)"),
        (START * torch.nan, "sampling ran away; a smaller weight"),
    ],
)
def test_what_are_no_latents_is_not_decoded(models, latents, words):
    with pytest.raises(InputError, match=words):
        models.decode(latents)


def test_a_stream_refuses_what_extend_refuses(models):
    generator = torch.Generator().manual_seed(0)
    for method, start in ((PerFrameNoise(overlap=10), START), (PerFrameNoise(), START[:, :3])):
        with pytest.raises(InputError):
            next(stream(models, method, start, 16, Scheme(1), generator))


def test_history_guidance_needs_its_encoder_and_its_history():
    with pytest.raises(InputError, match="HistoryGuidance\\(encoder=models.history\\)"):
        HistoryGuidance()
    encoder = HistoryEncoder(HistoryConfig(width=24, heads=1, layers=1))
    with pytest.raises(InputError, match="a start of 3 frames; the method looks back 10"):
        continued(START[:, :3], HistoryGuidance(encoder=encoder))


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(InputError, match="device abacus"):
        Models("abacus")


def test_a_method_of_one_s_own_is_a_few_lines():
    """It changes the estimate alone, and the loop does the rest: here the video stands still."""

    @dataclass(frozen=True)
    class Frozen(PerFrameNoise):
        def estimate(self, denoise, z, t, past):
            return past.known[:, -1:].expand_as(z)

    start = torch.randn(1, 10, 8, 8, 8, generator=torch.Generator().manual_seed(1))
    made = continued(start, Frozen(), steps=3)
    assert_close(made[:, 10:], start[:, -1:].expand(-1, 6, -1, -1, -1))


def test_poses_may_come_from_numpy(models, episode):
    told = [Remembering(models, poses).poses for poses in (episode.poses[None], torch.from_numpy(episode.poses)[None])]
    assert torch.equal(*told)
    with pytest.raises(InputError, match="not a number"):
        Remembering(models, replace(episode, poses=episode.poses * np.nan).poses[None])
