"""Installed from a wheel into a folder of its own, the samplers work from anywhere; the README's blocks run as
written.
"""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from experiments import pzodmc

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"## The samplers by themselves\n(.*?)\n## ", README, re.DOTALL)[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in the repository."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    shutil.copytree(
        ROOT / "experiments/pzodmc", copy / "experiments/pzodmc", ignore=shutil.ignore_patterns("__pycache__")
    )
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", out, copy]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "-q", "--target", folder, wheel]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


@pytest.fixture
def elsewhere(site, tmp_path):
    """Runs Python in an empty folder in which the repository cannot be imported; returns what it prints."""

    def run(*arguments):
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | {"PYTHONPATH": str(site)}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_a_wheel_holds_the_samplers_code_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    inside = [name for name in names if ".dist-info/" not in name]
    typed = {"partial_zodmc/py.typed", "partial_zodmc/__init__.pyi"}
    assert typed <= set(inside) and all(n.startswith("partial_zodmc/") and n.endswith(".py") for n in {*inside} - typed)
    assert not [name for name in inside if "studies" in name or "drawings" in name or name.endswith("/study.py")]


def test_every_installed_module_imports_without_the_repository(elsewhere, wheel):
    names = [n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("partial_zodmc/") and n.endswith(".py")]
    modules = [n.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for n in names]
    modules = [name for name in modules if not name.endswith("__main__")]
    code = (
        f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\nprint('experiments' in sys.modules)"
    )
    assert elsewhere("-c", code).strip() == "False"


def test_type_checkers_see_the_names_that_are_loaded_when_asked_for():
    """And with them, in the stub, nothing else."""
    tree = ast.parse((ROOT / "experiments/pzodmc/__init__.pyi").read_text())
    seen = {name.asname: (node.module, name.name) for node in tree.body for name in node.names}
    assert sorted(seen) == sorted(pzodmc.__all__)
    for name, (module, own) in seen.items():
        found = importlib.import_module(f"experiments.pzodmc.{module or own}")
        assert getattr(pzodmc, name) is (getattr(found, own) if module else found)


def test_the_readme_s_blocks_run_as_written(elsewhere, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        (tmp_path / "block.py").write_text("import torch\ntorch.set_num_threads(1)\n" + block, encoding="utf-8")
        elsewhere("block.py")


def test_the_readme_s_commands_are_those_of_the_console_script(elsewhere, tmp_path):
    commands = re.findall(r"^partial-zodmc ([^#\n]*)", SECTION, re.MULTILINE)
    assert len(commands) == 7
    (tmp_path / "my_model.py").write_text("def energy(z):\n    return z.square().sum(1) / 2\n", encoding="utf-8")
    for command in commands[:2]:
        words = [word.strip("'") for word in command.split()] + ["--n", "50", "--max-calls", "30000"]
        elsewhere("-m", "partial_zodmc", *words)
    assert (tmp_path / "draws.npz").exists() and (tmp_path / "draws.png").stat().st_size > 10_000
    assert "gmm2d" in elsewhere("-m", "partial_zodmc", "targets")


def test_an_error_is_one_line_of_the_installed_package_too(elsewhere):
    code = (
        "from partial_zodmc import sample, InputError\n"
        "try:\n    sample(lambda z: z, 2)\nexcept InputError as error:\n    print(type(error).__module__, error)"
    )
    assert elsewhere("-c", code).startswith("partial_zodmc.errors V must map")
