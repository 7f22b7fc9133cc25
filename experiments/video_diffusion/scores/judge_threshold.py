"""What the judge asks of a transition: as much as REFUSED of the real ones with as much motion around them fail.

One threshold for all would let nearly every step of who walks slowly pass and refuse many of who runs, for the
steps of the latter are harder to tell from jumps. Shares that are to hold in every group need thresholds by group
(Mondrian conformal prediction, Vovk et al. 2005).
"""

import torch
from torch import Tensor

REFUSED = 0.05  # share of real transitions that fail
GROUPS = 8


def around(*window: Tensor) -> Tensor:
    """How much changes (N,), in the mean over pixels, in the steps before and after a transition; 0 where they are not
    shown. The transition itself has no part in it: no jump makes the judge lenient."""
    if len(window) == 2:
        return torch.zeros(len(window[0]), device=window[0].device)
    before, first, second, after = window
    return ((first - before).abs() + (after - second).abs()).flatten(1).mean(1) / 2


def by_motion(logits: Tensor, moving: Tensor) -> dict[str, tuple[float, ...]]:
    """Of real transitions, their logits (N,) and `around` (N,): `amounts` of motion, the middles of GROUPS as large as
    each other, and the `levels` that all but REFUSED of each group pass."""
    groups = moving.argsort().tensor_split(GROUPS)
    return {
        "amounts": tuple(float(moving[group].median()) for group in groups),
        "levels": tuple(float(logits[group].quantile(REFUSED)) for group in groups),
    }
