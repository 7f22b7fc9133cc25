"""A killed build goes on where it was; a failed part stops only what rests on it; parts run side by side."""

import os
import signal
import subprocess
import time
from pathlib import Path


def _wait(condition, seconds=40):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _log(tree) -> list[str]:
    log = tree.root / "ran.log"
    return log.read_text().splitlines() if log.exists() else []


def _hold(tree, *arguments) -> subprocess.Popen:
    """Start a build whose `walk` waits, and return once `walk` and all that can finish without it are there."""
    (tree.root / "wait").touch()
    process = tree.start(*arguments)
    _wait(lambda: "walk standard" in _log(tree))
    return process


def test_parts_run_side_by_side_and_after_a_kill_finished_steps_are_kept(tree):
    process = _hold(tree, "--force", "--jobs", "2")
    journal = tree.root / "pytask.lock.journal"
    _wait(lambda: journal.exists() and "study/beta/standard/replay" in journal.read_text())
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert "replay standard" in tree.runs(), "it ran while `walk` waited"
    (tree.root / "wait").unlink()
    made = tree.build("--jobs", "2").done
    assert "beta study replay" not in made and "replay standard" not in tree.runs()
    assert "up to date" in tree.build("--check").out, "and no product is half written"


def test_ctrl_c_says_that_the_work_is_kept(tree):
    process = _hold(tree, "--force", "--only", "alpha")
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    assert "Stopped. What was finished is kept" in err and "Traceback" not in err + out


def test_a_failed_part_stops_only_what_rests_on_it(tree):
    tree.edit("experiments/alpha/presets.yaml", "n: 100}", "n: 100, fail: true}")
    tree.edit("experiments/alpha/presets.yaml", "steps: 50", "steps: 60")
    run = tree.build(code=1)
    assert {"alpha study walk", "alpha figure track"} <= run.done
    assert "alpha study draws failed: ValueError: the draws went wrong" in run.err
    assert "Traceback" not in run.out + run.err
    assert "Traceback" in Path(tree.root, ".cache/failures/study~alpha~standard~draws.txt").read_text()
    tree.edit("experiments/alpha/presets.yaml", ", fail: true", "")
    tree.runs()
    assert "alpha page en" in tree.build().done
    assert "walk standard" not in tree.runs()
