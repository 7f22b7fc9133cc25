"""The last commit of a script is told when it is true, and remembered so that nothing grows stale by itself."""

import json
import subprocess
from types import SimpleNamespace

import pytest

from experiments.study import Part
from showcase import commits, sources
from showcase.commits import EVIDENCE, latest, record, scripts_of

RUN, DRAW = "experiments/tiny/run.py", "experiments/tiny/draw.py"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A project of one run and one figure; `repository.commit()` commits all, `.scripts()` asks anew."""
    parts = SimpleNamespace(PARTS={"runs": Part("experiments.tiny.run")})
    project = SimpleNamespace(name="tiny", study=parts)
    entry = SimpleNamespace(name="curve", module="experiments.tiny.draw")
    monkeypatch.setattr(commits, "entries", lambda root, project: [entry])
    for name in ("study", "run", "draw"):
        path = tmp_path / f"experiments/tiny/{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")

    def git(*words: str, at=tmp_path) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        return subprocess.run(["git", *who, *words], cwd=at, check=True, capture_output=True, text=True).stdout.strip()

    def commit() -> str:
        git("init", "-q")
        git("add", "-A")
        git("commit", "-q", "-m", "a")
        return git("rev-parse", "HEAD")[:10]

    def scripts(root=tmp_path, ask=True):
        sources._read.cache_clear()
        return scripts_of(root, project, ask)

    def remember(found) -> None:
        (tmp_path / EVIDENCE).parent.mkdir(exist_ok=True)
        (tmp_path / EVIDENCE).write_text(json.dumps({"scripts": record(found.all())}))

    return SimpleNamespace(root=tmp_path, git=git, commit=commit, scripts=scripts, remember=remember)


def told(found) -> str:
    last = latest(found.behind(["runs"], ["curve"]))
    return last.commit if last else ""


def test_outside_git_there_is_no_commit(repository):
    assert [script.path for script in repository.scripts().all()] == [RUN, DRAW]
    assert told(repository.scripts()) == ""


def test_a_commit_is_told_for_what_stands_as_it_was_committed(repository):
    first = repository.commit()
    assert told(repository.scripts()) == first
    (repository.root / RUN).write_text("x = 2\n")
    assert told(repository.scripts()) == "", "what runs is not what was committed"
    assert repository.scripts().figures["curve"].commit == first
    assert told(repository.scripts(ask=False)) == ""


def test_a_remembered_commit_stays_until_the_code_changes(repository):
    first = repository.commit()
    repository.remember(repository.scripts())
    (repository.root / RUN).write_text("# A word.\nx = 1\n")
    repository.commit()
    assert told(repository.scripts()) == told(repository.scripts(ask=False)) == first
    (repository.root / RUN).write_text("x = 2\n")
    assert told(repository.scripts()) == ""
    assert told(repository.scripts()) == "" != repository.commit() == told(repository.scripts())


def test_a_shallow_clone_tells_what_is_remembered_and_nothing_else(repository, tmp_path_factory):
    first = repository.commit()
    repository.remember(repository.scripts())
    (repository.root / DRAW).write_text("x = 3\n")
    repository.commit()
    clone = tmp_path_factory.mktemp("clone") / "here"
    repository.git(
        "clone", "-q", "--depth", "1", f"file://{repository.root}", str(clone), at=tmp_path_factory.getbasetemp()
    )
    found = repository.scripts(clone)
    assert (found.runs["runs"].commit, found.figures["curve"].commit) == (first, "")


def test_recording_what_was_recorded_changes_nothing(repository):
    repository.commit()
    repository.remember(repository.scripts())
    before = (repository.root / EVIDENCE).read_text()
    repository.remember(repository.scripts())
    assert (repository.root / EVIDENCE).read_text() == before
    (repository.root / EVIDENCE).write_text("<<<<<<< HEAD\n" + before)
    assert told(repository.scripts()) != "", "a merge conflict in it is no obstacle"
