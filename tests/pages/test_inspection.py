"""What --check tells about a page, and that --fix mends paths and nothing else."""

from pathlib import Path

import pytest

from experiments.results import Result
from showcase.inspection import fix, inspect
from showcase.marks import plain
from tests.pages.conftest import PROVENANCE

FRONT = "---\ntitle: T\nimg: assets/img/pzodmc/a.png\n---\n\n"


@pytest.fixture
def page(tmp_path):
    """page(body, render=…) → what is found; the page is `page.file`."""
    for name in ("assets/img/pzodmc/a.png", "assets/img/pzodmc/My b.PNG", "assets/img/video_diffusion/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    page = tmp_path / "_projects/pzodmc.en.md"
    render = tmp_path / "showcase/renders/pzodmc.en.md"

    def write(body: str | bytes, last: str = "", front: str = FRONT) -> list[str]:
        for path, text in ((page, body), (render, FRONT + last)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else ((front if path == page else "") + text).encode())
        return [str(found) for found in inspect(tmp_path)]

    write.file, write.root = page, tmp_path
    return write


INCLUDE = '{% include figure.liquid path="assets/img/pzodmc/a.png" title="T" alt="A curve" %}'
SOUND = (
    f"{INCLUDE}\n\n![A curve](/assets/img/pzodmc/a.png) `![](gone.png)`\n\n```\n![](gone.png)\n```\n\n"
    '<img src="{{ \'/assets/img/pzodmc/a.png\' | relative_url }}" alt="">[there](/projects/x/)[paper](https://a.b/c.png)\n'
)


def test_a_sound_page_is_not_talked_about(page):
    assert page(SOUND) == []


@pytest.mark.parametrize(
    ("body", "told", "mended"),
    [
        ("![A b](../assets/img/pzodmc/a.png)\n", "shown by the editor alone", "![A b](/assets/img/pzodmc/a.png)\n"),
        ("![A b](assets/img/pzodmc/a.png)\n", "not found from the page", "![A b](/assets/img/pzodmc/a.png)\n"),
        ("![A b](/assets/img/a.png)\n", "does not exist (is it", "![A b](/assets/img/pzodmc/a.png)\n"),
        ("![A b](my%20B.png)\n", "does not exist", "![A b](/assets/img/pzodmc/My%20b.PNG)\n"),
        (
            '<img src="..\\assets\\img\\pzodmc\\a.png" alt="">\n',
            "editor alone",
            '<img src="/assets/img/pzodmc/a.png" alt="">\n',
        ),
        (INCLUDE.replace("assets", "../assets"), "editor alone", INCLUDE),
        (INCLUDE.replace('"T"', "“T”"), "typographic quotes in a tag", INCLUDE),
        (INCLUDE.replace('"assets/img/pzodmc/a.png"', "„assets/img/pzodmc/a.png”"), "typographic quotes", INCLUDE),
        (INCLUDE.replace('"T"', "‘T’"), "typographic quotes", INCLUDE.replace('"T"', "'T'")),
        (INCLUDE.replace("pzodmc/a", "pzodmc/c"), "does not exist", INCLUDE.replace("pzodmc/a", "video_diffusion/c")),
        ("![A b](/assets/img/pzodmc/gone.png)\n", "gone.png does not exist", None),
        ("![](/assets/img/pzodmc/a.png)\n", "without a description", None),
        (INCLUDE.replace(' alt="A curve"', ""), "without a description", None),
        (INCLUDE.replace("A curve", " "), "without a description", None),
        ('<img src="/assets/img/pzodmc/a.png">\n', "without a description", None),
    ],
)
def test_a_fault_is_one_line_with_its_place_and_is_mended_where_there_is_one_cure(page, body, told, mended):
    for newline in ("\n", "\r\n"):
        text = f"{FRONT}Before.\n\n{body}\nAfter 中文".replace("\n", newline)
        (line,) = page(text.encode())
        assert line.startswith("wrong: _projects/pzodmc.en.md:") and told in line
        number = int(line.split(":")[2])
        assert any(sign in text.split(newline)[number - 1] for sign in ("![", "<img", "{%"))
        done = fix(page.root)
        expected = text.replace(body.replace("\n", newline), (mended or body).replace("\n", newline))
        assert page.file.read_bytes() == expected.encode()
        assert bool(done) == (mended is not None) and bool(inspect(page.root)) == (mended is None)
        assert fix(page.root) == []


def test_the_owners_words_against_a_verdict_are_told_until_he_clears_the_mark(page):
    mine, last = "It is <em>fast</em>.<!--claim: faster{}-->\n", "<!--claim-->It is.<!--claim: faster, {}-->\n"
    (line,) = page(mine.format(", was holds"), last.format("fails"))
    assert "wrong" in line and "'faster'" in line and "'holds'" in line and "'fails'" in line and "It is fast." in line
    assert page(mine.format(""), last.format("fails")) == [] == page(mine.format(", was holds"), last.format("holds"))


def test_only_the_owners_own_digits_bring_advice(page):
    last = "A caption of 12 frames. By <!--number-->3.5<!--a.b--> s.\n"
    known = plain(last)
    assert page(known, last=last) == []
    no_number = "In 2026, W2, $$x^2$$, `n = 5`, 95 %, arXiv 2402.17886, 3D, [x](/a/1), [two](/b2/).\n\n1. one\n"
    assert page(known + no_number, last=last) == []
    (line,) = page(known + "\nMine is 0.29 s. Not 中文0。\n", last=last)[:1]
    assert line == "advice: _projects/pzodmc.en.md:8: a number typed by hand, no run behind it: Mine is 0.29 s."


@pytest.mark.parametrize(
    ("front", "told"),
    [("---\ntitle: [\n---\n", "not valid YAML, line"), ("title: T\n", "front matter is missing")],
)
def test_a_page_that_cannot_be_read_is_told_and_left_alone(page, front, told):
    (line,) = page("![](../assets/img/pzodmc/a.png)\n", front=front)
    before = page.file.read_bytes()
    assert told in line and fix(page.root) == [] and page.file.read_bytes() == before
    (line,) = page(b"---\ntitle: T\n---\n\xff")
    assert "not UTF-8 at byte" in line


LAST = """It is <!--number-->31%<!--a.b-->, or <!--number-->5<!--a.c-->.

<!--claim-->So it is.<!--claim: faster, holds-->

<!--table: t-->

| a | b |
|---|---:|
| x | <!--number-->7<!--a.d--> |

<!--end-->

After.
"""


ANEW = "`python build_figures.py --only pages --force`"


@pytest.mark.parametrize(
    ("change", "told", "wrong"),
    [
        (("a.b", "a.bb"), "no number has the name 'a.bb'; nearest: a.b", True),
        (("31%<", "35%<"), f"35% is not what 'a.b' measures, which is 31%: {ANEW} sets it right", True),
        (("31%<", "31 MB<"), f"31 MB is not what 'a.b' measures, which is 31%: {ANEW} sets it right", True),
        (("31%<", "a third<"), "no number stands before <!--a.b-->", False),
        (
            ("<!--a.c-->", "<!--a.c--><!--a.b-->"),
            "two names stand behind one number, <!--a.b--> being the second",
            True,
        ),
        (("<!--a.b-->", ""), "<!--a.b--> is gone, so new results will not reach: It is 31%, or 5.", False),
        (("<!--claim: faster-->", ""), "<!--claim: faster--> is gone", False),
        (("claim: faster", "claim: fatser"), "no claim has the name 'fatser'", True),
        (("<!--table: t-->", ""), "an <!--end--> without its <!--table: …-->", True),
        (("table: t", "table: u"), "no table of this page has the name 'u'", False),
    ],
)
def test_what_is_wrong_with_a_mark_is_one_line(page, change, told, wrong):
    assert page(plain(LAST), last=LAST) == []
    lines = page(plain(LAST).replace(*change), last=LAST)
    (line,) = [line for line in lines if told in line]
    assert (
        line.startswith("wrong" if wrong else "advice")
        and len([one for one in lines if one.startswith("wrong")]) == wrong
    )
    before = page.file.read_bytes()
    assert fix(page.root) == [] and page.file.read_bytes() == before


def test_a_table_mark_without_its_end_and_a_byte_order_mark_are_mended(page):
    for newline in ("\n", "\r\n"):
        text = (FRONT + plain(LAST)).replace("\n", newline)
        (line,) = page(text.replace("<!--end-->" + newline + newline, "").encode(), last=LAST)
        assert "the table 't' has no <!--end--> behind its last row" in line
        assert len(fix(page.root)) == 1 and inspect(page.root) == []
        assert [row for row in page.file.read_bytes().decode().splitlines() if row] == [
            row for row in text.splitlines() if row
        ]
        (line,) = page(("\ufeff" + text).encode(), last=LAST)
        assert line == "wrong: _projects/pzodmc.en.md:1: a byte-order mark at its start hides it from the site"
        assert len(fix(page.root)) == 1 and page.file.read_bytes() == text.encode()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a.b: {kye: x.y}", "'a.b' needs a key"),
        ("a.b: {key: x.y, unit: '%'}", "the unit % needs the scale 100"),
        ("'a.*': {key: x.y}", "'a.*' has 1 stars and its key 0"),
        ("a: {key: x.y}", "'a' is no name"),
        ("a.b: {key: [", "not valid YAML"),
        ("a.b: {key: runs.nothing}", "'a.b': no result has runs.nothing"),
        ("a.b: {key: runs.some}", "advice: showcase/values/pzodmc.yaml:2: 'a.b' is used on no page"),
    ],
)
def test_what_is_wrong_in_the_file_of_names_has_its_line(page, line, told):
    names = page.root / "showcase/values/pzodmc.yaml"
    names.parent.mkdir(parents=True)
    names.write_text("# names\n" + line + "\n")
    Result("runs", {"some": 1.0}, {}, PROVENANCE).save(page.root / "results/pzodmc/quick")
    lines = page("Text.\n", last="Text.\n")
    assert any(told in each and "showcase/values/pzodmc.yaml" in each for each in lines), lines


