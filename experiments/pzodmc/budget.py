"""What the calls of a whole run allow its blocks, and the checks of what they were joined to."""

from typing import TYPE_CHECKING

from torch import Tensor

from .blocks import Blocks
from .plan import SHARE, Plan, least, limited, planned

if TYPE_CHECKING:
    from .adaptive import AdaptivePartialZODMC

Pools = dict[tuple[int, ...], tuple[Tensor, Tensor]]  # a block's points (m, |B|) and V there
FEWER = (
    "the calls allowed to check the blocks at {:,} joined points of the reference, fewer than usual: a dependence "
    "between them can have been missed; allow more calls"
)
UNMERGED = (
    "V at {} of the joined points was not the sum of its blocks, and too few calls were left to merge any: the draws "
    "lack a dependence; allow more calls"
)


class Budget:
    """limit: calls of the run, None for any number. enclosed (d,): which coordinates end at the reference's bounds."""

    def __init__(self, sampler: "AdaptivePartialZODMC", n: int, enclosed: Tensor, limit: int | None):
        self.sampler, self.n, self.enclosed, self.limit = sampler, n, enclosed, limit
        self.leasts: dict[tuple[tuple[int, ...], bool], int] = {}  # calls, by block and whether its pool is there

    def _planned(self, block: tuple[int, ...]) -> Plan:
        return planned(self.sampler, self.n, len(block), not bool(self.enclosed[list(block)].all()))

    def least(self, fresh: Blocks, pools: Pools) -> int:
        """Calls that blocks take in any case where calls have no limit."""
        keys = [(block, block in pools) for block in fresh]
        for key in keys:
            if key not in self.leasts:
                self.leasts[key] = least(self._planned(key[0]), len(key[0]), pools.get(key[0]))
        return sum(self.leasts[key] for key in keys)

    def plan(self, fresh: Blocks, pools: Pools, left: int | None, joined: bool) -> Plan:
        """Of the first of the blocks that are still to be sampled, with the calls that are left. joined: whether there
        are several, so that V must be asked at the joined draws too.
        """
        plan = self._planned(fresh[0])
        if left is None:
            return plan
        # And V at the anchor, when all is done.
        left -= 1 + joined * min(self.n, plan.population, int(SHARE * left))
        return limited(plan, len(fresh[0]), pools.get(fresh[0]), left, self.least(fresh[1:], pools), len(fresh))


def affordable(groups: list, first: int, room: int) -> list:
    """Of the groups of points to check, those that so many calls pay for, the `first` before all others."""
    kept = []
    for k in sorted(range(len(groups)), key=lambda k: k != first):
        if 0 < len(groups[k][0][0]) <= room:
            kept.append(k)
            room -= len(groups[k][0][0])
    return [groups[k] for k in sorted(kept)]
