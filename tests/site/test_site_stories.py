"""What a visitor sees of a story in a real browser: how long it is, and what is on its first screen."""

import re

import pytest
import yaml

pytestmark = [pytest.mark.jekyll, pytest.mark.browser]
TALLEST = 9000  # pixels of a story at a width of 1280
SHEETS = 8  # of A4 that a story takes on paper
SCREENS = ((1280, 800), (390, 844))
SEEN = (".post-title", ".byline", ".post-description", ".finding", "[data-piece], .player")


@pytest.fixture
def stories(site, address) -> list[str]:
    """Addresses of the stories that a study stands behind."""
    files = sorted((site.source / "_projects").glob("*.md"))
    fronts = [yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1]) for path in files]
    told = {front["appendix_to"] for front in fronts if "appendix_to" in front}
    assert told
    return [address + front["permalink"] for front in fronts if front["ref"] in told]


def test_a_story_is_read_in_a_few_screens(stories, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    for url in stories:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollHeight") <= TALLEST, url
    page.close()


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_first_screen_says_what_was_asked_and_found_and_shows_it_moving(stories, browser, width, height):
    page = browser.new_page(viewport={"width": width, "height": height})
    for url in stories:
        page.goto(url)
        tops = {name: page.locator(name).first.bounding_box()["y"] for name in SEEN}
        assert all(0 < top < height for top in tops.values()), (url, tops)
        finding = page.locator(".finding").bounding_box()
        assert finding["y"] + finding["height"] <= height, "the result is read without scrolling"
    page.close()


def test_a_story_takes_a_few_sheets_of_paper(stories, browser):
    page = browser.new_page()
    for url in stories:
        page.goto(url)
        page.evaluate(
            "Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode().catch(() => {}) }))"
        )
        sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
        assert 3 <= sheets <= SHEETS, (url, sheets)
    page.close()


def test_on_paper_the_first_column_of_a_table_keeps_its_words_whole(stories, browser):
    """Without a least width it is as narrow as its longest word, and a row is as high as its label has words."""
    page = browser.new_page(viewport={"width": 700, "height": 1000})
    page.emulate_media(media="print")
    for url in stories:
        page.goto(f"{url}study/")
        widths = "[...document.querySelectorAll('td:first-child')].map(cell => cell.getBoundingClientRect().width)"
        assert min(page.evaluate(widths)) > 80, url
    page.close()


def test_on_paper_the_player_s_stills_stand_under_their_methods_names(stories, browser):
    page = browser.new_page()
    page.goto(next(url for url in stories if url.endswith("/projects/video_diffusion/")))
    page.locator("[data-player]").scroll_into_view_if_needed()
    page.wait_for_selector(".reel > select")
    page.emulate_media(media="print")
    assert page.locator(".reel > select").first.is_visible()
    assert not page.locator(".reel .tally").first.is_visible(), "nothing has been counted on paper"
    page.close()
