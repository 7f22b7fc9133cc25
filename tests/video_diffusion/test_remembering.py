"""What a clip of a long video is told of memory comes from the frames before it, each looked at once."""

from types import SimpleNamespace

import torch

from experiments.video_diffusion.sampling.remembering import Remembering

POSES = torch.stack([torch.linspace(1.3, 3.0, 20), torch.full((20,), 1.5), torch.zeros(20)], dim=-1)[None]


def models(looked: list[int]) -> SimpleNamespace:
    """Frames are grey, walls two blocks away, latents the pixels of every eighth row and column."""

    def decode(latents):
        looked.append(latents.shape[1])
        return torch.full((*latents.shape[:2], 64, 64, 3), 90, dtype=torch.uint8)

    return SimpleNamespace(
        decode=decode,
        decoder=SimpleNamespace(reach=2),
        depth=lambda images: torch.full((len(images), 64), 0.5),
        encode_images=lambda images: images[:, :, ::8, ::8],
    )


def test_every_frame_is_looked_at_once_with_those_around_it():
    looked: list[int] = []
    tell = Remembering(models(looked), POSES)
    video = torch.zeros(1, 15, 8, 8, 8)
    first, second = tell(video[:, :10], 5, 10), tell(video, 10, 10)
    assert looked == [10, 5 + 2]
    assert [len(bank.seen.poses) for bank in tell.banks] == [15]
    torch.testing.assert_close(tell.banks[0].seen.poses, POSES[0, :15])
    torch.testing.assert_close(first.poses, POSES[:, 5:15])
    torch.testing.assert_close(second.poses, POSES[:, 10:20])
    assert first.views.shape == (1, 10, 4, 8, 8) and first.views[:, :, -1].mean() > 0.3


def test_past_the_end_of_its_path_the_walker_stands_still():
    told = Remembering(models([]), POSES, retrieved=0)(torch.zeros(1, 15, 8, 8, 8), 15, 10)
    assert told.views is None
    torch.testing.assert_close(told.poses[0, :5], POSES[0, 15:])
    torch.testing.assert_close(told.poses[0, 5:], POSES[0, -1:].expand(5, 3))
