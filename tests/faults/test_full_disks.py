"""A disk that fills up in the middle of a file, whatever is left on it: the next run, with room again, ends as an
undisturbed one does, and nothing of the owner's is shortened."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.export.sites import make
from tests.faults.test_cut_builds import heals
from tests.faults.test_cut_exports import all_of, write
from tests.faults.trial import copy, differences, left_overs

SIZE, PAGE = 24 << 20, 4096  # bytes of the disk, and of what it gives at once


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A small disk of its own."""
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be had by root alone: sudo make test-faults")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def room(disk: Path, left: int):
    """In the body there are `left` bytes on the disk."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    with open(ballast, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - left)
    yield
    ballast.unlink()


def sizes(at_length: bool, most: int = 40) -> range:
    """Room from none to more than is needed at any one time."""
    return range(0, most * PAGE, PAGE if at_length else most // 4 * PAGE)


def test_builds(programs, due, undisturbed, disk, at_length):
    refused = 0
    for left in sizes(at_length):
        root = copy(due.root, disk / "repository")
        with room(disk, left):
            run = programs.run(root)
        assert run.code in (0, 2) and "Traceback" not in run.out, f"{left}: {run.out}"
        if run.code == 2:
            refused += 1
            assert "No space left on device" in run.out, f"{left}: {run.out}"
        heals(programs, root, undisturbed, f"{left} bytes of room")
    print(f"{len(sizes(at_length))} amounts of room on a disk: {refused} builds refused, all healed")
    assert 0 < refused < len(sizes(at_length))


def test_mending(programs, due, disk, at_length):
    """`--fix` on a page that has no room to be written again."""
    for left in sizes(at_length=True, most=6):
        root = copy(due.root, disk / "repository")
        page = root / "_projects/beta.md"
        text = "---\ntitle: Mine\n---\n\n" + "![A curve](../assets/img/alpha/track.png) and words.\n" * 200
        page.write_text(text)
        with room(disk, left):
            run = programs.run(root, "--fix")
        assert run.code in (1, 2) and "Traceback" not in run.out, f"{left}: {run.out}"
        assert page.read_text() in (text, text.replace("../assets", "/assets")), left
        programs.run(root, "--fix")
        assert page.read_text() == text.replace("../assets", "/assets") and not left_overs(root), left


def test_exports(programs, disk, at_length):
    def export(folder: Path):
        told = {"watched": folder / "site", "root_of_build": str(folder / "showcase")}
        return programs.run(folder, "export", "--to", str(folder / "site"), **told)

    def case() -> Path:
        folder = disk / "case"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        make(folder / "site", "v0.16")
        write(folder / "showcase", "old", "bc")
        (folder / "showcase/assets/img/walks/b.png").write_bytes(os.urandom(3 * PAGE))
        return folder

    folder = case()
    pictures = (folder / "showcase/assets/img/walks/b.png").read_bytes()
    assert export(folder).code == 0
    expected, refused = all_of(folder / "site"), 0
    for left in sizes(at_length):
        folder = case()
        (folder / "showcase/assets/img/walks/b.png").write_bytes(pictures)
        with room(disk, left):
            run = export(folder)
        assert run.code in (0, 2) and "Traceback" not in run.out, f"{left}: {run.out}"
        refused += run.code == 2
        again = export(folder)
        assert again.code == 0 and "lay there before" not in again.out, f"{left}: {again.out}"
        assert not differences(all_of(folder / "site"), expected) and not left_overs(folder), left
    print(f"{len(sizes(at_length))} amounts of room on a disk: {refused} exports refused, all healed")
    assert 0 < refused < len(sizes(at_length))