def test_a_number_without_a_name_is_wrong_for_its_bars_make_a_table_of_its_paragraph(page):
    names = page.root / "showcase/values/pzodmc.yaml"
    names.parent.mkdir(parents=True)
    names.write_text("a.b: {key: runs.some}\n")
    Result("runs", {"some": 1.0}, {}, PROVENANCE).save(page.root / "results/pzodmc/quick")
    text = "It is 1.0<!--runs.some|.1f--> here.\n"
    lines = page(text, last=text)
    assert any(line.startswith("wrong") and "this number has no name" in line for line in lines), lines


def test_a_name_counts_as_the_web_reads_it_not_as_the_disk_here_does(page, monkeypatch):
    """On macOS and Windows a file is found by other capitals, and by an accent composed otherwise."""
    plain_is_file = Path.is_file

    def found(path: Path) -> bool:
        return plain_is_file(path) or path.name.lower() in {each.name.lower() for each in path.parent.glob("*")}

    monkeypatch.setattr(Path, "is_file", found)
    (told,) = page("![A curve](/assets/img/pzodmc/A.PNG)\n")
    assert "A.PNG does not exist (is it assets/img/pzodmc/a.png?)" in told
    assert fix(page.root) and page.file.read_text().endswith("![A curve](/assets/img/pzodmc/a.png)\n")


