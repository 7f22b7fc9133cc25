"""Claims: statements whose wording follows the measurement.

A claim asks a question of the results. Its judge answers holds, fails, or undecided (the gap lies within the noise of
the seeds), and the page says what the wording for that verdict says. A failed claim is news, not a failed test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, VERDICTS

__all__ = ["FAILS", "HOLDS", "UNDECIDED", "VERDICTS", "Claim", "claims_of"]


@dataclass(frozen=True)
class Claim:
    """`question` and `wording` are by language; a wording is a template and may hold measured numbers itself."""

    name: str
    question: Mapping[str, str]  # language -> the question that the judge answers
    judge: Callable[[Any], str]  # showcase.values.Values -> one of VERDICTS
    wording: Mapping[str, Mapping[str, str]]  # language -> verdict -> template


def claims_of(project: str) -> dict[str, Claim]:
    """The project's claims by name; a project without a claims module has none."""
    name = f"{__name__}.{project}"
    if find_spec(name) is None:
        return {}
    return {claim.name: claim for claim in import_module(name).CLAIMS}
