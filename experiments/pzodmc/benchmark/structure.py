"""What blocks buy in high dimensions: given, hidden, and coupled ones."""

from ..benchmark.promises import Line, quality
from ..benchmark.runs import Bench

PARTIAL_30D = {"pool": 4096, "candidates": 8, "steps": 3}
# More than twice the calls of the adaptive sampler.
RIVALS_30D = {
    "tempering": {"levels": 12, "hottest": 100.0, "burn_in": 2000, "thin": 200},
    "smc": {"particles": 8192, "moves": 40},
}


def products30(bench: Bench) -> list[Line]:
    lines = []
    for target in ("double_wells30", "two_modes30"):
        ours = bench.measure(target, "partial", **PARTIAL_30D)
        for line in (quality(ours, 1.25), quality(ours, 1.25, "paper_mmd")):
            lines.append(Line(f"{target}: {line.what}", line.bar, line.measured, line.met))
        calls = max(ours.calls)
        words = f"{calls:,} in {ours.median('cpu'):.2g} s"
        lines.append(Line(f"{target}: oracle calls", "≤ 1,000,000", words, calls <= 1_000_000))
    return lines


def hidden30(bench: Bench) -> list[Line]:
    ours = bench.measure("hidden30", "adaptive")
    found, asked = ours.partition_found, max(ours.discovery_calls)
    words = f"{sum(found)} of {len(found)} exact, ≤ {asked:,} calls"
    lines = [
        Line("partition", "exact, < 5,000 calls", words, all(found) and asked < 5000),
        quality(ours, 1.5, "mode_weights"),
    ]
    for method, settings in RIVALS_30D.items():
        rival = bench.measure("hidden30", method, bench.seeds[:2], **settings)
        mine, theirs = ours.score("mode_weights"), rival.score("mode_weights")
        words = f"{mine:.4f} in {ours.median('calls'):.2g} calls, {ours.median('cpu'):.2g} s"
        bar = f"< {theirs:.3f} ({rival.median('calls'):.2g} calls, {rival.median('cpu'):.2g} s)"
        lines.append(Line(f"mode weights against {method}", bar, words, mine < theirs))
    return lines


def joint10(bench: Bench) -> list[Line]:
    ours = bench.measure("joint10", "coupled")
    worst = [max(pair) for pair in zip(ours.in_floors("sliced_w2"), ours.in_floors("paper_mmd"), strict=True)]
    good, wanted = sum(value <= 1.5 for value in worst), -(-4 * len(worst) // 5)
    words = f"{good} of {len(worst)} ({', '.join(f'{value:.2f}' for value in worst)})"
    error = max(map(abs, ours.log_z_error))
    return [
        Line("seeds with sliced W2 and MMD ≤ 1.5× floor", f"≥ {wanted} of {len(worst)}", words, good >= wanted),
        Line("largest error of log Ẑ", "≤ 0.1", f"{error:.3f}", error <= 0.1),
    ]
