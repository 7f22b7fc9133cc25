"""The judge of four frames: what it is shown, and what it learns from."""

import torch
from torch.testing import assert_close

from experiments.video_diffusion.scores.judge import Judge, JudgeConfig
from experiments.video_diffusion.scores.judge_windows import SHARES, windows


def numbered(videos: int, frames: int) -> torch.Tensor:
    """Every frame tells its video and its number."""
    count = torch.arange(videos * frames).float().reshape(videos, frames, 1, 1, 1)
    slope = torch.arange(32).float() / 1000  # tells left from right
    return count + slope.expand(videos, frames, 3, 32, 32)


def test_real_windows_are_four_frames_in_a_row():
    images, real, kinds = windows(numbered(5, 64), 4000, torch.Generator().manual_seed(0))
    number = torch.stack([image[:, 0, 0, 0] for image in images], 1)
    steps = number.diff(dim=1)[real]
    assert (steps[:, 1] == 1).all() and ((steps[:, [0, 2]] == 1) | (steps[:, [0, 2]] == 0)).all()
    assert (steps == 1).all(1).float().mean() > 0.8
    assert abs(real.float().mean() - 0.5) < 0.05 and set(kinds) == {"rest", *SHARES}


def test_impossible_windows_are_what_they_are_called():
    images, real, kinds = windows(numbered(5, 64), 4000, torch.Generator().manual_seed(1))
    number = torch.stack([image[:, 0, 0, 0] for image in images], 1)
    for kind in SHARES:
        rows = torch.tensor([each == kind for each in kinds])
        steps = number[rows].diff(dim=1)
        if kind == "jump":
            assert ((steps[:, 1].abs() >= 3) & (steps[:, 1].abs() < 12)).all()
        elif kind == "double":
            assert (steps == 2).all()
        elif kind == "backwards":
            assert (steps == -1).all()
        elif kind == "stutter":
            assert (steps == torch.tensor([1.0, 0.0, 1.0])).all()
        elif kind == "mirror":
            left = torch.stack([image[rows][:, 0, 0, 0] - image[rows][:, 0, 0, -1] for image in images], 1)
            assert (left[:, :2] < 0).all() and (left[:, 2:] > 0).all()
        assert not real[rows].any()


def test_two_frames_alone_stand_still_before_and_after():
    judge = Judge(JudgeConfig(frames=4)).eval()
    video = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    one, other = video[:1], video[1:2]
    assert_close(judge(one, other), judge(one, one, other, other))
    assert_close(judge(*judge.windows(video))[2:3], judge(*(video[k : k + 1] for k in (1, 2, 3, 4))))


def test_a_judge_of_two_sees_what_it_always_saw():
    judge = Judge()
    video = torch.rand(5, 3, 32, 32)
    first, second = judge.windows(video)
    assert_close(first, video[:-1])
    assert_close(second, video[1:])
