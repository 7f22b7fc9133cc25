"""Where long videos fail: the worst seam or video of a method by a rule, so that nobody picks pictures by taste.

Each kind of failure has a score, the larger the worse:
- jump: how much likelier the frame after the seam follows a frame 4 to 12 before it than its own neighbour (logits of
  the judge); a walk thrown back to an earlier view;
- stall: minus the logarithm of the change at the seam over the video's median change;
- dimming: the share of the given frames' brightness that is gone in the last frames;
- texture: the share of the given frames' fine detail (mean |Laplacian|) that is gone in the last frames.

Real walks stand in front of dark walls too: what is no worse than the worst of them is no failure.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.scores.judge import Judge
from experiments.video_diffusion.scores.metrics import blurred, brightness, frame_change

SHOWN = 8  # frames of a failure
BACK = range(4, 13)  # how far a walk may be thrown back, in frames
END = 5  # last frames, for what changes slowly

# What is looked for, and in whose videos; None is all methods'.
WANTED = (
    ("jump", "reconstruction_guidance"),
    ("jump", "feature_injection"),
    ("jump", "history_guidance"),
    ("stall", None),
    ("dimming", None),
    ("texture", None),
)


def jumps(judge: Judge, videos: Tensor, seams: list[int]) -> Tensor:
    """Scores (B, seams) of videos (B, T, 64, 64, 3)."""
    images = blurred(videos)
    with torch.no_grad():

        def logit(seam: int, back: int) -> Tensor:
            return judge(images[:, max(seam - back, 0)], images[:, seam])

        return torch.stack(
            [torch.stack([logit(seam, back) for back in BACK]).amax(0) - logit(seam, 1) for seam in seams], 1
        )


def stalls(judge: Judge, videos: Tensor, seams: list[int]) -> Tensor:
    change = frame_change(videos)
    at = change[:, [seam - 1 for seam in seams]]
    return -(at.clamp(min=1e-4) / change.median(1, keepdim=True).values).log()


def dimmings(judge: Judge, videos: Tensor, seams: list[int]) -> Tensor:
    return lost(brightness(videos), seams)


def textures(judge: Judge, videos: Tensor, seams: list[int]) -> Tensor:
    return lost(detail(videos), seams)


def detail(videos: Tensor) -> Tensor:
    """Mean absolute Laplacian (B, T) of the grey frames, on the scale 0 to 1."""
    grey = videos.float().mean(-1).flatten(0, 1)[:, None] / 255
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
    return F.conv2d(grey, kernel).abs().mean((1, 2, 3)).unflatten(0, videos.shape[:2])


def lost(course: Tensor, seams: list[int]) -> Tensor:
    """Share (B, 1) of what the given frames had of it, gone at the end of its course (B, T)."""
    return 1 - course[:, -END:].mean(1, keepdim=True) / course[:, :HISTORY].mean(1, keepdim=True)


KINDS: dict[str, Callable[[Judge, Tensor, list[int]], Tensor]] = {
    "jump": jumps,
    "stall": stalls,
    "dimming": dimmings,
    "texture": textures,
}
SLOW = ("dimming", "texture")  # failures of a whole video, not of a seam


def failures(
    judge: Judge, videos: dict[str, Tensor], seams: dict[str, list[int]], real: Tensor
) -> tuple[list[dict], dict]:
    """Rows in `WANTED`'s order, and the frames of each as an array (SHOWN, 64, 64, 3) by "failure_0", … Where even the
    worst place scores no higher than 0, or than the worst in the `real` videos (N, T, 64, 64, 3), nothing failed and
    nothing is shown."""
    rows, arrays = [], {}
    marks = next(iter(seams.values()))
    known = {kind: float(scores(judge, real, marks).max()) for kind, scores in KINDS.items()}
    for kind, wanted in WANTED:
        asked = [wanted] if wanted else videos
        row = max((worst(judge, kind, name, videos[name], seams[name]) for name in asked), key=lambda row: row["score"])
        if row["score"] > max(0, known[kind]):
            arrays[f"failure_{len(rows)}"] = videos[row["method"]][row["video"], row["frames"]].numpy()
            rows.append(row)
    return rows, arrays


def worst(judge: Judge, kind: str, name: str, videos: Tensor, seams: list[int]) -> dict:
    """The worst place of one method's videos. A slow failure is shown from the first to the last frame."""
    scores = KINDS[kind](judge, videos, seams)
    video, place = divmod(int(scores.argmax()), scores.shape[1])
    length = videos.shape[1]
    if kind in SLOW:
        seam = seams[-1]
        frames = torch.linspace(HISTORY - 1, length - 1, SHOWN).round().int().tolist()
    else:
        seam = seams[place]
        first = min(max(seam - SHOWN // 2, 0), length - SHOWN)
        frames = list(range(first, first + SHOWN))
    score = float(scores[video, place])
    return {"method": name, "kind": kind, "video": video, "seam": seam, "frames": frames, "score": score}
