"""Free walks that remember: where they were is read from their frames clip by clip as at once, and what was given stays
evidence."""

from types import SimpleNamespace

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.data.other_walkers import walked
from experiments.video_diffusion.memory.poses import compose, relative
from experiments.video_diffusion.sampling import exploring
from experiments.video_diffusion.sampling.exploring import Exploring
from experiments.video_diffusion.sampling.methods import PerFrameNoise
from experiments.video_diffusion.sampling.sampler import Scheme
from experiments.video_diffusion.scores.readers.scene import phase_of
from experiments.video_diffusion.scores.world.paths import followed, localised

FRAMES, GIVEN = 60, 20
PATH = torch.from_numpy(walked("own", 3, FRAMES).poses).float()


class Reader:
    """Reads each frame's number off its pixels, and so knows the truth of it."""

    def __init__(self, recording, readers):
        path = PATH[recording.frames[:, 0, 0, 0].long()]
        self.read = SimpleNamespace(phase=phase_of(path))
        self.motions = relative(path[:-1], path[1:])
        self.poses = localised(self.read.phase, self.motions)


@pytest.fixture
def models(monkeypatch):
    """A model that always draws the frames that really follow; every latent is its frame's number."""
    monkeypatch.setattr(exploring, "Measured", Reader)

    def draft(denoise, method, past, scheme, generator):
        first = past.known[:, :1]
        return SimpleNamespace(clip=first + torch.arange(10.0)[None, :, None, None, None])

    monkeypatch.setattr(exploring, "sample", draft)
    return SimpleNamespace(
        denoise=None,
        device=torch.device("cpu"),
        decode=lambda latents: latents[..., :1, :1, :1].flatten(2)[..., None, None].expand(-1, -1, 64, 64, 3).byte(),
        decoder=SimpleNamespace(reach=2),
        depth=lambda images: torch.full((len(images), 64), 0.15),
        encode_images=lambda images: images.new_zeros(len(images), 8, 8, 8),
    )


def video(frames: int) -> torch.Tensor:
    return torch.arange(float(frames))[None, :, None, None, None].expand(2, -1, 8, 8, 8)


def explorer(models) -> Exploring:
    start = models.decode(video(GIVEN))
    return Exploring(models, None, start, PerFrameNoise(), Scheme(2), torch.Generator().manual_seed(0))


def test_the_clip_to_come_is_told_the_motion_of_its_draft(models):
    memory = explorer(models)
    for length in (GIVEN, 25, 30, 35):
        known = memory(video(length), length - 5, 10)
        truth = relative(PATH[length - 6], PATH[length - 5 : length + 5])
        for path in known.poses:
            before = memory.poses[0, length - 6]
            assert_close(relative(before, path), truth, atol=0.02, rtol=0.02)


def test_what_was_given_is_kept_apart_and_what_was_made_is_looked_at_once(models):
    memory, looked = explorer(models), []
    decode = models.decode
    models.decode = lambda latents: looked.append(latents.shape[1]) or decode(latents)
    for length in (GIVEN, 25, 30):
        memory(video(length), length - 5, 10)
        memory(video(length), length - 5, 10)
    assert looked == [10, 10, 7, 10, 10, 7, 10, 10]  # drafts, and five new frames with the two around them
    for bank in memory.banks:
        assert len(bank.given.poses) == GIVEN and len(bank.made.poses) == 10


def test_a_path_followed_in_two_parts_is_the_path_at_once():
    phase, motions = phase_of(PATH), relative(PATH[:-1], PATH[1:])
    noisy = motions + 0.05 * torch.randn(motions.shape, generator=torch.Generator().manual_seed(0))
    whole = localised(phase, noisy)
    rest = followed(whole[29], phase[30:], noisy[29:], before=30)
    assert_close(torch.stack(rest), whole[30:])
    assert (compose(whole[0], relative(whole[0], whole[-1])) - whole[-1])[:2].abs().max() < 1e-4
