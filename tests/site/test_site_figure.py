"""figure.liquid and video.liquid keep al-folio's parameters, escape what they are given, and never move unasked."""

import re

import built
import pytest
import specimen

pytestmark = pytest.mark.jekyll
FOLDER = f"assets/img/{specimen.REF}"


@pytest.fixture(scope="module")
def figures(site) -> built.Page:
    """The page on which specimen.py tries the parameters."""
    return site.pages[specimen.PARAMETERS_URL]


def test_a_picture_reserves_its_place(site):
    for address, page in site.pages.items():
        for image in page.all("img"):
            if image["src"]:
                assert image["width"].isdigit() and image["height"].isdigit(), f"{address}: {image['src']}"


def test_all_parameters_arrive(figures, site):
    image = figures.one("img", alt="all parameters")
    assert image["src"].startswith(f"{site.baseurl}/{FOLDER}/chart.png?v=")
    assert image["class"] == "img-fluid rounded z-depth-1"
    assert image["title"] == "a title"
    assert image["loading"] == "eager"
    assert "data-zoomable" in image
    style = dict(part.split(":") for part in image["style"].replace(" ", "").rstrip(";").split(";"))
    assert style == {
        "width": "50%",
        "height": "120px",
        "min-width": "10px",
        "max-width": "20rem",
        "min-height": "5px",
        "max-height": "90vh",
    }
    assert figures.one("figure", slot="first")
    assert "A caption with emphasis." in figures.text and figures.all("em")


@pytest.mark.parametrize("alt", ["a leading slash", "pasted by the editor", "a url"])
def test_a_path_is_understood_however_it_is_written(figures, site, alt):
    assert figures.one("img", alt=alt)["src"] == f"{site.baseurl}/{FOLDER}/chart.png"


def test_the_title_stands_in_for_a_missing_alt(figures):
    assert figures.one("img", title="only a title")["alt"] == "only a title"


def test_what_is_given_is_escaped_once(figures):
    image = figures.one("img", alt='<b>"quoted"</b> & <i>open')
    assert image["title"] == "a < b & c"
    assert not figures.all("b") and not figures.all("i")


def test_markup_in_front_matter_is_shown_not_run(figures):
    assert "<script>" not in figures.html.replace("<script>", "", 0).split("<main")[1]
    assert "Parameters <script>alert(1)</script> & more" in figures.text


def test_a_gif_with_a_film_is_shown_as_the_film(site):
    for address in specimen.URLS.values():
        video = site.pages[address].one("video", data_gif=f"{site.baseurl}/{FOLDER}/film.gif")
        assert video["src"] == f"{site.baseurl}/{FOLDER}/film.mp4"
        assert re.fullmatch(rf"{site.baseurl}/assets/webp/film-\w+-192\.webp", video["poster"])
        assert {"loop", "muted", "playsinline", "controls"} <= set(video)
        assert "autoplay" not in video, "would play against the reader's setting"
        assert (video["width"], video["height"]) == ("192", "96")
        assert video["aria-label"] == 'Say "hi" & wave'


def test_a_gif_without_a_film_stands_still_for_readers_who_ask(figures, site):
    page = site.pages[specimen.URLS["en"]]
    source = page.one("source", srcset=f"{site.baseurl}/{FOLDER}/still_only.png")
    assert source["media"] == "(prefers-reduced-motion: reduce)"
    assert page.all("img", src=f"{site.baseurl}/{FOLDER}/still_only.gif")


def test_a_gif_alone_still_works(figures, site):
    assert figures.one("img", alt="a gif alone")["src"] == f"{site.baseurl}/{FOLDER}/alone.gif"
    assert figures.one("img", alt="a gif alone")["width"] == "192"


def test_a_video_keeps_its_parameters(figures, site):
    video = figures.one("video", title="a film")
    assert not figures.all("button", class_="motion-toggle"), "it does not start by itself"
    assert re.fullmatch(rf"{site.baseurl}/assets/webp/chart-\w+-720\.webp", video["poster"])
    assert {"controls", "loop", "muted"} <= set(video)
    assert video["aria-label"] == "a dot walks" and video["class"] == "w-100"
    assert "The film's caption." in figures.text


def test_a_video_without_parameters_is_silent_about_them(figures):
    video = figures.one("video", aria_label="bare film")
    assert not {"controls", "loop", "muted", "title", "style"} & set(video)


def test_pasted_paths_become_the_site_s(site):
    for lang, address in specimen.URLS.items():
        written = [a for a in site.pages[address].all("img") if a["alt"] == specimen.SENTENCES[lang][:10]]
        assert [a["src"] for a in written] == [f"{site.baseurl}/{FOLDER}/chart.png"] * 3


def test_jpegs_have_sizes_too(figures):
    image = figures.one("img", alt="a photo")
    assert (image["width"], image["height"]) == ("90", "60")


@pytest.mark.parametrize("coding", ["a lossy one", "a lossless one", "one on a canvas"])
def test_webp_has_sizes_too_however_it_is_coded(figures, coding):
    image = figures.one("img", alt=coding)
    assert (image["width"], image["height"]) == ("91", "61")
