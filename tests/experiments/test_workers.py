"""Cells come back the same from every kind of worker, and what is asked for wrongly is told in one line."""

import math
import os
import signal
import stat
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest

from experiments import cell, cluster, workers
from experiments.errors import InputError
from experiments.same_code import about
from experiments.slurm import arguments
from experiments.workers import as_they_end, processes

CELLS = [(float(number),) for number in range(12)]
ROOTS = {(number,): math.sqrt(number) for (number,) in CELLS}
KNOWN = {"cores", "memory", "processes", "queue"}


@pytest.mark.parametrize("jobs", [None, 1, 2])
def test_cells_are_the_same_whoever_runs_them(jobs):
    with workers.workers(None, jobs) as cells:
        assert dict(cells(math.sqrt, CELLS)) == ROOTS


def test_once_a_cell_failed_those_that_wait_are_not_begun(tmp_path):
    places = [tmp_path / "missing" / "0", *(tmp_path / str(number) for number in range(200))]
    with processes(1) as pool, pytest.raises(FileNotFoundError):
        list(as_they_end(pool, os.mkdir, [(place,) for place in places]))
    assert len(list(tmp_path.iterdir())) < 150


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("a: [", "not valid YAML at line"),
        ("- cores", "give arguments of dask_jobqueue.SLURMCluster"),
        ("", "give arguments of dask_jobqueue.SLURMCluster"),
        ("cores: 8\nmemory: 1GB\nqueu: x", r"unknown key 'queu' \(known: cores, memory, processes, queue\)"),
        ("cores: 8", "'memory' is missing"),
        ("cores: 8\nmemory: 1GB\nprocesses: 2", "'processes' must equal 'cores'"),
    ],
)
def test_wrong_settings_of_slurm_are_told(tmp_path, text, words):
    path = tmp_path / "slurm.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=words) as told:
        arguments(path, KNOWN)
    assert str(path) in str(told.value) and "\n" not in str(told.value)


def test_a_process_runs_one_cell(tmp_path):
    path = tmp_path / "slurm.yaml"
    path.write_text("cores: 8\nmemory: 16GB")
    assert arguments(path, KNOWN)["processes"] == 8


def test_without_the_extra_its_cure_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with (
        pytest.raises(InputError, match=r"--cluster needs dask: `pip install -e .\[cluster\]`"),
        cluster.reached("local", 2),
    ):
        pass


def test_other_versions_are_named_and_equal_ones_are_not():
    here = about()
    versions = dict(here.versions)
    there = replace(here, versions=tuple((versions | {"numpy": "1.0"}).items()))
    assert here.differing(here) == ""
    assert here.differing(there) == f"numpy 1.0 (here {versions['numpy']})"


def test_a_worker_of_other_code_or_of_many_threads_may_not_run_a_cell():
    here = about()
    assert cell.why_not(here.code, here, 1) == ""
    assert "code on host differs" in cell.why_not(here.code, replace(here, code="0", host="host"), 1)
    assert "--nthreads 1 (--nworkers 4" in cell.why_not(here.code, here, 4)


class Workers:
    """A client of two workers; the first is as it should be."""

    def __init__(self, other):
        self.other, self.sent_away = other, []

    def run(self, _, on_error):
        return {"tcp://a": (about(), 1), "tcp://b": self.other}

    def retire_workers(self, addresses):
        self.sent_away += addresses


def test_of_the_workers_that_are_there_strangers_are_sent_away_and_others_told(capsys):
    here = about()
    newer = replace(here, versions=tuple((dict(here.versions) | {"numpy": "9.9"}).items()))
    for other, words, sent_away in (
        ((newer, 1), "Note: worker tcp://b has numpy 9.9 (here ", []),
        ((replace(here, code="0"), 1), "Worker tcp://b is left out: the code on ", ["tcp://b"]),
        (ModuleNotFoundError("experiments"), "Worker tcp://b is left out: it does not have this code", ["tcp://b"]),
    ):
        client = Workers(other)
        cluster.Cluster(client, "tcp://c").wait()
        told = capsys.readouterr().err
        assert told.startswith(words) and told.count("\n") == 1 and client.sent_away == sent_away


