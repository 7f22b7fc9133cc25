"""The promises of the package, each measured by a function that returns its lines of the table."""

from collections.abc import Callable
from dataclasses import dataclass

from ..benchmark.promises import Line
from ..benchmark.runs import Bench
from ..benchmark.speed import equal_quality, gmm2d, gmm5d, memory
from ..benchmark.structure import hidden30, joint10, products30


@dataclass(frozen=True)
class Bar:
    name: str
    targets: tuple[str, ...]
    title: str
    lines: Callable[[Bench], list[Line]]


BARS = (
    Bar("gmm2d", ("gmm2d",), "The paper's 2-D mixture to 1.5× floor", gmm2d),
    Bar("gmm5d", ("gmm5d",), "The paper's 5-D mixture, better than the faithful algorithm", gmm5d),
    Bar("memory", ("gmm2d", "gmm5d"), "Peak memory", memory),
    Bar(
        "equal_quality",
        ("double_wells5",),
        "Double wells in 5-D at equal quality: partial against full",
        equal_quality,
    ),
    Bar("products30", ("double_wells30", "two_modes30"), "Products in 30-D", products30),
    Bar("hidden30", ("hidden30",), "Fifteen hidden blocks in 30-D", hidden30),
    Bar("joint10", ("joint10",), "A coupled mixture in 10-D, blocks of one", joint10),
)
