"""What _plugins/commits.rb tells: the last commit of the scripts behind a figure, where that is true."""

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
RUN, DRAW = "experiments/run.py", "experiments/draw.py"
SCRIPT = """
require "json"
module Jekyll; module Hooks; def self.register(*) = nil; end; end
require ARGV[0]
figures = JSON.parse(ARGV[2])
site = Struct.new(:source, :data).new(ARGV[1], {"evidence" => {"projects" => {"p" => {"figures" => figures}}}})
Commits.add(site)
puts JSON.generate(figures)
"""


@pytest.fixture
def repository(tmp_path):
    """Two scripts; `commit` commits all there is, `told` asks for the commit of what rests on both, or on one."""
    if shutil.which("ruby") is None:
        pytest.skip("Ruby is missing. Install it: apt-get install -y ruby")

    def git(*words: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        return subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    def write(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    def commit(when: str) -> str:
        git("init", "-q")
        git("add", "-A")
        git("-c", "core.abbrev=7", "commit", "-q", "-m", "a", f"--date={when}")
        return git("rev-parse", "HEAD").strip()

    def told(*scripts: str, folder: Path = tmp_path) -> dict:
        figures = json.dumps([{"scripts": scripts or [RUN, DRAW]}])
        command = ["ruby", "-e", SCRIPT, str(ROOT / "_plugins/commits.rb"), str(folder), figures]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)[0]

    write(RUN, "x = 1\n")
    write(DRAW, "x = 1\n")
    return SimpleNamespace(root=tmp_path, git=git, write=write, commit=commit, told=told)


def same(entry: dict, commit: str) -> bool:
    return bool(entry.get("commit")) and commit.startswith(entry["commit"]) and "committed" in entry


def test_outside_of_git_no_commit_is_told(repository):
    assert "commit" not in repository.told()


def test_the_later_commit_of_two_scripts_is_told(repository):
    first = repository.commit("2026-01-01")
    repository.git("commit", "-q", "--allow-empty", "-m", "of nothing here")
    assert same(repository.told(), first)
    repository.write(DRAW, "x = 2\n")
    second = repository.commit("2026-01-02")
    assert same(repository.told(RUN), first) and same(repository.told(DRAW), second)
    assert repository.told()["commit"] in (repository.told(RUN)["commit"], repository.told(DRAW)["commit"])


def test_what_was_edited_since_or_never_committed_has_none(repository):
    first = repository.commit("2026-01-01")
    repository.write(RUN, "x = 2\n")
    assert "commit" not in repository.told() and same(repository.told(DRAW), first)
    assert "commit" not in repository.told("experiments/other.py")


def test_a_clone_without_history_tells_nothing(repository, tmp_path_factory):
    repository.commit("2026-01-01")
    clone = tmp_path_factory.mktemp("clone") / "here"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.root}", str(clone))
    assert "commit" not in repository.told(folder=clone)
    repository.git("clone", "-q", f"file://{repository.root}", str(clone.with_name("whole")))
    assert "commit" in repository.told(folder=clone.with_name("whole"))