# ---- with Dask


@pytest.fixture(scope="module")
def reached():
    pytest.importorskip("distributed", reason="the extra `cluster` is missing: pip install -e .[cluster]")
    with cluster.reached("local", 2) as found:
        yield found


def test_cells_are_the_same_on_dask_and_what_one_raises_is_raised_here(reached):
    assert dict(reached.cells(math.sqrt, CELLS)) == ROOTS
    with pytest.raises(ValueError, match="math domain error"):
        list(reached.cells(math.sqrt, [(-1.0,)]))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (lambda dask: dask.KilledWorker("cell", "tcp://a", 3), "4 workers in turn died while they ran one cell"),
        (lambda _: ModuleNotFoundError("No module", name="experiments"), "start both inside a clone"),
        (lambda _: RuntimeError("Error during deserialization of the task graph."), "start both inside a clone"),
        (lambda dask: dask.CancelledError("cell"), "tcp://a:1: the scheduler is gone; what was finished is kept"),
    ],
)
def test_what_dask_loses_is_told_in_words(error, words):
    """A client whose cells end so."""
    dask = pytest.importorskip("distributed", reason="the extra `cluster` is missing: pip install -e .[cluster]")

    class Asked:
        def result(self):
            raise error(dask)

    class Client:
        def submit(self, *_, **__):
            return Asked()

    with pytest.raises(InputError, match=words):
        cluster.Cluster(Client(), "tcp://a:1").run(math.sqrt, 1.0)


def test_a_study_does_not_begin_beside_other_inputs(reached):
    from showcase.workers import _run_study

    with pytest.raises(InputError, match="README.md: another file on tcp://"):
        reached.run(_run_study, "study", math.sqrt, {}, {"README.md": "another"}, "study.json", "progress")


def test_an_expensive_potential_is_shared_out(reached):
    """`pool=` of the samplers takes Dask's executor."""
    import torch

    from experiments.pzodmc.oracle import Oracle, Potential

    points = torch.linspace(-1, 1, 30).reshape(15, 2)
    pool = reached.client.get_executor()
    shared = Oracle(Potential(bowl, 2, vectorized=False, pool=pool))(points)
    assert shared.equal(Oracle(Potential(bowl, 2, vectorized=False))(points)) and len(set(shared.tolist())) > 5


def bowl(z):
    return (z**2).sum() / 2


@pytest.mark.skipif(not find_spec("dask_jobqueue"), reason="the extra `cluster` is missing: pip install -e .[cluster]")
def test_jobs_of_slurm_run_cells_and_are_given_back(tmp_path, monkeypatch):
    """Stand-ins for Slurm's commands: a job is a process of this machine."""
    ours = signal.getsignal(signal.SIGINT)
    ended = tmp_path / "ended"
    scripts = {
        # As Slurm does, it keeps the script: that of the caller is gone when it returns.
        "sbatch": 'cp "$1" "$0.job"; setsid bash "$0.job" > /dev/null 2>&1 < /dev/null & echo "Submitted batch job $!"',
        "scancel": f'for job in "$@"; do kill -9 -- -"$job"; echo "$job" >> {ended}; done',
    }
    for name, text in scripts.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
    settings = tmp_path / "slurm.yaml"
    settings.write_text(f"cores: 1\nmemory: 1GB\ninterface: lo\njob_script_prologue: ['cd {os.getcwd()}']\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with cluster.reached(str(settings), 1) as found:
        assert dict(found.cells(math.sqrt, CELLS)) == ROOTS
    assert ended.exists() and signal.getsignal(signal.SIGINT) is ours, "Ctrl-C is not taken over"
