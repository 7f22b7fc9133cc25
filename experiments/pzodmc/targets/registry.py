"""The targets by the names that the command line takes."""

from collections.abc import Callable

from ..errors import InputError
from ..targets.curved import banana, funnel
from ..targets.hidden import hidden_blocks, rotated
from ..targets.jumps import discontinuous
from ..targets.lattice import phi4
from ..targets.mixtures import mog40, narrow_wide
from ..targets.paper import joint_mixture, paper_mixture_2d, paper_mixture_5d
from ..targets.products import double_wells, many_well, two_modes
from ..targets.surfaces import mueller_brown, ring
from ..targets.target import Target

TARGETS: dict[str, Callable[[], Target]] = {
    "gmm2d": paper_mixture_2d,
    "gmm5d": paper_mixture_5d,
    "discontinuous": discontinuous,
    "ring": ring,
    "mueller_brown": mueller_brown,
    "mog40": mog40,
    "narrow_wide": narrow_wide,
    "joint10": lambda: joint_mixture(10),
    "double_wells5": lambda: double_wells(5),
    "double_wells30": lambda: double_wells(30),
    "two_modes5": lambda: two_modes(5),
    "two_modes30": lambda: two_modes(30),
    "many_well": many_well,
    "funnel": funnel,
    "banana": banana,
    "phi4": phi4,
    "hidden30": lambda: hidden_blocks(paper_mixture_2d(), 15),
    "rotated": lambda: rotated(double_wells(10)),
    "rotated_modes": lambda: rotated(two_modes(5)),
}


def named(name: str) -> Target:
    """The target of that name. Raises InputError with all names where there is none."""
    if name not in TARGETS:
        raise InputError(f"there is no target {name!r}; choose from {', '.join(TARGETS)}")
    return TARGETS[name]()
