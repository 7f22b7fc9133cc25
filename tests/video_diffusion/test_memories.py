"""Memories behind one interface: what each puts into the clip, and that nothing else of it changes."""

from types import SimpleNamespace

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.memory import Views
from experiments.video_diffusion.model.conditions import NOTHING, SLOTS
from experiments.video_diffusion.model.memory_encoder import MemoryEncoder, MemoryEncoderConfig
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.sampling.memories import (
    FAR_LEVEL,
    LEVEL,
    NEAR,
    Attending,
    Doubting,
    Forgetting,
    Holding,
    Slotting,
)
from experiments.video_diffusion.sampling.remembering import Remembering

FRAMES, FIRST = 40, 25
VIDEO = torch.arange(30.0)[None, :, None, None, None].expand(2, -1, 8, 8, 8)  # every latent is its frame's number


def poses() -> torch.Tensor:
    """Along a corridor and back again, looking the same way."""
    there = torch.linspace(1.2, 4.8, 20)
    x = torch.cat([there, there.flip(0)])
    return torch.stack([x, torch.full_like(x, 1.5), torch.zeros_like(x)], -1).expand(2, -1, -1)


@pytest.fixture
def models():
    asked = []

    def denoise(z, t, condition=None, memory=None, known=NOTHING):
        asked.append(SimpleNamespace(z=z, t=t, condition=condition, known=known))
        return torch.zeros_like(z)

    return SimpleNamespace(
        asked=asked,
        denoise=denoise,
        device=torch.device("cpu"),
        decode=lambda latents: torch.full((*latents.shape[:2], 64, 64, 3), 90, dtype=torch.uint8),
        decoder=SimpleNamespace(reach=2),
        depth=lambda images: torch.full((len(images), 64), 0.15),
        encode_images=lambda images: images.new_zeros(len(images), 8, 8, 8),
    )


def asked(memory, models, level: float = 0.5):
    known = memory(VIDEO, FIRST, 10)
    z, t = torch.full((2, 10, 8, 8, 8), -7.0), torch.full((2, 10), level)
    t[:, :5] = 0.1
    memory.denoise(z, t, known=known)
    return models.asked[-1]


def test_who_forgets_is_told_nothing_and_who_knows_his_motion_that_alone(models):
    assert asked(Forgetting(models), models).known == NOTHING
    found = asked(Remembering(models, poses(), 0), models)
    assert_close(found.known.poses, poses()[:, FIRST : FIRST + 10])
    assert found.known.views is None and (found.z == -7).all()


def test_slots_hold_earlier_frames_with_their_own_poses(models):
    found = asked(Slotting(models, poses()), models)
    assert (found.z[:, SLOTS:] == -7).all() and (found.t[:, SLOTS:5] == 0.1).all() and (found.t[:, 5:] == 0.5).all()
    assert (found.t[:, :SLOTS] == LEVEL).all()
    numbers = (found.z[:, :SLOTS].mean((2, 3, 4)) / (1 - LEVEL)).round().long()
    assert (numbers < FIRST).all()
    for video in range(2):
        assert_close(found.known.poses[video, :SLOTS], poses()[video, numbers[video]])
    assert_close(found.known.poses[:, SLOTS:], poses()[:, FIRST + SLOTS : FIRST + 10])


def test_a_view_of_the_very_pose_is_held_and_a_far_one_is_not(models):
    path = poses().clone()
    path[:, FIRST + 7, 1] += 2 * NEAR[0]  # nobody has been here
    path[:, FIRST + 8, 1] += 0.5 * NEAR[0]
    found = asked(Holding(models, path), models)
    came_by = FRAMES - 1 - (FIRST + 6)  # on the way there
    assert_close(found.t[:, 6], torch.full((2,), LEVEL))
    noise = found.z[:, 6] - (1 - LEVEL) * came_by
    assert float(noise.std()) == pytest.approx(LEVEL, rel=0.1)
    assert (found.t[:, 7] == 0.5).all() and (found.z[:, 7] == -7).all()
    half = LEVEL + 0.5 * (FAR_LEVEL - LEVEL)
    assert_close(asked(Holding(models, path), models, 0.99).t[:, 8], torch.full((2,), half), atol=0.02, rtol=0)


def test_what_is_less_noisy_than_the_held_frame_is_its_own(models):
    found = asked(Holding(models, poses()), models, level=0.05)
    assert (found.z[:, 5:] == -7).all() and (found.t[:, 5:] == 0.05).all()


@pytest.mark.parametrize("retrieved", [False, True])
def test_an_encoder_is_given_earlier_frames_and_the_clip_s_poses(models, retrieved):
    given = []

    def encoder(latents, seen_from, clip):
        given.append((latents, seen_from, clip))
        return ["branch"]

    encoder.config = MemoryEncoderConfig(frames=4, retrieved=retrieved)
    found = asked(Attending(models, poses(), encoder), models)
    latents, seen_from, clip = given[0]
    numbers = latents.mean((2, 3, 4)).long()
    assert found.condition == ["branch"] and numbers.shape == (2, 4) and (numbers < FIRST).all()
    assert_close(seen_from, poses()[torch.arange(2)[:, None], numbers])
    assert_close(clip, poses()[:, FIRST : FIRST + 10])
    if not retrieved:
        assert numbers[0].tolist() == [21, 22, 23, 24]


def test_an_untrained_encoder_changes_nothing(models):
    torch.manual_seed(0)
    encoder = MemoryEncoder(MemoryEncoderConfig(frames=4))
    branches = asked(Attending(models, poses(), encoder), models).condition
    with precision(torch.device("cpu")):  # as the denoiser calls them
        assert all((branch(torch.randn(2, 160, 160)) == 0).all() for branch in branches)


def test_what_banks_have_seen_already_is_not_looked_at_again(models):
    looked = []
    decode = models.decode
    models.decode = lambda latents: looked.append(latents.shape[1]) or decode(latents)
    seen = [Views(torch.zeros(20, 3, 64, 64), torch.full((20, 64), 0.15), path[:20]) for path in poses()]
    memory = Remembering(models, poses(), 6, seen)
    memory(VIDEO, FIRST, 10)
    assert looked == [10 + 2] and [len(bank.seen.poses) for bank in memory.banks] == [30, 30]


def test_who_doubts_remembers_the_first_frames_alone(models):
    memory = Doubting(models, poses())
    for length in (15, 20, 25):
        memory(VIDEO[:, :length], length - 5, 10)
    assert [len(bank.seen.poses) for bank in memory.banks] == [15, 15]
