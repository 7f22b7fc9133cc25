"""What a study gives to visitors' browsers is a step like any other: due when an input or a file of it changes."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.errors import InputError
from experiments.exports import Export
from showcase.engine import look, run
from showcase.tasks import exports
from showcase.tasks.exports import export_steps

MODULE = """from pathlib import Path
def run(out, report):
    out.mkdir(parents=True, exist_ok=True)
    (out / "copy.txt").write_text(Path("input.txt").read_text())
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with one export of one input."""
    shutil.copy(Path(__file__).parents[2] / "pyproject.toml", tmp_path)
    (tmp_path / "showcase/tasks").mkdir(parents=True)
    (tmp_path / "gift.py").write_text(MODULE)
    (tmp_path / "input.txt").write_text("one")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    found = SimpleNamespace(
        name="pzodmc", exports={"gift": Export("gift", (Path("input.txt"),), Path("assets/gift"), ("copy.txt",))}
    )
    monkeypatch.setattr(exports, "find", lambda _: found)
    return found


def due(root: Path, project) -> list[str]:
    return [reason for finding in look(root, export_steps(root, project)) for reason in finding.reasons]


def test_it_is_made_once_and_again_when_its_input_changes_or_it_is_gone(project, tmp_path):
    assert due(tmp_path, project) == ["never made"]
    (outcome,) = run(tmp_path, export_steps(tmp_path, project), {})
    assert outcome.state == "made" and (tmp_path / "assets/gift/copy.txt").read_text() == "one"
    assert due(tmp_path, project) == []
    (tmp_path / "input.txt").write_text("two, and longer")
    assert due(tmp_path, project) == ["input.txt changed"]
    run(tmp_path, export_steps(tmp_path, project), {})
    assert (tmp_path / "assets/gift/copy.txt").read_text() == "two, and longer" and due(tmp_path, project) == []
    (tmp_path / "assets/gift/copy.txt").unlink()
    assert any("copy.txt" in reason for reason in due(tmp_path, project))


def test_an_input_that_is_missing_is_told_before_anything_runs(project, tmp_path):
    (tmp_path / "input.txt").unlink()
    with pytest.raises(InputError, match="input.txt: missing"):
        export_steps(tmp_path, project)
    (tmp_path / "gift.py").unlink()
    with pytest.raises(InputError, match="which is missing"):
        export_steps(tmp_path, project)
