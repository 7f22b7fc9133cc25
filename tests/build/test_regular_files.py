"""What stands in the place of a file and is none: one line at once, where a reader would wait without end."""

import os
import socket
import subprocess
import sys

import pytest

from experiments.errors import InputError
from showcase.build import main
from showcase.owned import update
from showcase.regular import refuse_others


def pipe(path):
    os.mkfifo(path)
    return "a named pipe"


def link_to_a_pipe(path):
    os.mkfifo(path.with_name(".pipe"))
    path.symlink_to(".pipe")
    return "a named pipe"


def listener(path):
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path has 107 characters at most
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)
    return "a socket"


def device(path):
    path.symlink_to("/dev/zero")
    return "a device"


@pytest.mark.parametrize("make", [pipe, link_to_a_pipe, listener, device])
@pytest.mark.parametrize("path", ["_config.yml", "_projects/mine.md", "assets/img/mine.png", "results/a/b/mine.json"])
def test_it_is_named_before_anything_is_read(tmp_path, make, path):
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(InputError, match=f"{path}: is {make(place)}, not a file; delete it or move it away"):
        refuse_others(tmp_path)


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--check", "--json"], ["--fix"], ["--list"]])
def test_every_command_says_so_in_one_line(built, capsys, arguments):
    place = built.root / "_projects/mine.md"
    os.mkfifo(place)
    try:
        assert main(built.root, arguments) == 2
    finally:
        place.unlink()
    out, err = capsys.readouterr()
    words = "_projects/mine.md: is a named pipe, not a file; delete it or move it away"
    assert (out, err) == ("", f"build_figures.py: {words}\n")


def test_what_nobody_reads_is_nobody_s_trouble(tree):
    for path in (".git/fsmonitor", "node_modules/x.md", "_projects/.hidden.md"):
        (tree.root / path).parent.mkdir(exist_ok=True)
        os.mkfifo(tree.root / path)
    (tree.root / "_projects/.#alpha.en.md").symlink_to("somebody@machine.1234")  # an editor's lock
    assert "up to date" in tree.build("--check").out


def test_one_that_comes_while_a_page_is_rewritten_too(tmp_path):
    page = tmp_path / "page.md"
    os.mkfifo(page)
    with pytest.raises(InputError, match=r"page\.md: is a named pipe, not a file"):
        update(page, lambda content: b"new")


def test_folders_and_files_of_all_names_pass(tmp_path):
    (tmp_path / "a.md").mkdir()
    (tmp_path / "a.md/b c.png").write_bytes(b"")
    (tmp_path / "link").symlink_to("a.md")
    refuse_others(tmp_path)


def test_the_site_is_not_served_before_it_is_gone(tree):
    os.mkfifo(tree.root / "notes.md")
    command = [sys.executable, "showcase/serve.py", "4999"]
    run = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "notes.md: is a named pipe" in run.stderr
