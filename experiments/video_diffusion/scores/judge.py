"""A judge of motion: could the second frame follow the first in one step of a walk?

On the lattice the two tell that. A walker who may stand still, and be slow or fast, makes nearly any small step: there
the judge is given the frame before and the frame after too, and sees whether the step belongs to the motion around it.

Trained on real mazes only, on pairs of blurred, slightly noised frames at half resolution, so that neither texture nor
an autoencoder's blur decides. Its last hidden layer is the feature space of the Fréchet distances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.scores.judge_threshold import around


@dataclass(frozen=True)
class JudgeConfig:
    widths: tuple[int, int, int] = (32, 64, 96)
    features: int = 64
    frames: int = 2  # that it sees: the two of the transition, or 4 with one before and one after
    threshold: float = 0.0  # logit that 95 % of real pairs pass; set after training
    # The same by how much moves around a transition, see `around`: levels at these amounts, lines between them.
    amounts: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()


class Judge(nn.Module):
    """`forward` scores pairs; `features` describes them."""

    def __init__(self, config: JudgeConfig = JudgeConfig()):
        super().__init__()
        self.config = config
        a, b, c = config.widths
        self.body = nn.Sequential(
            nn.Conv2d(3 * config.frames, a, 5, stride=2, padding=2),
            nn.GroupNorm(8, a),
            nn.SiLU(),
            nn.Conv2d(a, b, 3, stride=2, padding=1),
            nn.GroupNorm(8, b),
            nn.SiLU(),
            nn.Conv2d(b, b, 3, padding=1),
            nn.GroupNorm(8, b),
            nn.SiLU(),
            nn.Conv2d(b, c, 3, stride=2, padding=1),
            nn.GroupNorm(8, c),
            nn.SiLU(),
            nn.Flatten(),
            nn.Linear(16 * c, config.features),
        )
        self.verdict = nn.Sequential(nn.SiLU(), nn.Linear(config.features, 1))

    def features(self, *window: Tensor) -> Tensor:
        """Blurred images, each (N, 3, 32, 32), of two frames, or of the four around a transition → features
        (N, config.features). Where a judge of four is given two, all stands still before and after them."""
        if self.config.frames == 4 and len(window) == 2:
            window = (window[0], *window, window[1])
        *before, first, second = window[:-1] if len(window) == 4 else window
        parts = [(first + second) / 2, second - first]
        if before:
            parts += [first - before[0], window[3] - second]
        return self.body(torch.cat(parts, dim=1).to(memory_format=torch.channels_last)).float()

    def forward(self, *window: Tensor) -> Tensor:
        """Logits (N,) that the second frame may follow the first."""
        return self.verdict(self.features(*window))[:, 0]

    def possible(self, *window: Tensor) -> Tensor:
        """Which transitions (N,) pass the threshold that 95 % of real ones pass."""
        return self(*window) > self.asked(*window)

    def asked(self, *window: Tensor) -> Tensor:
        """The threshold (N,) of each transition: who walks fast is not asked for the certainty of who walks slowly."""
        if not self.config.amounts:
            return window[0].new_full((len(window[0]),), self.config.threshold)
        moving = around(*window)
        return torch.from_numpy(np.interp(moving.cpu(), self.config.amounts, self.config.levels)).to(moving)

    def windows(self, video: Tensor) -> tuple[Tensor, ...]:
        """Of each transition of a video (T, …) the frames that the judge sees, each (T − 1, …); beyond its ends the
        video stands still."""
        if self.config.frames == 2:
            return video[:-1], video[1:]
        return torch.cat([video[:1], video[:-2]]), video[:-1], video[1:], torch.cat([video[2:], video[-1:]])


def blur(images: Tensor) -> Tensor:
    """Images (N, 3, 64, 64) → (N, 3, 32, 32): mean over 2×2, then a binomial 3×3 filter."""
    half = F.avg_pool2d(images, 2)
    kernel = torch.tensor([0.25, 0.5, 0.25], device=images.device)
    weight = (kernel[:, None] * kernel).expand(images.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(half, (1, 1, 1, 1), mode="replicate"), weight, groups=images.shape[1])


def pairs(videos: Tensor, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Index pairs into videos (V, T, …): first (count, 2), second (count, 2) as (video, frame), and whether possible.

    Half are true steps. The others: 3 to 11 frames ahead or back, the same frame again, a frame of another video.
    """
    length = videos.shape[1]

    def integers(low: int, high: int) -> Tensor:
        return torch.randint(low, high, (count,), generator=generator)

    video, frame = integers(0, len(videos)), integers(11, length - 11)
    true = integers(0, 2).bool()
    kind = integers(0, 10)
    jump = integers(3, 12) * (2 * integers(0, 2) - 1)
    step = torch.where(kind < 7, jump, torch.where(kind < 8, 0, 1))
    elsewhere = (video + integers(1, len(videos))) % len(videos)
    other = torch.where((kind >= 8) & ~true, elsewhere, video)
    second = frame + torch.where(true, 1, step)
    return torch.stack([video, frame], 1), torch.stack([other, second], 1), true


def judge_loss(judge: Judge, blurred: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Binary cross-entropy on `count` random pairs of `blurred` (V, T, 3, 32, 32), each frame noised on its own."""
    first, second, true = pairs(blurred, count, generator)
    images = blurred[torch.cat([first, second]).unbind(1)].float()
    for frames in images.chunk(2):  # a draw each: the first axis of every draw is the batch
        frames += 0.03 * torch.randn(frames.shape, generator=generator)
    # Half of the pairs lose still more sharpness, both frames alike.
    soft = (torch.rand(count, generator=generator) < 0.5).repeat(2)
    images[soft] = F.avg_pool2d(images[soft], 3, stride=1, padding=1, count_include_pad=False)
    device = next(judge.parameters()).device
    logits = judge(*images.to(device).chunk(2))
    return F.binary_cross_entropy_with_logits(logits, true.to(device).float())


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that a positive scores above a negative (Mann–Whitney; ties count half)."""
    scores = torch.cat([torch.as_tensor(positive), torch.as_tensor(negative)]).double()
    _, inverse, counts = scores.unique(return_inverse=True, return_counts=True)
    ends = counts.cumsum(0).double()
    ranks = (ends - (counts.double() - 1) / 2)[inverse]
    n, m = len(positive), len(negative)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))
