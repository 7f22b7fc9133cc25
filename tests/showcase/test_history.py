"""A clone stays light: a commit that adds over 5 MB of pictures, results or weights says so in its message."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SINCE = "2026-11-30T01:00:00Z"  # version 0.19 and what came before it is as it is: 459 MB
MOST = 5e6  # bytes
SAID = re.compile(r"\d[ \u00a0]?[MG]i?B\b")


def git(root: Path, *words: str, given: str = "") -> str:
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout


def unsaid(root: Path, since: str = "1970-01-01T00:00:00Z") -> list[str]:
    """The commits that add more than MOST of binary files and do not name an amount, with how much it is."""
    log = git(root, "log", f"--since={since}", "--no-merges", "-M", "--diff-filter=AM", "--raw", "--numstat",
              "--no-abbrev", "--format=%x00%h %B%x01")  # fmt: skip
    found = []
    for message, _, changes in (commit.partition("\x01") for commit in log.split("\x00")[1:]):
        blobs = {line.split("\t")[1]: line.split()[3] for line in changes.splitlines() if line.startswith(":")}
        binary = [line.split("\t")[2] for line in changes.splitlines() if line.startswith("-\t-\t")]
        sizes = git(root, "cat-file", "--batch-check=%(objectsize)", given="\n".join(blobs[path] for path in binary))
        added = sum(map(int, sizes.split()))
        if added > MOST and not SAID.search(message):
            found.append(f"{message.splitlines()[0]}: adds {added / 1e6:.1f} MB of binary files and does not say so")
    return found


def test_every_commit_of_much_says_so():
    if not (ROOT / ".git").exists():
        pytest.skip("no history here")
    partial = git(ROOT, "rev-parse", "--is-shallow-repository").strip() == "true"
    if partial or "promisor" in git(ROOT, "config", "--list"):
        pytest.skip("a clone without its history's files")
    assert not unsaid(ROOT, SINCE)


def test_a_commit_of_much_is_found_unless_it_says_so(tmp_path):
    who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")

    def commit(message: str, *, size: int, name: str, letter: bytes = b"\0") -> None:
        (tmp_path / name).write_bytes(letter * size)
        git(tmp_path, "add", "-A")
        git(tmp_path, *who, "commit", "-q", "-m", message)

    git(tmp_path, "init", "-q")
    commit("A few pictures", size=4_000_000, name="few")
    commit("Much text", size=6_000_000, name="text", letter=b"a\n")
    commit("All weights again (6 MB)", size=6_000_000, name="weights")
    assert not unsaid(tmp_path)
    commit("One more", size=6_000_001, name="weights")
    assert [line.split(" ", 1)[1] for line in unsaid(tmp_path)] == [
        "One more: adds 6.0 MB of binary files and does not say so"
    ]
    (tmp_path / "weights").rename(tmp_path / "moved")
    git(tmp_path, "add", "-A")
    git(tmp_path, *who, "commit", "-q", "-m", "Moved")
    assert len(unsaid(tmp_path)) == 1, "what was moved is not added"
