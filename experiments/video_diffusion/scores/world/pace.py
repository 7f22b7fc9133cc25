"""Does a video move as walkers do? Standing still is possible, and so is any one step: freezing is told by its length,
and a film that runs too fast by many steps in a row.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

STILL = (0.025, 1.5)  # blocks, degrees: what the motion reader may see between two equal frames
LONGEST = 32  # frames that a walker may stand still: blocked, waiting, and waiting again
WINDOW = 8  # steps over which a speed is looked at
FASTEST = 0.44  # blocks a frame over a whole window: more than a fast walker's
SHARPEST = 25.0  # degrees a frame over a whole window
SCALE = (0.2, 0.2, 0.17)  # blocks, blocks, radians: motions that are alike to the eye
JERK = 1.2  # change of motion from step to step, over the motion itself: no walker with inertia comes near it
MOVING = 0.2  # in units of SCALE: what moves less than this is not asked for its jerks


@dataclass(frozen=True)
class Pace:
    """Of transitions (T − 1,): which are part of a standstill that is too long, too fast, or jerky; the longest
    standstill in frames; the length of a step when he walks on, in blocks (`stride`)."""

    frozen: Tensor
    fast: Tensor
    jerky: Tensor
    longest_still: int
    step: float

    @property
    def possible(self) -> Tensor:
        return ~(self.frozen | self.fast | self.jerky)


def pace(motions: Tensor) -> Pace:
    """Of motions (T − 1, 3) read from frame to frame."""
    step, turn = motions[:, 0].abs(), motions[:, 2].abs().rad2deg()
    still = (motions[:, :2].norm(dim=1) < STILL[0]) & (turn < STILL[1])
    frozen, longest, first = torch.zeros_like(still), 0, None
    for k, is_still in enumerate([*still.tolist(), False]):
        if is_still and first is None:
            first = k
        if not is_still and first is not None:
            longest = max(longest, k - first)
            if k - first > LONGEST:
                frozen[first:k] = True
            first = None
    fast = _spread((_windows(step).median(1).values > FASTEST) | (_windows(turn).median(1).values > SHARPEST), step)
    scaled = motions / motions.new_tensor(SCALE)
    change = (scaled[1:] - scaled[:-1]).norm(dim=1)
    change = torch.cat([change, change[-1:]]) if len(change) else step
    change, active = _windows(change).median(1).values, _windows(scaled.norm(dim=1)).mean(1)
    jerky = _spread((active > MOVING) & (change > JERK * active), step)
    return Pace(frozen, fast, jerky, longest, stride(motions[:, :2].norm(dim=1).numpy()))


def stride(steps: np.ndarray) -> float:
    """Of steps (N,): the length that one in ten is longer than. A walker pauses when he likes; how fast he walks on is
    his own."""
    return float(np.quantile(steps, 0.9)) if len(steps) else 0.0


def _windows(values: Tensor) -> Tensor:
    """All runs of WINDOW neighbours (N, WINDOW); one of all where there are fewer."""
    return values.unfold(0, WINDOW, 1) if len(values) >= WINDOW else values[None]


def _spread(bad: Tensor, like: Tensor) -> Tensor:
    """Every step of a bad window is bad."""
    found = torch.zeros(len(like), dtype=torch.bool)
    for k in bad.nonzero()[:, 0].tolist():
        found[k : k + WINDOW] = True
    return found
