"""The command line does what the Python interface does, and tells every user error in one line with exit code 2."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from experiments.pzodmc import AdaptivePartialZODMC, PartialZODMC, targets
from experiments.pzodmc.__main__ import main
from experiments.pzodmc.command.listing import WHAT
from experiments.pzodmc.command.methods import METHODS
from experiments.pzodmc.targets import TARGETS

OWN = """
import torch
from experiments.pzodmc import Potential, targets

def potential(z):
    return 0.5 * z.square().sum(dim=1)

def made():
    return Potential(potential, 3)

def known():
    return targets.double_wells(2)

def broken(z):
    return z.nothing

def unbounded(z):
    return -z.square().sum(dim=1)

def misshapen(z):
    return z

def holes(z):
    return potential(z) * float("nan")

number = 3
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return path


def diagnostics(path):
    return json.loads(str(np.load(path)["diagnostics"]))


def test_the_saved_draws_are_those_of_the_python_interface(tmp_path, capsys):
    path = tmp_path / "draws.npz"
    assert main(["sample", "--target", "gmm2d", "--n", "200", "--seed", "5", "--out", str(path)]) == 0
    target = targets.paper_mixture_2d()
    draws = AdaptivePartialZODMC(target.potential, scale=target.scale).sample(
        200, generator=torch.Generator().manual_seed(5)
    )
    assert np.array_equal(np.load(path)["x"], draws.x.numpy())
    told = diagnostics(path)
    assert told["calls"] == {"full": draws.calls.full, "block": draws.calls.block, "total": draws.calls.total}
    assert told["log_z"] == draws.log_z and told["pareto_k"] == draws.pareto_k
    assert told["blocks"] == [[0, 1]] and told["warnings"] == list(draws.warnings)
    assert told["asked"]["seed"] == 5 and told["asked"]["scale"] == target.scale
    printed = capsys.readouterr().out
    for word in (f"{draws.calls.total:,}", "floor", "sliced W2", "mode weights", "log Ẑ", "{0 1}"):
        assert word in printed


def test_options_reach_the_method(tmp_path):
    path = tmp_path / "draws.npz"
    arguments = "sample --target double_wells5 --method partial --blocks 0,1;2;3;4 --n 100 --dtype float64"
    options = ["--set", "pool=2e3", "--set", "verify=4", "--max-calls", "30000", "--out", str(path)]
    assert main(arguments.split() + options) == 0
    target, settings = targets.double_wells(5), {"scale": 1.5, "dtype": torch.float64, "pool": 2000}
    sampler = PartialZODMC(target.potential, ((0, 1), (2,), (3,), (4,)), settings=settings, verify=4)
    draws = sampler.sample(100, generator=torch.Generator().manual_seed(0), max_oracle_calls=30_000)
    assert np.array_equal(np.load(path)["x"], draws.x.numpy()) and np.load(path)["x"].dtype == np.float64
    assert diagnostics(path)["calls"]["total"] <= 30_000


@pytest.mark.parametrize("method", [m for m in METHODS if m not in ("dynesty", "pocomc", "ula", "rdmc")])
def test_every_method_runs(method, tmp_path):
    path = tmp_path / "draws.npz"
    budget = "600000" if method == "zodmc" else "60000"
    arguments = ["sample", "--target", "two_modes5", "--method", method, "--n", "50", "--max-calls", budget]
    assert main([*arguments, "--out", str(path)]) == 0
    assert np.load(path)["x"].shape == (50, 5) and np.isfinite(np.load(path)["x"]).all()
    assert 0 < diagnostics(path)["calls"]["total"] <= int(budget)


@pytest.mark.parametrize(
    ("name", "extra", "dim"), [("potential", ["--dim", "2"], 2), ("made", [], 3), ("known", [], 2)]
)
def test_a_potential_of_ones_own_from_a_file_and_a_module(own, tmp_path, monkeypatch, name, extra, dim):
    monkeypatch.chdir(tmp_path)
    for where in (own, "mine"):
        path = tmp_path / "draws.npz"
        assert main(["sample", "--target", f"{where}:{name}", "--n", "60", *extra, "--out", str(path)]) == 0
        assert np.load(path)["x"].shape == (60, dim)


def test_coordinates_plot_and_checkpoint_from_the_command_line(own, tmp_path):
    out, plot, kept = tmp_path / "draws.npz", tmp_path / "corner.png", tmp_path / "run.answers"
    front = ["--bounds", "0:,:,-1:1", "--names", "a,b,c", "--scale", "2,2,1", "--max-calls", "30000"]
    command = ["sample", "--target", f"{own}:potential", "--dim", "3", "--n", "100", *front]
    assert main([*command, "--out", str(out), "--plot", str(plot), "--checkpoint", str(kept)]) == 0
    x = np.load(out)["x"]
    assert x[:, 0].min() >= 0 and abs(x[:, 2]).max() <= 1 and x[:, 1].min() < 0
    told = diagnostics(out)
    assert told["names"] == ["a", "b", "c"] and told["log_z_error"] > 0 and "checked" in told["missed"]
    assert plot.read_bytes().startswith(b"\x89PNG") and kept.stat().st_size > 8 * 1000
    assert main([*command, "--out", str(out), "--checkpoint", str(kept)]) == 0
    assert np.array_equal(np.load(out)["x"], x)


