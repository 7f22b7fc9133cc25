"""Whatever the machine refuses: the real cause in one line, and the right exit code; stops are clean."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.build.repository import clone


def powerless(tree, *arguments: str) -> subprocess.CompletedProcess:
    """Run the build without the rights that a superuser has."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "MPLCONFIGDIR": "/tmp"}
    plain = [] if os.geteuid() else ["setpriv", "--bounding-set", "-all"]
    command = [*plain, sys.executable, "build_figures.py", *arguments]
    return subprocess.run(command, cwd=tree.root, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def locked(tree):
    """A built repository that may be read and not written."""
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing, and a superuser may write everything")
    subprocess.run(["chmod", "-R", "a-w", str(tree.root)], check=True)
    yield tree
    subprocess.run(["chmod", "-R", "u+w", str(tree.root)], check=True)


def test_looking_needs_no_right_to_write(locked):
    for arguments in (["--check"], ["--list"], ["--explain"], []):
        run = powerless(locked, *arguments)
        assert run.returncode == 0 and not run.stderr, run.stdout + run.stderr


def test_a_folder_that_may_not_be_written_is_the_cause(locked):
    for arguments in (["--force"], ["--force", "--jobs", "2"]):
        run = powerless(locked, *arguments)
        assert run.returncode == 2 and "Stopped" not in run.stderr and "Traceback" not in run.stdout + run.stderr
        told = run.stderr.strip().splitlines()
        assert told and all(line.startswith("build_figures.py: ") for line in told), run.stderr
        assert "Permission denied" in told[0]


@pytest.mark.parametrize("jobs", ["100000", "257", "1e3", "-1", "٣"])
def test_an_absurd_number_of_processes_is_refused(built, jobs):
    run = built.build("--force", "--jobs", jobs, code=2)
    assert run.err == f"build_figures.py: --jobs {jobs}: give a whole number of processes, 1 to 256\n"


def _held(tree, *arguments) -> subprocess.Popen:
    """A build that is in the middle of a study."""
    (tree.root / "wait").touch()
    process = tree.start(*arguments)
    log, end = tree.root / "ran.log", time.monotonic() + 60
    while not (log.exists() and "walk standard" in log.read_text()):
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_request_to_end_is_as_clean_as_ctrl_c(tree, jobs):
    process = _held(tree, "--force", "--only", "alpha", "--jobs", jobs)
    process.send_signal(signal.SIGTERM)  # to the build alone, not to its workers
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert err == "\nStopped. What was finished is kept; the same command goes on from here.\n", out
    (tree.root / "wait").unlink()
    tree.build()
    assert "up to date" in tree.build("--check").out


def test_a_second_build_waits_for_the_first_and_finds_nothing_left_to_do(tree):
    first = _held(tree, "--force")
    second = tree.start()
    time.sleep(1.5)
    (tree.root / "wait").unlink()
    assert first.wait(timeout=120) == 0
    out, err = second.communicate(timeout=120)
    assert second.returncode == 0 and "Another build is at work" in err
    assert "Everything is up to date" in out and tree.runs().count("walk standard") == 1


def test_left_overs_go_and_git_does_not_see_them(tree):
    gone = ["_projects/.half-999999-x.md", "assets/img/.half-999999-y.png", "pytask.lock.tmp"]
    for path in gone:
        (tree.root / path).write_bytes(b"half")
    tree.build()
    assert not any((tree.root / path).exists() for path in gone)
    ignored = subprocess.run(["git", "check-ignore", "--no-index", *gone], capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == gone


def test_links_and_modes_of_pages_stay(tree):
    page, real = tree.root / "_projects/alpha.en.md", tree.root.parent / "text of mine.md"
    page.rename(real)
    page.symlink_to(real)
    (tree.root / "_projects/alpha.zh.md").chmod(0o600)
    for lang in ("en", "zh"):
        tree.edit(f"showcase/templates/alpha.{lang}.md.j2", "second", "third")
    tree.build()
    assert page.is_symlink() and "A third sentence" in real.read_text()
    assert (tree.root / "_projects/alpha.zh.md").stat().st_mode & 0o777 == 0o600


def test_a_cut_between_the_last_step_and_the_lock_file_is_not_up_to_date(tree, tmp_path):
    before = (tree.root / "pytask.lock").read_bytes()
    tree.edit("showcase/templates/alpha.en.md.j2", "second", "third")
    tree.build()
    entries = _journal(tree.root, before)
    (tree.root / "pytask.lock").write_bytes(before)
    (tree.root / "pytask.lock.journal").write_text(entries)
    assert "pytask.lock: a build was cut off" in tree.build("--check", code=1).out
    assert not tree.build().done and not (tree.root / "pytask.lock.journal").exists()
    assert "up to date" in clone(tree, tmp_path / "clone").build("--check").out


def _journal(root, before: bytes) -> str:
    """What pytask had noted of the steps that changed since."""
    import json
    import tomllib

    old = {entry["id"]: entry for entry in tomllib.loads(before.decode())["task"]}
    new = tomllib.loads((root / "pytask.lock").read_text())["task"]
    lines = [json.dumps({"lock-version": "1"} | entry) for entry in new if entry != old.get(entry["id"])]
    return "\n".join(lines) + '\n{"lock-version": "1", "id": "cut o'


def test_the_build_names_what_is_wrong_on_pages(tree):
    page = tree.root / "_projects/alpha.en.md"
    page.write_text(page.read_text() + "\n![A curve](../assets/img/alpha/track.png) and {% nonsense %}\n")
    out = tree.build().out
    assert "Everything is up to date" in out and "On the pages 2 are wrong" in out
    assert "wrong: _projects/alpha.en.md:" in out and "there is no tag 'nonsense': Jekyll stops here" in out


def test_what_sets_a_number_right_is_told_and_does(tree):
    page = tree.root / "_projects/alpha.en.md"
    sound = page.read_text()
    page.write_text(re.sub(r"[\d.]+(?=<!--draws)", "77", sound, count=1))
    assert page.read_text() != sound
    out = tree.build().out
    command = re.search(r"`python build_figures\.py (.+?)` sets it right", out)[1].split()
    tree.build(*command)
    assert page.read_text() == sound and "sets it right" not in tree.build("--check").out