def test_an_accent_composed_otherwise_is_mended(page):
    (page.root / "assets/img/pzodmc/e\u0301t\u0301.png").touch()
    (told,) = page("![A curve](/assets/img/pzodmc/\u00e9t\u0301.png)\n")
    assert "does not exist (is it" in told
    fix(page.root)
    assert not inspect(page.root)


def test_two_pages_with_one_address_are_told(page):
    page("Words.\n", front=FRONT.replace("title: T", "title: T\npermalink: /projects/x/"))
    other = page.root / "_pages/mine.md"
    other.parent.mkdir()
    for address, published, count in (("/projects/x", "", 1), ("'/projects/x/'", "", 1), ("/projects/y/", "", 0)):
        other.write_text(f"---\ntitle: Mine\npermalink: {address}\n{published}---\n\npermalink: /projects/x/\n")
        found = [str(each) for each in inspect(page.root)]
        assert len(found) == count, found
        assert not found or found[0].startswith("wrong: _pages/mine.md:3: ") and "_projects/pzodmc.en.md" in found[0]
    other.write_text("---\ntitle: Mine\npermalink: /projects/x/\npublished: false\n---\n")
    assert not inspect(page.root)


def test_a_link_that_leads_nowhere_is_a_fault_and_an_editors_lock_is_none(page):
    page("Words.\n")
    (page.root / "_projects/mine.md").symlink_to("gone.md")
    (page.root / "_projects/.#pzodmc.en.md").symlink_to("somebody@here.1")
    assert [str(each) for each in inspect(page.root)] == [
        "wrong: _projects/mine.md:1: cannot be read (No such file or directory)"
    ]
    assert fix(page.root) == []
