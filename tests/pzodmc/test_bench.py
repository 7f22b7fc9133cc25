"""The bench measures what it says: the sampler's own calls and scores, its own memory, and bars that can fail."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from experiments.errors import InputError
from experiments.pzodmc import PooledZODMC, bench, targets
from experiments.pzodmc.benchmark import against, bars, child, runs, side_by_side
from experiments.pzodmc.benchmark.promises import Line, quality, ratios
from experiments.pzodmc.benchmark.rivals import RIVALS
from experiments.pzodmc.metrics import sliced_w2
from experiments.pzodmc.targets.hidden import hidden_order

SMALL = {"pool": 1024, "candidates": 4, "steps": 2}


def measured(**changes):
    """An outcome as a child would report it."""
    values = {
        "target": "gmm2d", "method": "pooled", "settings": {}, "n": 100, "seeds": [1, 2, 3], "calls": [10, 20, 30],
        "cpu": [1.0, 2.0, 9.0], "wall": [1.0, 2.0, 9.0],
        "scores": {"sliced_w2": [1.0, 2.0, 3.0], "paper_mmd": [1.0] * 3},
        "floors": {"sliced_w2": 1.0, "paper_mmd": 1.0}, "log_z_error": None, "peak_mb": 1.0, "discovery_calls": None,
        "partition_found": None,
    }  # fmt: skip
    return runs.Outcome(**values | changes)


@pytest.fixture(scope="module")
def outcome():
    return runs.in_child(runs.Run("gmm2d", "pooled", SMALL, n=200, seeds=(3, 4)))


def test_a_child_reports_the_same_run(outcome, seeded):
    target = targets.paper_mixture_2d()
    draws = PooledZODMC(target.potential, scale=target.scale, **SMALL).sample(200, generator=seeded(3))
    references = [child.exact(target, 200, 10_300 + k) for k in range(child.REFERENCES)]
    assert outcome.calls == [draws.calls.total] * 2
    assert outcome.log_z_error[0] == pytest.approx(draws.log_z, abs=1e-5)
    expected = sum(sliced_w2(draws.x, y) for y in references) / len(references)
    assert outcome.scores["sliced_w2"][0] == pytest.approx(expected, rel=1e-3)
    assert outcome.scores["sliced_w2"][0] != outcome.scores["sliced_w2"][1]
    assert all(seconds > 0 for seconds in (*outcome.cpu, *outcome.wall))


def test_floors_are_what_exact_draws_score(seeded):
    target = targets.double_wells(2)
    floor = child.floors(target, 300)
    score = child.scored(target, target.exact(300, seeded(1)), [target.exact(300, seeded(k)) for k in range(2, 6)])
    for name in ("sliced_w2", "paper_mmd", "mode_weights"):
        assert 0.5 < score[name] / floor[name] < 1.7


def test_memory_is_the_samplers_own(outcome):
    """A pool of 2·10⁶ in 2-D holds 40 MB for good; a small one next to nothing; the interpreter counts for neither."""
    large = runs.in_child(runs.Run("gmm2d", "pooled", SMALL | {"pool": 2_000_000}, n=200, seeds=(1,)))
    assert 40 < large.peak_mb < 400 and outcome.peak_mb < 20


def test_what_a_child_complains_of_is_told():
    with pytest.raises(InputError, match=r"pooled on gmm2d failed: .*need pool ≥ 16"):
        runs.in_child(runs.Run("gmm2d", "pooled", {"pool": 1}))


def test_a_run_that_two_bars_read_is_made_once(monkeypatch):
    made = []
    monkeypatch.setattr(runs, "in_child", lambda run: made.append(run) or measured())
    one = runs.Bench((1, 2), (1,), 100)
    (
        one.faithful("gmm2d"),
        one.faithful("gmm2d"),
        one.measure("gmm2d", "pooled"),
        one.measure("gmm2d", "pooled", pool=64),
    )
    assert len(made) == 3
    assert made[0].settings == {"proposals": 100, "enough": None, "empty": "origin"} and made[0].seeds == (1,)


def test_bars_can_be_met_and_missed():
    slow, quick = measured(cpu=[100.0, 900.0, 800.0], calls=[5000] * 3), measured()
    assert [line.met for line in ratios(slow, quick, cpu=400, calls=250)] == [True, True]
    assert [line.met for line in ratios(slow, quick, cpu=401, calls=251)] == [False, False]
    assert quality(quick, 2.0).met and not quality(quick, 1.99).met
    assert "2.00× floor" in quality(quick, 2.0).measured
    assert quick.worst() == 2.0 and replace(quick, floors={"sliced_w2": 4.0, "paper_mmd": 0.5}).worst() == 2.0


def test_a_partition_is_found_only_if_it_is_the_hidden_one():
    pairs = hidden_order(6).view(-1, 2).tolist()
    assert child.hidden(tuple(tuple(pair[::-1]) for pair in reversed(pairs)))
    assert not child.hidden(((0, 1), (2, 3), (4, 5))) or pairs == [[0, 1], [2, 3], [4, 5]]
    assert not child.hidden((tuple(pairs[0] + pairs[1]), tuple(pairs[2])))


def test_missed_bars_are_shown_and_saved_and_no_error(monkeypatch, tmp_path, capsys):
    missed = bars.Bar("hard", ("gmm2d",), "Too hard", lambda bench: [Line("speed", "≥ 9×", "1×", False)])
    seen = []
    other = bars.Bar("other", ("joint10",), "Another", lambda bench: seen.append(bench.seeds) or [])
    monkeypatch.setattr(bench, "BARS", (missed, other))
    assert bench.main(["--only", "hard", "--json", str(tmp_path / "bench.json")]) == 0
    shown = capsys.readouterr().out
    assert "Too hard" in shown and "no" in shown and not seen
    saved = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert saved["bars"][0]["lines"][0] == {"what": "speed", "bar": "≥ 9×", "measured": "1×", "met": False}
    assert bench.main(["--targets", "joint10", "--quick"]) == 0 and seen == [(1, 2)]
    assert bench.main(["--seeds", "0"]) == 2
    with pytest.raises(SystemExit, match="2"):
        bench.main(["--only", "unknown"])


@pytest.mark.parametrize("bar", bars.BARS, ids=lambda bar: bar.name)
def test_every_bar_says_what_it_measured(monkeypatch, bar):
    """With outcomes that are perfect every line is met; with hopeless ones each bar has one that is not."""

    def outcomes(good):
        def make(run):
            ours = run.method in ("pooled", "partial", "coupled", "adaptive") and run.settings.get("engine") is None
            fine = good and ours
            return measured(
                target=run.target,
                method=run.method,
                scores={name: [1.0 if fine else 1.2 if good else 9.0] * 3 for name in (*child.JUDGED, "mode_weights")},
                floors=dict.fromkeys((*child.JUDGED, "mode_weights"), 1.0),
                cpu=[1.0 if fine else 1e4] * 3,
                calls=[1000 if fine else 10**7] * 3,
                log_z_error=[0.0 if good else 1.0] * 3,
                peak_mb=1.0 if good else 1e3,
                discovery_calls=[10] * 3,
                partition_found=[good] * 3,
            )

        return make

    for good in (True, False):
        monkeypatch.setattr(runs, "in_child", outcomes(good))
        lines = bar.lines(runs.Bench((1, 2, 3), (1,), 10_500))
        assert all(line.met for line in lines if line.bar != "—") is good
        assert all(line.what and line.measured for line in lines)


def test_cells_side_by_side_fill_the_record_that_one_after_the_other_do(monkeypatch, tmp_path):
    made = []

    def in_child(contest, sampler, seed, seconds):
        made.append((contest, sampler, seed))
        return {"contest": contest, "sampler": sampler, "seed": seed, "failed": f"over {seconds} CPU s"}

    for module in (against, side_by_side):
        monkeypatch.setattr(module, "in_child", in_child)
    records = {jobs: tmp_path / f"{jobs}.json" for jobs in ("", "1")}
    asked = ["--against", "adaptive", "--contests", "disc", "box", "--against-seeds", "2"]
    for jobs, path in records.items():
        assert bench.main([*asked, "--record", str(path), *(["--jobs", jobs] if jobs else [])]) == 0
    one, other = (json.loads(path.read_text()) for path in records.values())
    assert one == other and len(one["cells"]) == 4 and len(made) == 8
    assert bench.main([*asked, "--record", str(records["1"]), "--jobs", "1"]) == 0 and len(made) == 8, "all are kept"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--jobs", "2"], "go with --against"),
        (["--cluster", "local"], "go with --against"),
        (["--against", "--jobs", "0"], "--jobs 0: give a whole number"),
        (["--against", "nothing", "--jobs", "2"], "--against nothing: no such package is compared with"),
        (["--against", "--cluster", "there"], "give `local`"),
    ],
)
def test_what_does_not_go_together_is_told(words, told, capsys):
    assert bench.main(words) == 2 and told in " ".join(capsys.readouterr().out.split())


def test_a_record_is_written_whole_or_not_at_all(monkeypatch, tmp_path):
    record = tmp_path / "against.json"
    against.keep(record, "a machine", [{"seed": 1}])
    before = record.read_text()
    assert json.loads(before)["cells"] == [{"seed": 1}]
    monkeypatch.setattr(against.os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        against.keep(record, "a machine", [{"seed": 1}, {"seed": 2}])
    assert record.read_text() == before


def test_the_child_uses_one_thread():
    torch.set_num_threads(2)
    child.main(runs.Run("gmm2d", "pooled", SMALL, n=20, seeds=(1,)))
    assert torch.get_num_threads() == 1


def test_packages_that_are_missing_are_named_as_pip_knows_them():
    extras = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    told = {str(against.lacking(name)).split("pip install ")[1] for name in RIVALS}
    assert told == {re.split(r"[><=]", name)[0] for name in extras["rivals"]}


def test_the_help_names_what_works_where_it_runs():
    told = bench.parser().format_help()
    assert bench.__package__ == "experiments.pzodmc" and "python -m experiments.pzodmc.bench --only" in told
    with_other_name = bench.parser("partial_zodmc").format_help()
    assert "experiments.pzodmc" not in with_other_name and "python -m partial_zodmc.bench --only" in with_other_name
