"""Studies on a Dask cluster: results are those of one machine, whoever dies and whatever code others have."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from experiments import cluster
from experiments.errors import InputError
from tests.build.repository import Tree, clone

pytest.importorskip("distributed", reason="the extra `cluster` is missing: pip install -e .[cluster]")
WALK = "experiments/alpha/studies/walk.py"
SECONDS = 150


def wait_for(condition):
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return found


def log(tree: Tree) -> str:
    """What studies have begun there, so far."""
    path = tree.root / "ran.log"
    return path.read_text() if path.exists() else ""


@contextmanager
def dask(tree: Tree, *words: str):
    """`python -m dask …` in a clone."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        cwd=tree.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None
        process.wait()


@contextmanager
def scheduler(tree: Tree):
    """A scheduler: its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with dask(tree, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard") as process:
        yield f"tcp://127.0.0.1:{port}", process


def worker(tree: Tree, address: str, *more: str):
    return dask(tree, "worker", address, "--nthreads", "1", "--no-dashboard", *more)


def measured(tree: Tree) -> dict[str, object]:
    """All results and pictures: bytes, and of a result's JSON all but where and when it was made."""
    found = {}
    for path, content in tree.files().items():
        if path.endswith(".json") and path.startswith("results"):
            found[path] = {key: value for key, value in json.loads(content).items() if key != "provenance"}
        elif path.startswith(("results", "assets")):
            found[path] = content
    return found


def test_a_killed_worker_is_taken_over_and_results_are_those_of_one_machine(built, tree):
    tree.edit(WALK, "import time\n", "import os\nimport time\n")
    tree.edit(WALK, 'log.write(f"walk {recorder.preset}\\n")', 'log.write(f"walk {os.getpid()}\\n")')
    for path in (*tree.root.glob("results/*/*/*"), *tree.root.glob("assets/img/*/*")):
        path.unlink()
    (tree.root / "wait").touch()
    process = tree.start("--force", "--cluster", "local", "--jobs", "2")
    first = int(wait_for(lambda: log(tree).partition("walk ")[2].split("\n")[0]))
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: log(tree).count("walk ") == 2)
    (tree.root / "wait").unlink()
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, ""), out + err
    assert "done alpha study walk" in out and "done beta study replay" in out
    assert measured(tree) == measured(built) and len(measured(tree)) > 8
    assert "up to date" in tree.build("--check").out


@pytest.mark.parametrize(("send", "number"), [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGINT)])
def test_a_request_to_end_and_ctrl_c_are_clean(tree, send, number):
    """The one reaches the build alone, the other all processes of the terminal."""
    (tree.root / "wait").touch()
    process = tree.start("--force", "--only", "alpha", "--cluster", "local")
    wait_for(lambda: "walk standard" in log(tree))
    send(process.pid, number)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 128 + number
    assert err == "\nStopped. What was finished is kept; the same command goes on from here.\n", out + err


def test_workers_write_nothing_in_their_clones_and_those_of_other_code_are_left_out(
    tree, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(cluster, "COME", 1)
    there, other = clone(tree, tmp_path / "there"), clone(tree, tmp_path / "other")
    other.edit("experiments/alpha/sampler.py", "import", "LIMIT = 3\nimport")
    untouched = there.files()
    tree.edit("experiments/alpha/presets.yaml", "steps: 50", "steps: 60")
    there.edit("experiments/alpha/presets.yaml", "steps: 50", "steps: 60")
    with scheduler(tree) as (address, _), worker(other, address) as stranger:
        wait_for(lambda: "no worker of this code has come (waited 1 s)" in refused(address))
        assert "is left out: the code on " in capsys.readouterr().err
        assert stranger.wait(SECONDS) is not None
        with worker(other, address), worker(there, address):
            run = tree.build("--cluster", address)
    assert run.err == "" or run.err.count("is left out") == run.err.count("\n") == 1
    assert "alpha study walk" in run.done and log(there) == "walk standard\n" and log(other) == log(tree) == ""
    assert there.files() == untouched and json.loads((tree.root / "results/alpha/standard/walk.json").read_text())


def refused(address: str) -> str:
    """Why this repository's own cells cannot run there."""
    with pytest.raises(InputError) as told, cluster.reached(address, None):
        pass
    return str(told.value)


def test_a_scheduler_that_dies_loses_only_what_was_running(tree):
    (tree.root / "wait").touch()
    tree.edit("experiments/alpha/presets.yaml", "steps: 50", "steps: 60")
    tree.edit("experiments/alpha/presets.yaml", "n: 100", "n: 120")
    journal = tree.root / "pytask.lock.journal"
    with scheduler(tree) as (address, process), worker(tree, address, "--nworkers", "2"):
        build = tree.start("--only", "alpha", "--cluster", address)
        wait_for(lambda: "walk" in log(tree) and journal.exists() and "standard/draws" in journal.read_text())
        os.killpg(process.pid, signal.SIGKILL)
        out, err = build.communicate(timeout=SECONDS)
    assert build.returncode == 2 and "the scheduler is gone; what was finished is kept" in err, out + err
    assert "Traceback" not in out + err
    (tree.root / "wait").unlink()
    tree.runs()
    assert "alpha study walk" in tree.build().done and tree.runs() == ["walk standard"]


def test_nobody_at_the_address_and_jobs_beside_it_are_told(built, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        assert refused(address) == f"--cluster {address}: no scheduler answers there (waited 1 s)"
    run = built.build("--force", "--cluster", address, "--jobs", "2", code=2)
    assert "has workers of its own; leave --jobs out" in run.err and run.err.count("\n") == 1


@pytest.mark.parametrize("words", ["there", "", "slurm.json"])
def test_words_that_name_no_cluster_are_told(built, words):
    run = built.build("--cluster", words, code=2)
    assert "give `local`, an address" in run.err and run.err.count("\n") == 1


def test_a_clone_that_lies_elsewhere_has_the_same_digest(tree, tmp_path):
    from experiments.same_code import digest_of

    there = clone(tree, tmp_path / "there")
    assert digest_of(there.root) == digest_of(tree.root)
    Path(there.root, "results/alpha/standard/walk.json").unlink()
    assert digest_of(there.root) == digest_of(tree.root), "results are the client's"
    there.edit("experiments/alpha/presets.yaml", "steps: 50", "steps: 60")
    assert digest_of(there.root) != digest_of(tree.root)
