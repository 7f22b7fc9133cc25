"""Pages use only what al-folio of 2024, v0.x and v1 have in common, so that an export shows the same everywhere."""

import json
import re
from pathlib import Path

import pytest
import yaml

from showcase.export import overlay
from showcase.export.adaptation import Choices, adapted

ROOT = Path(__file__).parents[2]
PAGES = overlay.pages(ROOT)
SIZES = json.loads((ROOT / "_data/figures.json").read_text(encoding="utf-8"))
THEME = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "theme").rglob("*.css")))

COMMON = {"path", "class", "width", "height", "title", "alt", "caption", "cache_bust"}
LIMITS = {"url", "min-width", "max-width", "min-height", "max-height"}
PARAMETERS = {
    "figure": COMMON | LIMITS | {"zoomable", "loading", "sizes", "slot", "avoid_scaling"},
    "video": COMMON | {"autoplay", "controls", "loop", "muted", "poster"},
}
FRONT = {
    "layout": str,
    "title": str,
    "description": str,
    "img": str,
    "importance": int,
    "category": str,
    "related_publications": bool,
}
# Styled by every al-folio.
STYLED = re.compile(
    r"row|col-sm(-\d+)?|col-md-6|mt-3|mt-md-0|text-center|img-fluid|rounded|z-depth-1|caption|d-[\w-]+|w-100|table|card(-\w+)?"
)
MARKS = {"measured", "quoted", "path", "player"}  # no looks of their own
# Of Bootstrap, but not in v1: what relies on them looks different there.
MISSING_IN_V1 = re.compile(
    r"z-depth-[2-9]|col-lg(-\d+)?|text-muted|table-striped|btn(-\w+)*|alert(-\w+)*|embed-responsive(-\w+)*|figure(-\w+)?"
    r"|img-thumbnail|small|lead"
)
TAG = re.compile(r"\{%-?\s*include (figure|video)\.liquid((?:\s+[\w-]+=(?:\"[^\"]*\"|true|false|\d+))+)\s*-?%\}")


@pytest.fixture(params=PAGES, ids=lambda path: path.name)
def page(request) -> str:
    return (ROOT / request.param).read_text(encoding="utf-8")


def body(page: str) -> str:
    return page.split("---\n", 2)[2]


def test_includes_have_only_parameters_that_all_know(page):
    for kind, given in TAG.findall(page):
        names = re.findall(r"([\w-]+)=(?:\"[^\"]*\"|\w+)", given)
        assert set(names) <= PARAMETERS[kind] and len(names) == len(set(names))


def test_no_other_liquid_reaches_al_folio(page):
    assert not re.search(r"\{%|\{\{", TAG.sub("", body(page)))


def test_classes_look_the_same_everywhere_or_are_marks_of_our_own(page):
    """A class of our own means nothing to al-folio; the page has to read well without it."""
    used = {name for names in re.findall(r'\bclass="([^"]*)"', body(page)) for name in names.split()}
    used |= {name[1:] for line in re.findall(r"^\{:([^}]*)\}", body(page), re.MULTILINE) for name in line.split()}
    ours = MARKS | {name for name in re.findall(r"\.([a-z][\w-]*)", THEME) if not MISSING_IN_V1.fullmatch(name)}
    foreign = {name for name in used - ours if not STYLED.fullmatch(name)}
    assert not foreign, f"neither in every al-folio nor in theme/: {foreign}"


def test_front_matter_is_what_al_folio_reads(page):
    front = yaml.safe_load(page.split("---\n")[1])
    assert all(isinstance(front.get(name), kind) for name, kind in FRONT.items()), front
    assert front["img"].endswith(".png") and (ROOT / front["img"]).is_file(), "the grid wants a still picture"
    assert front["permalink"].startswith("/projects/") and front["permalink"].endswith("/")
    kind = "study" if "appendix_to" in front else "work"
    assert front["category"] == (kind if front["lang"] == "en" else f"{kind}-{front['lang']}"), "off the grid there"


def test_gifs_are_not_scaled(page):
    for kind, given in TAG.findall(page):
        assert kind == "video" or ".gif" not in given or "avoid_scaling=true" in given


def test_all_that_a_page_shows_is_exported_with_it(page):
    media = {path.as_posix() for path in overlay.shown(page) if overlay.source(ROOT, path)}
    shown = re.findall(r'\b(?:path|poster|src)="/?(assets/[^"]+)"', page) + re.findall(r"\]\(/?(assets/[^)\s]+)", page)
    assert shown and set(shown) <= media


def test_films_have_their_caption_below(page):
    """al-folio does not close its video tag, so that a caption in it never shows."""
    assert not any(kind == "video" and "caption=" in given for kind, given in TAG.findall(page))


def test_figures_do_not_glare_on_al_folio_s_dark_pages():
    """One rule a page, for the theme's own mark of a dark page: charts turn dark, what shows frames is dimmed."""
    for page in PAGES:
        text = adapted(ROOT, page, (ROOT / page).read_text(encoding="utf-8"), Choices(), [], "", "")
        rules = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        assert len(rules) == 1 and 'html[data-theme="dark"]' in rules[0] and "brightness" in rules[0]
        shown = re.findall(r"\{% include (?:figure|video)\.liquid .*?%\}", text)
        told = {re.search(r'path="/?([^"]+)\.', tag)[1]: 'class="chart ' in tag for tag in shown}
        assert told == {path: bool(SIZES.get(f"{path}.png", {}).get("chart")) for path in told}


def test_a_still_is_found_wherever_it_stands_in_a_tag():
    tag = '{% include video.liquid path="assets/a.mp4" alt="half, 50%, of it" poster="/assets/a.png" %}'
    made = adapted(ROOT, Path("a.md"), f"---\nlayout: page\n---\n{tag}\n", Choices(), [], "", "")
    assert "poster=still %}" in made and "{% assign still = '/assets/a.png' | relative_url %}" in made
