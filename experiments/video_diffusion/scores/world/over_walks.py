"""Every ruler over many walks: a mean with its interval, or what all of them count together."""

import numpy as np

from experiments.video_diffusion.scores.statistics import interval, proportion

SHARES = ("consistency", "on_lattice", "pace", "return", "transitions")  # between 0 and 1


def over_walks(rows: list[dict[str, dict]]) -> dict[str, dict]:
    """Mean over walks with Student's interval; map votes are counted together, for a short walk has few of them."""
    found = {}
    for name in rows[0]:
        have = [row[name] for row in rows if row[name].get("value") is not None and np.isfinite(row[name]["value"])]
        if not have:
            found[name] = {"value": None, "why": rows[0][name].get("why", "not a number")}
            continue
        of = proportion if name.startswith(SHARES) else interval
        found[name] = of([row["value"] for row in have]) | {"walks": len(have)}
        unit = next((key for key in ("edges", "tiles", "posters") if key in have[0]), None)
        if unit:
            counts = np.array([row[unit] for row in have], float)
            for key in ("value", "chance"):
                found[name][key] = float(np.average([row[key] for row in have], weights=counts))
            found[name][unit] = int(counts.sum())
        for key in ("floor", "copy", "ceiling"):
            if all(isinstance(row.get(key), float) for row in have):
                found[name][key] = float(np.mean([row[key] for row in have]))
    return found
