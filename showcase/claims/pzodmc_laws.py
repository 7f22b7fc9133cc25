"""What theory says of Partial ZOD-MC and its background, asked of the measurements: memory, bias, exponents."""

from collections.abc import Mapping
from typing import Any

from showcase.claims.verdicts import FAILS, HOLDS, UNDECIDED, all_of, at_least, at_most, bounds

CLOSE = 0.1  # of a law's number: as good as equal
NEARLY_LINEAR = 1.25  # exponent of a power of the dimension


def dimensions(values: Any, key: str) -> list[str]:
    """The dimensions below `key`, by their names, "d30", from low to high."""
    return sorted(values.names(key), key=lambda name: int(name[1:]))


def memory_grows(values: Any) -> str:
    """Does what kept proposals take grow with their number, and what streamed ones take hardly at all?"""
    sizes = sorted(values.names("background.memory.proposals.stored"), key=lambda name: int(name[1:]))
    growth = {}
    for way in ("stored", "streamed"):
        least, most = (bounds(values[f"background.memory.proposals.{way}.{sizes[k]}"]) for k in (0, -1))
        growth[way] = {"low": most[0] - least[1], "high": most[1] - least[0]}
    low, high = growth["stored"]["low"], growth["stored"]["high"]
    if low <= 0:
        return FAILS if high <= 0 else UNDECIDED
    return at_most({"low": growth["streamed"]["low"] / high, "high": growth["streamed"]["high"] / low}, 0.25)


def follows(measured: list[Mapping[str, float]], law: list[float]) -> str:
    """Is no interval away from the law's number, and one of them sharp enough to tell?"""
    verdicts = []
    for row, number in zip(measured, law, strict=True):
        low, high = bounds(row)
        away = high < (1 - CLOSE) * number or low > (1 + CLOSE) * number
        sharp = low >= (1 - CLOSE) * number and high <= (1 + CLOSE) * number
        verdicts.append(FAILS if away else HOLDS if sharp else UNDECIDED)
    return FAILS if FAILS in verdicts else HOLDS if HOLDS in verdicts else UNDECIDED


def importance_biased(values: Any) -> str:
    """In the lowest dimension, for all but the smallest N: the theory's constant over N?"""
    d = dimensions(values, "background.importance.bias")[0]
    rows = {int(name[1:]): row for name, row in values[f"background.importance.bias.{d}"].items()}
    law = values[f"background.importance.leading.{d}"]
    large = sorted(size for size in rows if size >= 64)
    return follows([rows[size] for size in large], [law / size for size in large])


def importance_exponential(values: Any) -> str:
    """Do the points needed multiply from dimension to dimension as the integral says?"""
    key = "background.importance.points"
    dims = dimensions(values, key)
    return follows([values[f"{key}.{d}"] for d in dims], [values[f"{key}_exact.{d}"] for d in dims])


def scaling_score(values: Any) -> str:
    """Proposals for one score: exponential at the theory's rate for the whole, nearly linear for blocks of one."""
    verdicts = []
    for target in values.names("scaling.score"):
        entry = values[f"scaling.score.{target}"]
        for kind in entry["ways"]["full"]["fit"]:
            slope = entry["ways"]["full"]["fit"][kind]["slope"]
            verdicts += [at_least(slope, (1 - CLOSE) * entry["rate"]), at_most(slope, (1 + CLOSE) * entry["rate"])]
        verdicts.append(at_most(entry["ways"]["blocks_1"]["fit"]["computed"]["slope"], NEARLY_LINEAR))
    return all_of(*verdicts)
