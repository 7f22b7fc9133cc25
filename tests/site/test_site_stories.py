"""What a visitor sees of a story in a real browser: how long it is, and what is on its first screen."""

import pytest
import yaml

pytestmark = [pytest.mark.jekyll, pytest.mark.browser]
TALLEST = 9000  # pixels of a story at a width of 1280
SCREENS = ((1280, 800), (390, 844))


def addresses(site) -> list[str]:
    """Of the stories that a study stands behind."""
    fronts = [
        yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1])
        for path in sorted((site.source / "_projects").glob("*.md"))
    ]
    told = {front["appendix_to"] for front in fronts if "appendix_to" in front}
    return [front["permalink"] for front in fronts if front["ref"] in told]


def test_a_story_is_read_in_a_few_screens(site, page, server):
    page.set_viewport_size({"width": 1280, "height": 800})
    found = addresses(site)
    assert found
    for address in found:
        page.goto(server + address)
        assert page.evaluate("document.documentElement.scrollHeight") <= TALLEST, address


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_first_screen_says_what_was_asked_and_found_and_shows_it_moving(site, page, server, width, height):
    page.set_viewport_size({"width": width, "height": height})
    for address in addresses(site):
        page.goto(server + address)
        seen = [".post-title", ".byline", ".post-description", ".finding", ".player"]
        tops = [page.locator(name).first.bounding_box()["y"] for name in seen]
        assert all(0 < top < height for top in tops), dict(zip(seen, tops, strict=True))
        finding = page.locator(".finding").bounding_box()
        assert finding["y"] + finding["height"] <= height, "the result is read without scrolling"
