"""The same questions asked of a second world, whose records stand where those of the first do.

A file of claims says so:

    elsewhere:
      name: doom_{}                                             # of a claim that is asked again
      moved: {overview.comparison: two_worlds.doom.comparison}  # where its judge looks there
      asked: {two_worlds.doom.comparison: [claim_name, …]}      # by the record without which nothing is decided
      question: {en: "In Doom: {}", zh: …}
      en: {holds: …, fails: …, undecided: …}

A claim with a `record` of its own is asked there alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from showcase.claims.verdicts import UNDECIDED


@dataclass(frozen=True)
class Elsewhere:
    """Values as a judge sees them who is asked of the second world."""

    values: Any
    moved: Mapping[str, str]

    def __getitem__(self, key: str) -> Any:
        return self.values[self._there(key)]

    def __contains__(self, key: str) -> bool:
        return self._there(key) in self.values

    def _there(self, key: str) -> str:
        here = next((here for here in self.moved if f"{key}.".startswith(f"{here}.")), "")
        return self.moved.get(here, "") + key.removeprefix(here)


@dataclass(frozen=True)
class There:
    """What a judge answers in the second world; undecided where nothing was measured."""

    judge: Callable[[Any], str]
    record: str
    moved: Mapping[str, str]

    def __call__(self, values: Any) -> str:
        return self.judge(Elsewhere(values, self.moved)) if self.record in values else UNDECIDED
