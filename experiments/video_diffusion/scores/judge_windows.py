"""What the judge of four frames learns from: real windows, and windows with a step that no walker makes."""

import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.scores.judge import Judge

REACH = 12  # frames that a jump leads away at most
# Kinds of impossible windows and their shares: a jump within the walk, a cut to another walk, a frame held once in a
# moving walk, every other frame, backwards in time, the mirror image from the second frame on, a cross-fade of a jump.
SHARES = {"jump": 0.4, "cut": 0.12, "stutter": 0.1, "double": 0.1, "backwards": 0.1, "mirror": 0.08, "fade": 0.1}


def windows(videos: Tensor, count: int, generator: torch.Generator) -> tuple[list[Tensor], Tensor, list[str]]:
    """Four images, each (count, 3, 32, 32), of blurred `videos` (V, T, 3, 32, 32); whether the window is real (count,);
    and the kind of each. Half are real; of these some begin or end with a video, which stands still beyond its ends."""

    def integers(low: int, high: int) -> Tensor:
        return torch.randint(low, high, (count,), generator=generator)

    video, at = integers(0, len(videos)), integers(REACH + 2, videos.shape[1] - REACH - 2)
    real = integers(0, 2).bool()
    names = ["rest", *SHARES]
    weights = torch.tensor([1 - sum(SHARES.values()), *SHARES.values()])
    kind = torch.multinomial(weights, count, replacement=True, generator=generator)
    kind[kind == 0] = 1  # what is left over jumps
    kind[real] = 0
    steps = torch.tensor([-1, 0, 1, 2]).expand(count, 4).clone()
    jump = integers(3, REACH) * (2 * integers(0, 2) - 1)
    leaps = (kind == names.index("jump")) | (kind == names.index("fade"))
    steps[leaps, 2:] = (steps[:, 2:] + jump[:, None] - 1)[leaps]
    steps[kind == names.index("stutter")] = torch.tensor([-1, 0, 0, 1])
    steps[kind == names.index("double")] = torch.tensor([-2, 0, 2, 4])
    steps[kind == names.index("backwards")] = torch.tensor([2, 1, 0, -1])
    which = video[:, None].expand(count, 4).clone()
    elsewhere = (video + integers(1, len(videos))) % len(videos)
    cut = kind == names.index("cut")
    which[cut, 2:] = elsewhere[cut, None]
    edge = torch.rand(count, generator=generator)
    steps[real & (edge < 0.06), 0] = 0
    steps[real & (edge > 0.94), 3] = 1
    images = videos[which, at[:, None] + steps].float()
    flip = kind == names.index("mirror")
    images[flip, 2:] = images[flip, 2:].flip(-1)
    fade = kind == names.index("fade")
    part = torch.rand(count, 1, 1, 1, generator=generator)
    mixed = torch.lerp(images[:, 1], images[:, 2], 0.2 + 0.6 * part)
    images[fade, 2] = mixed[fade]
    return list(images.unbind(1)), real, [names[k] for k in kind.tolist()]


def window_loss(judge: Judge, videos: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Binary cross-entropy on `count` random windows, each frame noised on its own and half of the windows softened:
    neither texture nor an autoencoder's blur decides. Half are seen in a mirror from the first frame to the last, where
    a walk is a walk too."""
    images, real, _ = windows(videos, count, generator)
    mirrored = torch.rand(count, generator=generator) < 0.5
    for frame in images:
        frame[mirrored] = frame[mirrored].flip(-1)
    noised = [frame + 0.03 * torch.randn(frame.shape, generator=generator) for frame in images]
    soft = torch.rand(count, generator=generator) < 0.5
    for frame in noised:
        frame[soft] = F.avg_pool2d(frame[soft], 3, stride=1, padding=1, count_include_pad=False)
    device = next(judge.parameters()).device
    logits = judge(*(frame.to(device) for frame in noised))
    return F.binary_cross_entropy_with_logits(logits, real.to(device).float())
