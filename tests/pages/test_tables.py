"""A measured table is merged cell by cell."""

import pytest

from showcase import tables
from showcase.notes import Notes
from showcase.tables import touched

HEAD = "| method | a | b |\n|:---|---:|---:|\n"


def join(base: str, mine: str, fresh: str) -> str:
    return tables.join(base, mine, fresh, Notes())


def row(label: str, a: str, b: str, name: str = "") -> str:
    name = name or label
    return f"| {label} | <!--number-->{a}<!--{name}.a--> | <!--number-->{b}<!--{name}.b--> |\n"


BASE = HEAD + row("one", "1.0", "2.0") + row("two", "3.0", "4.0")
FRESH = HEAD + row("one", "1.5", "2.0") + row("two", "3.0", "4.5") + row("new", "7.0", "8.0")
MINE = "| method | a | b |\n|:---|---:|---:|\n| one | 1.0 | 2.0 |\n| two | 3.0 | 4.0 |"
NOW = "| method | a | b |\n|:---|---:|---:|\n| one | 1.5 | 2.0 |\n| two | 3.0 | 4.5 |\n| new | 7.0 | 8.0 |"


def test_alignment_is_no_edit():
    aligned = MINE.replace("---", "-------").replace(" | ", "    |   ")
    assert not touched(BASE, aligned) and join(BASE, aligned, FRESH) == NOW
    assert join(BASE, aligned, BASE) == aligned


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (("| two |", "| my two |"), ("| two |", "| my two |")),
        (("| 3.0 |", "| 3.0 at best |"), ("| 3.0 |", "| 3.0 at best |")),
        (("| 4.0 |", "| 4.0 (mine) |"), ("| 4.5 |", "| 4.5 (mine) |")),
        (("| two |", "| mine | – | – |\n| two |"), ("| two |", "| mine | – | – |\n| two |")),
        (("| one | 1.0 | 2.0 |\n", ""), ("| one | 1.5 | 2.0 |\n", "")),
        (("| method |", "| My method |"), ("| method |", "| My method |")),
    ],
)
def test_what_he_changed_stays_and_all_else_is_fresh(change, wanted):
    assert join(BASE, MINE.replace(*change), FRESH) == NOW.replace(*wanted)


def test_his_column_stays():
    lines = MINE.splitlines()
    mine = "\n".join(line + end for line, end in zip(lines, (" mine |", "---|", " x |", " y |"), strict=True))
    text = join(BASE, mine, FRESH)
    assert text.splitlines()[0] == "| method | a | b | mine |" and text.splitlines()[2] == "| one | 1.5 | 2.0 | x |"


def test_a_number_typed_over_is_set_back_and_told():
    notes = Notes()
    assert tables.join(BASE, MINE.replace("3.0", "9.9"), FRESH, notes) == NOW and notes.typed_over == ["9.9"]


def test_a_row_that_the_template_drops_stays_if_he_touched_it_with_its_numbers_bound():
    fresh = HEAD + row("one", "1.0", "2.0")
    assert join(BASE, MINE, fresh) == MINE.replace("\n| two | 3.0 | 4.0 |", "")
    mine = MINE.replace("| two |", "| my two |")
    wanted = mine.replace("| 3.0 | 4.0 |", "| 3.0<!--two.a--> | 4.0<!--two.b--> |")
    assert join(BASE, mine, fresh) == wanted


def test_no_number_gets_under_a_label_of_another_row():
    mine = MINE.replace("| one |", "| mine |").replace("| two |", "| other |")
    text = join(HEAD + row("new", "7.0", "8.0"), mine, HEAD + row("new", "9.0", "8.0"))
    assert "| mine | 1.0 | 2.0 |" in text and "| other | 3.0 | 4.0 |" in text
