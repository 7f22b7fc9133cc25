"""Whose site it is: what _config.yml tells stands on every page, and while it is empty nobody is invented."""

import json
import re
from xml.etree import ElementTree

import pytest
import specimen

pytestmark = pytest.mark.jekyll
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def structured(page) -> dict:
    """The page's JSON-LD."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.html, re.DOTALL)
    return json.loads(found)


def meta(page, name: str) -> str:
    found = [a["content"] for a in page.all("meta") if name in (a.get("property"), a.get("name"))]
    assert len(found) == 1, (name, found)
    return found[0]


def test_a_project_names_its_author_with_links(plain_site):
    for lang, words in {"en": "University of Examples", "zh": "示例大学"}.items():
        page = plain_site.pages[specimen.URLS[lang]]
        head = page.html.split('<div class="byline">')[1].split("</div>")[0]
        assert words in head and "unnamed" not in head
        for link in (
            "mailto:ada@example.org",
            "https://github.com/ada",
            "https://scholar.google.com/citations?user=abc123",
            "https://orcid.org/0000-0001-2345-6789",
            "https://example.org/code",
        ):
            assert f'href="{link}"' in head


def test_without_a_name_a_stand_in_is_seen_and_nobody_is_named(site):
    for lang, words in {"en": "name and affiliation to be added", "zh": "姓名与单位待补充"}.items():
        page = site.pages[specimen.URLS[lang]]
        assert words in page.text
        assert "author" not in structured(page) and not page.all("meta", name="author")
    assert "mainEntity" not in structured(site.pages["/"])


def test_search_engines_read_the_article_and_its_author(plain_site, site):
    article = structured(plain_site.pages[specimen.URLS["en"]])
    assert article["@type"] == "ScholarlyArticle" and article["headline"].startswith("Specimen")
    author = article["author"]
    assert author["@type"] == "Person" and author["name"] == "Ada Li" and author["alternateName"] == "李雅达"
    assert author["affiliation"]["name"] == "University of Examples" and len(author["sameAs"]) == 3
    assert article["isBasedOn"]["codeRepository"] == "https://example.org/code"
    person = structured(plain_site.pages["/"])["mainEntity"]
    assert person["name"] == "李雅达" and person["alternateName"] == "Ada Li"
    for project in ("video_diffusion", "pzodmc"):
        assert re.fullmatch(r"20\d\d-.*", structured(site.pages[f"/projects/{project}/"])["dateModified"])


def test_cards_on_other_sites_have_an_absolute_picture(site):
    for address, page in site.pages.items():
        assert meta(page, "twitter:card") == "summary_large_image"
        picture = meta(page, "og:image")
        assert (
            picture.startswith("https://example.org/")
            and site.file(picture.removeprefix("https://example.org")).is_file()
        )
        assert meta(page, "og:title") and meta(page, "og:description"), address
        assert meta(page, "og:image:width").isdigit()


def test_the_feed_lists_every_project_with_absolute_addresses(site):
    feed = ElementTree.parse(site.folder / "feed.xml").getroot()
    entries = feed.findall(f"{ATOM}entry")
    wanted = {url for url in site.pages if url.startswith("/projects/") and url not in ("/projects/", "/projects/zh/")}
    found = {entry.find(f"{ATOM}id").text for entry in entries}
    assert {f"https://example.org{site.baseurl}{url}" for url in wanted} >= found and len(found) == len(entries) > 3
    assert all(entry.find(f"{ATOM}updated").text for entry in entries)


def test_the_sitemap_has_every_page_but_the_missing_one(site):
    pages = {loc.text for loc in ElementTree.parse(site.folder / "sitemap.xml").getroot().iter(f"{MAP}loc")}
    assert pages == {f"https://example.org{site.baseurl}{url}" for url in site.pages if url != "/404.html"}
    robots = (site.folder / "robots.txt").read_text()
    assert f"Sitemap: https://example.org{site.baseurl}/sitemap.xml" in robots


def test_one_style_sheet_and_no_foreign_script(site):
    for address, page in site.pages.items():
        sheets = [a["href"] for a in page.all("link", rel="stylesheet")]
        assert [sheet for sheet in sheets if "katex" not in sheet] == [f"{site.baseurl}/theme/site.css"], address
        assert all(a["src"].startswith(f"{site.baseurl}/theme/") for a in page.all("script") if "src" in a)


def test_the_policy_stands_before_everything_it_governs(site):
    for page in site.pages.values():
        scripts = "'self' 'wasm-unsafe-eval'" if 'data-piece="walk"' in page.html else "'self'"
        order = [a for tag, a in page.tags if tag in ("meta", "script", "link")]
        (place,) = [k for k, a in enumerate(order) if a.get("http-equiv") == "Content-Security-Policy"]
        rules = dict(rule.strip().split(" ", 1) for rule in order[place]["content"].split(";"))
        assert rules["script-src"] == scripts and rules["object-src"] == "'none'"
        assert not [a for a in order[:place] if "src" in a or "href" in a]


def test_chinese_titles_break_between_words_alone(site):
    (title,) = re.findall(r'<h1 class="post-title">(.*?)</h1>', site.pages["/projects/zh/video_diffusion/"].html)
    assert "<wbr>" in title and "长视频" in title and "扩散模型" in title, title
    assert "<wbr>" not in re.sub(r"<h[1-4].*?</h[1-4]>", "", site.pages["/projects/video_diffusion/"].html)


def test_numbers_keep_their_units(site):
    for address, page in site.pages.items():
        assert not re.search(r"\d (?:MiB|MB|GB|ms|s|min|h|%)(?![\w])", page.text), address
