"""What the motion reader learns from and how it matches."""

import torch
from torch.testing import assert_close

from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.scores.readers.motion import PLACES, Matching
from experiments.video_diffusion.training.tasks.motion import turned_over

MIRROR = torch.tensor([1.0, -1.0, -1.0])  # of a pose, in the axis it looks along at heading 0


def test_a_pair_that_is_turned_over_shows_the_motion_it_says():
    generator = torch.Generator().manual_seed(0)
    poses = torch.rand(200, 2, 3, generator=generator) - 0.5
    # The frames: which of the two it is, and what tells left from right.
    frames = torch.zeros(200, 2, 64, 64, 3, dtype=torch.uint8)
    frames[:, 1] = 1
    frames[:, :, :, 0] += 10
    pairs, motion = turned_over(frames, relative(*poses.unbind(1)), generator)
    mirrored, exchanged = pairs[:, 0, 0, -1, 0] >= 10, pairs[:, 0, 0, 5, 0] == 1
    assert len(torch.stack([mirrored, exchanged], 1).unique(dim=0)) == 4
    stood = torch.where(exchanged[:, None, None], poses.flip(1), poses)
    stood = torch.where(mirrored[:, None, None], stood * MIRROR, stood)
    assert_close(motion, relative(*stood.unbind(1)))


def test_what_has_shifted_sideways_is_found_at_its_shift():
    match = Matching(reach=6).eval()
    first = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    shift = 4  # columns of 32
    with torch.no_grad():
        near = match(first, first.roll(2 * shift, dims=3))[0, : 2 * 6 + 1]
    inner = near[:, 4:-4, 10:-10]  # what is padded at the edges has no match
    assert (inner.argmax(0) == 6 + shift).float().mean() > 0.95 and near.shape[1:] == PLACES
