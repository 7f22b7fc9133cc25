"""Pictures come in the sizes that screens need, the original stays the fallback, and a story keeps to its weight."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import specimen
from PIL import Image
from specimen import chart

pytestmark = pytest.mark.jekyll
FOLDER = f"assets/img/{specimen.REF}"
SOURCE = re.compile(
    r'<picture>[^<]*(?:<source[^>]*>)?<source type="image/webp" srcset="([^"]+)" sizes="([^"]+)"><img ([^>]*)>'
)


def copies(html: str, name: str) -> list[tuple[str, int]]:
    """Address and width of each copy of the first picture with this name."""
    found = next(match for match in SOURCE.finditer(html) if f"/{name}" in match[3])
    return [(part.split()[0], int(part.split()[1].removesuffix("w"))) for part in found[1].split(", ")]


def test_every_copy_is_there_in_the_width_it_promises_and_smaller_than_the_picture(site):
    html = site.pages[specimen.URLS["en"]].html
    found = copies(html, "chart.png")
    assert [width for _, width in found] == [480, 720], "never larger than the original"
    for address, width in found:
        with Image.open(site.file(address)) as picture:
            assert picture.format == "WEBP" and picture.size == (width, round(400 * width / 720))
    assert f'src="{site.baseurl}/{FOLDER}/chart.png"' in html, "the fallback"


def test_pictures_written_in_markdown_get_them_too(site):
    html = site.pages[specimen.URLS["en"]].html
    images = len(re.findall(rf'<img [^>]*src="{site.baseurl}/{FOLDER}/chart\.png"', html))
    assert images == len([match for match in SOURCE.finditer(html) if "chart.png" in match[3]]) > 5


def test_gifs_are_left_alone(site):
    assert not [match for match in SOURCE.finditer(site.pages[specimen.URLS["en"]].html) if ".gif" in match[3]]


def test_without_python_the_pictures_are_shown_as_they_are(plain_site):
    page = plain_site.pages[specimen.URLS["en"]]
    assert "assets/webp" not in page.html and page.all("img", src=f"/{FOLDER}/chart.png")
    assert not (plain_site.folder / "assets/webp").exists()


def test_only_copies_that_a_page_shows_are_published(site):
    published = {path.name for path in (site.folder / "assets/webp").iterdir()}
    pages = "".join(page.html for page in site.pages.values())
    assert published and all(name in pages for name in published)


def test_a_broken_picture_is_named_and_stops_nothing(tmp_path):
    """Cut off in the middle, as a full disk leaves it: its head still tells a size."""
    whole, cut = tmp_path / "whole.png", tmp_path / "cut.png"
    chart(whole)
    cut.write_bytes(whole.read_bytes()[:600])
    orders = [[str(path), str(tmp_path / "copies" / f"{path.stem}.webp"), 480] for path in (cut, whole)]
    maker = Path(__file__).parents[2] / "_plugins/responsive.py"
    run = subprocess.run(
        [sys.executable, str(maker)], input=json.dumps(orders), capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0 and run.stdout.startswith(str(cut)) and run.stdout.count("\n") == 1, run.stderr
    assert (tmp_path / "copies/cut.webp").read_bytes() == cut.read_bytes()
    with Image.open(tmp_path / "copies/whole.webp") as picture:
        assert picture.size == (480, 267)
    assert not list(tmp_path.rglob("*.part"))
