"""How finely V can be told apart: the rounding in its values, measured, so that no coupling is taken for it or it
for one.

Along a short line a smooth V has a second difference far below its rounding, so what is seen there is rounding (Moré,
Wild 2011). V in float32 inside, a constant of 10¹² and cancelling terms all show.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .errors import InputError
from .oracle import Oracle

STEP = 1e-7  # in normal coordinates
SAFETY = 32.0
BELOW = 1e-10  # nats; a coupling below cannot matter, whatever the rounding
TOO_COARSE = 0.05  # nats; above, blocks cannot be told apart and V's values hardly steer
NOISY = 1e-6  # of |V|: two answers at one point that differ by less are one number rounded in two ways


@dataclass(frozen=True)
class Rounding:
    """A value v carries an error of about `absolute` + `relative`·|v|, nats."""

    absolute: float
    relative: float

    def bound(self, size: Tensor) -> Tensor:
        """The gap above which a sum of values with absolute values adding up to `size` is a coupling, nats."""
        return BELOW + SAFETY * (self.absolute + self.relative * size)


def measure_rounding(oracle: Oracle, likely: Tensor, anywhere: Tensor, generator: torch.Generator) -> Rounding:
    """likely, anywhere: points (m, d) with finite V. Costs 4 calls a point. InputError where V is not deterministic."""
    points = torch.cat([likely, anywhere])
    direction = torch.randn(points.shape, generator=generator, dtype=points.dtype, device=points.device)
    direction = direction / direction.norm(dim=1, keepdim=True)
    both = torch.cat([points, points - STEP * direction, points + STEP * direction, points])
    middle, below, above, again = oracle(both).double().chunk(4)
    gap, size = (middle - again).abs(), (middle.abs() + oracle.offset).clamp(min=1e-300)
    # Vectorised kernels round a row by where it stands in the batch; a random V differs by far more.
    if not bool((gap <= NOISY * size).all()):
        raise InputError(
            f"V is not deterministic: asked twice at one point its answers differ by up to {float(gap.max()):.2g}; "
            f"fix its "
            "random seed, or average"
        )
    bend = torch.maximum((above - 2 * middle + below).abs() / 6**0.5, gap)
    # A wall within the step says nothing; a jump of V there is too rare to meet it often.
    bend = torch.where(torch.isfinite(bend), bend, 0.0)
    near, far = bend[: len(likely)], bend[len(likely) :]
    share = (far / size[len(likely) :]).clamp(max=1e-3) if len(far) else near[:1] * 0
    absolute = float(torch.quantile(near, 0.9)) if len(near) else 0.0
    relative = float(torch.quantile(share, 0.9)) if len(share) else 0.0
    return Rounding(min(absolute, 1.0), max(relative, 0.5 * torch.finfo(torch.float64).eps))
