"""Draws as other tools and people want them: a table of the coordinates, ArviZ's InferenceData, an npz."""

import json
import math
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .draws import Draws
from .errors import InputError
from .report import verdict

COLUMNS = ("mean", "sd", "5%", "50%", "95%")


@dataclass(frozen=True)
class Table:
    """rows: name → values in the order of COLUMNS; facts: what holds for the whole run. `print(table)` shows both."""

    rows: Mapping[str, tuple[float, ...]]
    facts: Mapping[str, str]

    def __str__(self) -> str:
        wide = max(4, *map(len, self.rows))
        lines = [" " * wide + "".join(f"{c:>12}" for c in COLUMNS)]
        lines += [f"{name:<{wide}}" + "".join(f"{v:12.4g}" for v in row) for name, row in self.rows.items()]
        return "\n".join([*lines, "", *(f"{name}: {fact}" for name, fact in self.facts.items())])


def names_of(draws: Draws) -> tuple[str, ...]:
    return draws.names or tuple(f"z{i}" for i in range(draws.x.shape[1]))


def summarise(draws: Draws) -> Table:
    x = draws.x.double()
    quantiles = torch.quantile(x, torch.tensor([0.05, 0.5, 0.95], dtype=torch.float64, device=x.device), dim=0)
    rows = torch.stack([x.mean(0), x.std(0) if len(x) > 1 else x[0] * math.nan, *quantiles], dim=1).tolist()
    facts = {"draws": f"{len(x):,} from {draws.calls.total:,} calls of V"}
    if draws.log_z is not None:
        error = "" if draws.log_z_error is None else f" ± {draws.log_z_error:.2g}"
        facts["log Z"] = f"{draws.log_z:.4g}{error}"
    if draws.pareto_k is not None:
        facts["Pareto k̂"] = f"{draws.pareto_k:.2f} ({verdict(draws)})"
    if draws.blocks is not None:
        facts["blocks"] = str(len(draws.blocks))
    if draws.missed is not None and draws.missed.of_product:
        m = draws.missed
        facts["dependence between blocks"] = (
            f"none at {m.checked:,} checked points; at {m.confidence:.0%} confidence it holds on at most "
            f"{m.of_product:.2%} of the draws' law and {m.of_reference:.2%} of the reference"
        )
    if draws.not_excluded is not None:
        facts["limits"] = draws.not_excluded
    for k, warning in enumerate(draws.warnings, 1):
        facts[f"warning {k}"] = warning
    for k, note in enumerate(draws.notes, 1):
        facts[f"note {k}"] = note
    return Table(dict(zip(names_of(draws), map(tuple, rows), strict=True)), facts)


def to_arviz(draws: Draws) -> Any:
    try:
        import arviz
    except ImportError as error:
        raise InputError("to_arviz needs ArviZ: pip install arviz") from error
    # The draws are one set of independent particles: one chain of n.
    posterior = {name: column[None] for name, column in variables(draws).items()}
    stats = {} if draws.values is None else {"lp": -draws.values.cpu().numpy()[None]}
    told = {k: v for k, v in diagnostics(draws).items() if isinstance(v, int | float | str) and v is not None}
    told["warnings"] = "\n".join(draws.warnings)
    groups = {"posterior": posterior} | ({"sample_stats": stats} if stats else {})
    # ArviZ 1.0 takes the groups as one dictionary; before, each was an argument of its own.
    data = arviz.from_dict(**groups) if arviz.__version__.startswith("0.") else arviz.from_dict(groups)
    data["posterior"].attrs.update(told)
    return data


def variables(draws: Draws) -> dict[str, np.ndarray]:
    """Name → draws (n,); coordinates called a[0], a[1], … a[k − 1] are one vector a (n, k)."""
    x, names = draws.to_numpy(), names_of(draws)
    found = {}
    for name in names:
        base, bracket, _ = name.rpartition("[")
        size = sum(other.rpartition("[")[0] == base for other in names) if bracket else 0
        parts = [f"{base}[{k}]" for k in range(size)]
        if base and base not in names and set(parts) <= set(names):
            found[base] = x[:, [names.index(part) for part in parts]]
        else:
            found[name] = x[:, names.index(name)]
    return found


def diagnostics(draws: Draws) -> dict[str, Any]:
    told = {name: getattr(draws, name) for name in ("times", "acceptance", "ess", "failures", "attempts", "invalid")}
    told |= {
        name: getattr(draws, name)
        for name in ("log_z", "log_z_error", "pareto_k", "largest_k", "blocks", "warnings", "notes")
    }
    told |= {"names": draws.names, "not_excluded": draws.not_excluded, "trace": draws.trace}
    if draws.missed is not None:
        told["missed"] = vars(draws.missed)
    return told | {"calls": {"full": draws.calls.full, "block": draws.calls.block, "total": draws.calls.total}}


def save(path: str | Path, draws: Draws, asked: dict) -> None:
    """`json.loads(str(np.load(path)["diagnostics"]))` reads what is told of the run."""
    versions = {"python": platform.python_version(), "torch": str(torch.__version__)}
    told = {"asked": asked} | diagnostics(draws) | {"versions": versions}
    try:
        np.savez_compressed(path, x=draws.to_numpy(), diagnostics=json.dumps(told, ensure_ascii=False))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
