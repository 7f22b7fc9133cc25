"""One run in this process: a `Run` as JSON on standard input, what it measured as JSON on standard output."""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..adaptive import AdaptivePartialZODMC
from ..baselines import BASELINES
from ..benchmark.cells import timed, warm_up
from ..benchmark.runs import Run
from ..blocks import singletons
from ..coupled import CoupledPartialZODMC
from ..draws import Sampler
from ..metrics import SCORES, mode_weight_error
from ..partial import PartialZODMC
from ..pooled import PooledZODMC
from ..targets import Target
from ..targets.hidden import hidden_order
from ..targets.registry import named
from ..zodmc import ZODMC

FLOOR_PAIRS = 16
JUDGED = ("sliced_w2", "paper_mmd", "mmd2")
REFERENCES = 4  # exact sets that each draw is scored against, so that their own noise is halved


def sampler(run: Run, target: Target) -> Sampler:
    potential, own = target.potential, {"scale": target.scale} | run.settings
    if run.method == "partial":
        engine = own.pop("engine", "pooled")
        return PartialZODMC(potential, engine=engine, settings=own)
    if run.method == "coupled":
        return CoupledPartialZODMC(potential, singletons(target.dim), **own)
    whole = {"zodmc": ZODMC, "pooled": PooledZODMC, "adaptive": AdaptivePartialZODMC} | BASELINES
    return whole[run.method](potential, **own)


def scored(target: Target, x: Tensor, references: list[Tensor]) -> dict[str, float]:
    """Each of JUDGED, mean over exact sets, and the error of the modes' weights where the target has modes."""
    found = {name: sum(SCORES[name](x, y) for y in references) / len(references) for name in JUDGED}
    if target.labels is not None:
        found["mode_weights"] = mode_weight_error(target.labels(x.double()), target.label_weights)
    return found


def exact(target: Target, n: int, seed: int) -> Tensor:
    # Samplers use small seeds: the truth must not share their randomness.
    return target.exact(n, torch.Generator().manual_seed(1_000_000 + seed))


def floors(target: Target, n: int) -> dict[str, float]:
    """What exact draws score, mean over FLOOR_PAIRS."""
    rows = [scored(target, exact(target, n, 2 * k), [exact(target, n, 2 * k + 1)]) for k in range(FLOOR_PAIRS)]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def peak_mb() -> float:
    """The highest resident memory of this process so far, MB = 2²⁰ bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux ru_maxrss begins at the parent's; this line of the process does not.
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def warmed(run: Run, target: Target) -> None:
    """The first call of every torch kernel is slow and loads code: neither is the sampler's doing."""
    small = {"pool": 64, "proposals": 2, "pilot": 128, "particles": 64, "replicas": 2, "burn_in": 1, "thin": 1}
    whole = sampler(run, target)
    known = vars(whole) | run.settings
    little = {name: value for name, value in small.items() if name in known}
    warm_up([sampler(Run(run.target, run.method, run.settings | little), target)])


def main(run: Run) -> dict[str, Any]:
    torch.set_num_threads(1)
    target = named(run.target)
    warmed(run, target)
    before, ours = peak_mb(), sampler(run, target)
    cells = [timed(ours, run.n, seed) for seed in run.seeds]
    peak = peak_mb() - before
    rows = []
    for seed, cell in zip(run.seeds, cells, strict=True):
        references = [exact(target, run.n, 10_000 + 100 * seed + k) for k in range(REFERENCES)]
        rows.append(scored(target, cell.draws.x, references))
    log_zs = [cell.draws.log_z for cell in cells]
    measured = {
        "calls": [cell.draws.calls.total for cell in cells],
        "cpu": [cell.cpu for cell in cells],
        "wall": [cell.wall for cell in cells],
        "scores": {name: [row[name] for row in rows] for name in rows[0]},
        "floors": floors(target, run.n),
        "log_z_error": None if None in log_zs or target.log_z is None else [z - target.log_z for z in log_zs],
        "peak_mb": peak,
        "discovery_calls": None,
        "partition_found": None,
    }
    if isinstance(ours, AdaptivePartialZODMC):
        found = [ours.discover(torch.Generator().manual_seed(seed)) for seed in run.seeds]
        measured["discovery_calls"] = [structure.calls for structure in found]
        measured["partition_found"] = [hidden(structure.components) for structure in found]
    return measured


def hidden(blocks: tuple[tuple[int, ...], ...]) -> bool:
    """Whether these are the pairs that `hidden_blocks` scrambled."""
    order = hidden_order(sum(map(len, blocks))).view(-1, 2).tolist()
    return {frozenset(block) for block in blocks} == {frozenset(pair) for pair in order}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(main(Run(**given | {"seeds": tuple(given["seeds"])})), sys.stdout)
