"""A run told in a few lines: what it cost, how far it can be trusted, and how good it is where that is known."""

import torch
from rich.console import Console
from rich.table import Table
from rich.text import Text
from torch import Tensor

from ..blocks import Blocks
from ..draws import Draws
from ..metrics import mode_weight_error, paper_mmd, sliced_w2
from ..pareto import TRUSTED
from ..report import verdict
from ..targets import Target

SCORED = 2000  # draws at most; MMD is quadratic
FLOORS = 4  # pairs of exact sets


def show_draws(console: Console, draws: Draws, target: Target | None) -> None:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column()
    calls = f"{draws.calls.total:,}"
    if draws.calls.block:
        calls += f" ({draws.calls.full:,} of V, {draws.calls.block:,} of a block)"
    facts.add_row("oracle calls", calls)
    if draws.acceptance:
        facts.add_row("acceptance", _steps(draws.acceptance, ".1%"))
    if draws.ess:
        facts.add_row("ESS a step", _steps(draws.ess, ".3g"))
    if draws.attempts:
        facts.add_row("failures", f"{draws.failures:,} of {draws.attempts:,}")
    if draws.invalid:
        facts.add_row("NaN or infinite", f"{draws.invalid:,} answers of V, taken as zero density")
    if draws.log_z is not None:
        known = f"  (exact {target.log_z:.3f})" if target and target.log_z is not None else ""
        error = "" if draws.log_z_error is None else f" ± {draws.log_z_error:.3f}"
        facts.add_row("log Ẑ", f"{draws.log_z:.3f}{error}{known}")
    if draws.pareto_k is not None:
        worst = "" if draws.largest_k is None else f", largest of a move {draws.largest_k:.2f}"
        facts.add_row("Pareto k̂", f"{draws.pareto_k:.2f}{worst}  (at most {TRUSTED}: {verdict(draws)})")
    if draws.not_excluded is not None:
        facts.add_row("limits", draws.not_excluded)
    if draws.missed is not None and draws.missed.of_product:
        m = draws.missed
        words = f"none at {m.checked:,} joined points; at {m.confidence:.0%} confidence on at most "
        words += f"{m.of_product:.2%} of the draws' law and {m.of_reference:.2%} of the reference"
        facts.add_row("hidden dependence", words)
    if draws.blocks is not None:
        facts.add_row("blocks", blocks_line(draws.blocks))
    console.print(facts)
    show_warnings(console, draws.warnings)
    show_notes(console, draws.notes)
    if target is not None:
        console.print(_score_table(draws.x, target))


def show_warnings(console: Console, warnings: tuple[str, ...]) -> None:
    for warning in warnings[:5]:
        console.print(Text("! " + warning, style="yellow"))
    if len(warnings) > 5:
        console.print(Text(f"! and {len(warnings) - 5} more warnings, in the saved diagnostics", style="yellow"))


def show_notes(console: Console, notes: tuple[str, ...]) -> None:
    for note in notes:
        console.print(Text("note: " + note, style="dim"))


def blocks_line(blocks: Blocks, most: int = 16) -> str:
    """((0, 1), (2,)) → "2: {0 1} {2}"; one block of several coordinates is told to be no split."""
    shown = " ".join("{" + " ".join(map(str, block)) + "}" for block in blocks[:most])
    whole = "  (V does not split along the axes)" if len(blocks) == 1 and len(blocks[0]) > 1 else ""
    return f"{len(blocks)}: {shown}" + (" …" if len(blocks) > most else whole)


def scores(x: Tensor, target: Target) -> dict[str, tuple[float, float]]:
    """Name → (score against exact draws, floor: the mean score of exact sets of the same size)."""
    x = x[:SCORED].double().cpu()

    def exact(seed: int) -> Tensor:
        return target.exact(len(x), torch.Generator().manual_seed(10**6 + seed))

    measures = {"sliced W2": sliced_w2, "MMD²": paper_mmd}
    if target.labels is not None:
        measures["mode weights"] = lambda a, b: mode_weight_error(target.labels(a), target.label_weights)
    pairs = [(exact(2 * k + 1), exact(2 * k + 2)) for k in range(FLOORS)]
    return {
        name: (measure(x, exact(0)), sum(measure(a, b) for a, b in pairs) / FLOORS)
        for name, measure in measures.items()
    }


def _score_table(x: Tensor, target: Target) -> Table:
    table = Table("score", "these draws", "exact draws (floor)", box=None, padding=(0, 2, 0, 0), header_style="dim")
    if len(x) < 2:
        return table
    for name, (value, floor) in scores(x, target).items():
        table.add_row(name, f"{value:.4g}", f"{floor:.4g}")
    return table


def _steps(values: tuple[float, ...], form: str) -> str:
    """First and last, or all of a few."""
    shown = [format(value, form) for value in values]
    return "  ".join(shown) if len(shown) <= 12 else f"{'  '.join(shown[:5])} …  {'  '.join(shown[-5:])}"