def test_discover_prints_the_blocks(capsys):
    assert main(["discover", "--target", "hidden30"]) == 0
    printed = capsys.readouterr().out
    order = targets.hidden_order(30).view(15, 2).tolist()
    for block in order:
        assert "{" + " ".join(map(str, sorted(block))) + "}" in printed
    assert "15:" in printed and "4,680" in printed


def test_the_list_of_targets_is_complete_and_described(capsys):
    assert main(["targets"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in TARGETS)
    assert set(WHAT) == set(TARGETS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("sample --target nowhere", "unknown target"),
        ("sample", "--target"),
        ("", "COMMAND"),
        ("sample --target gmm2d --n 0", "positive"),
        ("sample --target gmm2d --n many", "invalid int"),
        ("sample --target gmm2d --method magic", "invalid choice"),
        ("sample --target gmm2d --max-calls 300", "give at least 500"),
        ("sample --target gmm2d --method pooled --max-calls 150", "too few"),
        ("sample --target gmm2d --scale 0.5 --method pooled", "does not cover"),
        ("sample --target gmm2d --scale -1", "scale must be positive"),
        ("sample --target gmm2d --dim 3", "leave --dim out"),
        ("sample --target gmm2d --method partial", "give --blocks"),
        ("sample --target gmm2d --method pooled --bounds 0:1,0:1", "only --method adaptive"),
        ("sample --target gmm2d --method pooled --scale 1,2", "only --method adaptive"),
        ("sample --target gmm2d --bounds 1:0,:", "below the upper"),
        ("sample --target gmm2d --bounds 0", "invalid walls value"),
        ("sample --target gmm2d --scale 1,2,3", "one a coordinate"),
        ("sample --target gmm2d --periodic 0", "two finite bounds"),
        ("sample --target gmm2d --names a,a", "different words"),
        ("sample --target gmm2d --method smc --checkpoint run.answers", "is for --method adaptive"),
        ("sample --target gmm2d --plot no/such/folder/a.png", "make it first"),
        ("sample --target gmm2d --method partial --blocks 0;1", "not a sum over these blocks"),
        ("sample --target gmm2d --method gibbs --blocks 0;0,1", "overlap"),
        ("sample --target gmm2d --method gibbs --blocks 0", "leave coordinate 1 out"),
        ("sample --target gmm2d --method gibbs --blocks a;b", "takes coordinates"),
        ("sample --target gmm2d --blocks 0;1", "takes none"),
        ("sample --target gmm2d --set pool", "key=value"),
        ("sample --target gmm2d --set poool=3", "no such option"),
        ("sample --target gmm2d --set pool=deep", "a whole number"),
        ("sample --target gmm2d --method partial --blocks 0,1 --set engine=steam", "known are"),
        ("sample --target gmm2d --device quantum", "cannot be used here"),
        ("sample --target gmm2d --out draws.txt", "end in .npz"),
        ("sample --target gmm2d --out no/such/folder/draws.npz", "make it first"),
        ("sample --target no.such.module:V", "cannot be imported"),
        ("sample --target no_file.py:V", "no file"),
        ("sample --target OWN:nothing", "there is no 'nothing'"),
        ("sample --target OWN:number", "give a function"),
        ("sample --target OWN:potential", "--dim"),
        ("sample --target OWN:potential --dim 0", "positive integer"),
        ("sample --target OWN:broken --dim 2", "AttributeError"),
        ("sample --target OWN:unbounded --dim 2", "cannot be normalised"),
        ("sample --target OWN:misshapen --dim 2", "must map"),
        ("sample --target OWN:holes --dim 2", "NaN or infinite"),
        ("discover --target OWN:unbounded --dim 2", "cannot be normalised"),
    ],
)
def test_user_errors_are_one_line_and_exit_code_2(own, capsys, arguments, words):
    assert main(arguments.replace("OWN", str(own)).split()) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ") and told.count("\n") == 1 and words in told


def test_the_samplers_import_without_matplotlib():
    names = "Potential, ZODMC, PartialZODMC, AdaptivePartialZODMC"
    code = f"import sys; sys.modules['matplotlib'] = None; from experiments.pzodmc import {names}"
    subprocess.run([sys.executable, "-c", code], check=True)
