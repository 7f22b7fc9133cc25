"""The real pages: rendered from every preset's committed results, in both languages, and what may never be in them."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from showcase.marks import CLAIM, NAME, NUMBER, ROWS, plain, tables
from showcase.projects import LANGUAGES, PROJECTS, find
from showcase.render import render
from showcase.sentences import balanced
from tests.pages.conftest import REPOSITORY

NAMES = {project.name for project in PROJECTS}
RESULTS = sorted(path for path in (REPOSITORY / "results").glob("*/*") if path.parent.name in NAMES)
TEMPLATES = sorted((REPOSITORY / "showcase/templates").glob("*.j2"))
INCLUDE = re.compile(r"\{% include (figure|video)\.liquid( [a-z_]+=(\"[^\"{}<>]*\"|true))+ %\}")


def complete(folder: Path) -> bool:
    parts = import_module(f"experiments.{folder.parent.name}.study").PARTS
    return all((folder / f"{part}.json").is_file() for part in parts)


SHEETS = [(folder, sheet) for folder in RESULTS if complete(folder) for sheet in find(folder.parent.name).sheets]


@pytest.fixture(params=SHEETS, ids=lambda pair: "/".join([*pair[0].parts[-2:], pair[1] or "story"]))
def pages(request, tmp_path) -> dict[str, str]:
    """Language -> page, with exactly those pictures on disk that the study says it draws."""
    folder, sheet = request.param
    project, preset = folder.parts[-2:]
    (tmp_path / "showcase").mkdir()
    for name in ("results", "showcase/templates", "showcase/values"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    pictures = tmp_path / "assets/img" / project
    pictures.mkdir(parents=True)
    for drawing in import_module(f"experiments.{project}.figures").FIGURES:
        for name in drawing.files:
            (pictures / name).touch()
    return {lang: render(project, lang, root=tmp_path, preset=preset, sheet=sheet) for lang in LANGUAGES}


def test_both_languages_tell_the_same_numbers_claims_and_pictures(pages):
    bound = rf"<!--({NAME})-->"
    for pattern in (bound, r"<!--claim: ([\w:]+)-->", r"<!--table: (\S+)-->", r'path="([^"]+)"'):
        english, chinese = (sorted(re.findall(pattern, text)) for text in map(plain, pages.values()))
        assert set(english) == set(chinese)
    english, chinese = ([one.rows.count("<!--number-->") for one in tables(text)] for text in pages.values())
    assert english == chinese


def test_a_table_that_shows_something_measured_stands_between_marks_with_a_name_of_its_own(pages):
    for text in pages.values():
        names = [one.name for one in tables(text)]
        assert len(set(names)) == len(names) > 0
        loose = [rows[0] for rows in ROWS.finditer(plain(text)) if NUMBER.search(rows[0]) or CLAIM.search(rows[0])]
        assert loose == []
        assert "<!--number-->" not in plain(text), "a number's name is torn, and its mark stands in the table"


def test_what_liquid_and_kramdown_trip_over_is_not_there(pages):
    for text in pages.values():
        front, body = text.split("---\n", 2)[1:]
        assert yaml.safe_load(front)["layout"] == "page" and "<span" not in front
        assert balanced(body)
        left = INCLUDE.sub("", body)
        assert not re.search(r"\{\{|\{%|\[\[|\[%", left), "a tag that nothing reads"
        for formula in re.findall(r"\$\$(.*?)\$\$", body, re.DOTALL):
            assert "|" not in formula, "kramdown makes a table of it"
        assert not re.search(r"(?<!\$)\$(?!\$)", body), "single-dollar maths is mangled"
        raw = re.findall(r'<div class="caption">(.*?)</div>', body, re.DOTALL)
        assert raw and not any(re.search(r"\$\$|\]\(", caption) for caption in raw), "no Markdown inside HTML"
        assert not re.search(r"</details>\n[^\n]", body), "text behind HTML needs a blank line"
        assert not re.search(r"<span|class=\"reproduce|^\{:", body, re.MULTILINE), "no markup that he must not touch"
        assert list(tables(body)) and all(one.closed for one in tables(body))
        assert not re.search(r"<!--table[^\n]*\n[^\n]|[^\n]\n<!--end", body), "Prettier needs blank lines there"
        assert not re.search(r"\*\*[^*\n]*[。：，！？]\*\*[^\s\W]", body), "CommonMark does not close this emphasis"


def test_the_owner_edits_paragraphs_not_lines(pages):
    """One paragraph, one line: nothing but HTML, tables, lists and formulas has lines of its own."""
    for text in pages.values():
        for paragraph in text.split("---\n", 2)[2].split("\n\n"):
            lines = paragraph.strip().splitlines()
            if lines and not re.match(r"<(?!!--(?:number|claim)-->)|[|$]|- ", lines[0]):
                assert len(lines) == 1, lines[:2]


# Names and dates that hold digits, and 95%, the level of every interval here.
NO_NUMBER = re.compile(
    r"W2|3D U-Net|GTX 1080 Ti|\b20[12]\d\b|95%|\d{4}\.\d{5}|zh-Hans|W₂|H\.264|^\*\*\d\. |^ *w2_\w+:$", re.MULTILINE
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_number_is_typed_into_prose(template):
    text = template.read_text(encoding="utf-8")
    prose = re.sub(
        r"\[\[.*?\]\]|\[%.*?%\]|\[#.*?#\]|\$\$.*?\$\$|\\\(.*?\\\)|`[^`]*`|<[^<>]*>|\{%.*?%\}", "", text, flags=re.DOTALL
    )
    if ".claims." in template.name:  # bars of judges are no prose
        prose = re.sub(r"^#.*$|^  judge: .*(?:\n    .*)*", "", prose, flags=re.MULTILINE)
    typed = [line.strip() for line in NO_NUMBER.sub("", prose).splitlines() if re.search(r"\d", line)]
    assert not [line for line in typed if not line.startswith("importance:")]
