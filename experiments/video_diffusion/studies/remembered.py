"""How like the truth videos of the same walks are, by kind of place and by how long ago it was shown.

Walks are told apart, so that what was measured of some can be joined with what was measured of others.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor

from experiments.video_diffusion.scores.statistics import interval

KINDS = ("seen", "partly", "new")


@dataclass(frozen=True)
class Remembered:
    """By what made the videos their PSNR in dB, (N,) a walk; by kind which frames (N,) of each walk are of it, and how
    many frames ago a given one last showed what they show."""

    decibels: dict[str, list[Tensor]]
    kinds: dict[str, list[Tensor]]
    ages: list[Tensor]

    @classmethod
    def joined(cls, parts: Iterable["Remembered"]) -> "Remembered":
        """All their walks; what did not make all of them is left out."""
        parts = list(parts)
        names = [name for name in parts[0].decibels if all(name in part.decibels for part in parts)]
        decibels = {name: sum((part.decibels[name] for part in parts), []) for name in names}
        kinds = {kind: sum((part.kinds[kind] for part in parts), []) for kind in KINDS}
        return cls(decibels, kinds, sum((part.ages for part in parts), []))

    def first(self, count: int) -> "Remembered":
        """The first walks alone."""
        decibels, kinds = ({key: rows[:count] for key, rows in some.items()} for some in (self.decibels, self.kinds))
        return Remembered(decibels, kinds, self.ages[:count])

    def likeness(self, name: str) -> dict[str, dict]:
        """PSNR by kind of place, an interval over walks."""
        return {kind: self.over(name, chosen) for kind, chosen in self.kinds.items()}

    def by_age(self, name: str, edges: tuple[int, ...]) -> list[dict]:
        """PSNR of seen places by how long ago they were last shown."""
        known = list(zip(self.kinds["seen"], self.ages, strict=True))
        ranges = zip(edges, edges[1:], strict=False)
        return [self.over(name, [seen & (age > low) & (age <= high) for seen, age in known]) for low, high in ranges]

    def over(self, name: str, chosen: list[Tensor]) -> dict[str, float]:
        """Mean PSNR of the chosen frames, with an interval over the walks that have any, and how many they are."""
        rows = zip(self.decibels[name], chosen, strict=True)
        found = [float(row[some].mean()) for row, some in rows if some.any()]
        return (interval(found) if found else {}) | {"frames": int(sum(some.sum() for some in chosen))}

    def gain(self, name: str, other: str, kind: str) -> dict[str, float]:
        """Decibels that one has more than another on a kind of place, in pairs: the walks are the same."""
        rows = zip(self.decibels[name], self.decibels[other], self.kinds[kind], strict=True)
        found = [float((one - two)[some].mean()) for one, two, some in rows if some.any()]
        return interval(found) if found else {"value": None}
