"""What an editor is told about the pages: places as editors count them, and only what was really mended."""

import json

import pytest

from showcase.build import main
from showcase.editor import faults
from showcase.inspection import inspect

FRONT = "---\ntitle: T\nimg: assets/img/a.png\n---\n"


@pytest.fixture
def told(tmp_path):
    """told(body, …) → faults of a page in a folder of pages."""
    (tmp_path / "assets/img").mkdir(parents=True)
    for name in ("a.png", "My b.png"):
        (tmp_path / "assets/img" / name).touch()

    def write(body: str, name: str = "x.en.md", mark: str = "", newline: str = "\n") -> list[dict]:
        page = tmp_path / "_projects" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes((mark + FRONT + body).replace("\n", newline).encode())
        return list(faults(tmp_path, inspect(tmp_path)))

    write.root = tmp_path
    return write


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_places_are_lines_and_utf16_columns_and_the_cure_fits_them(told, newline):
    body = "\n😀 ![Two curves](../assets/img/a.png)\n"
    (fault,) = told(body, newline=newline)
    line, start, end_line, end = fault["range"]
    shown = (FRONT + body).split("\n")[line].encode("utf-16-le")
    assert (
        line == end_line == 5
        and shown[2 * start : 2 * end].decode("utf-16-le") == fault["was"] == "../assets/img/a.png"
    )
    assert fault["cure"] == "/assets/img/a.png" and not fault["by_fix"] and not fault["advice"]


def test_what_only_a_run_can_mend_is_no_edit(told):
    (fault,) = told("\n![A photo](<../assets/img/My b.png>)\n")
    assert fault["by_fix"] and fault["cure"] is None
    (fault,) = told("\nWords.\n", mark="\ufeff")
    assert fault["by_fix"] and fault["cure"] is None and fault["range"] == [0, 0, 0, 3]


def test_pages_in_folders_are_looked_at_too_and_hidden_ones_are_not(told):
    told("\nWords.\n")
    assert not told("\n![A b](../assets/img/gone.png)\n", name=".obsidian/x.md")
    (fault,) = told("\n![A b](../../assets/img/a.png)\n", name="sub/y.md")
    assert fault["path"] == "_projects/sub/y.md" and fault["cure"] == "/assets/img/a.png"


def test_the_command_prints_one_list_and_nothing_else(told, capsys):
    told("\nWords.\n")
    assert main(told.root, ["--check", "--json"]) == 0 and json.loads(capsys.readouterr().out) == []
    told("\n![](/assets/img/a.png)\n")
    assert main(told.root, ["--check", "--json"]) == 1 and len(json.loads(capsys.readouterr().out)) == 1
    assert main(told.root, ["--json"]) == 2 and "--json goes with --check" in capsys.readouterr().err
