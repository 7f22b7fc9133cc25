"""The error of log Ẑ covers on a sample of what `bench --coverage` measures at length."""

import json

from experiments.pzodmc import bench


def test_the_error_of_log_z_covers_on_problems_of_every_kind(tmp_path, capsys):
    """48 runs at 95 %: below 80 % by chance once in 20,000 runs of this test."""
    path = tmp_path / "coverage.json"
    names = ["disc", "ordering", "bioassay", "gmm2d"]
    assert bench.main(["--coverage", "12", "--contests", *names, "--json", str(path)]) == 0
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert [row["contest"] for row in rows] == names
    assert sum(row["covered"] for row in rows) >= 0.8 * sum(row["runs"] for row in rows)
    assert all(abs(row["bias"]) < 4 * row["told"] and row["rms"] < 3 * row["told"] for row in rows)
    assert "promised: 90%" in capsys.readouterr().out
