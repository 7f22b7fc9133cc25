"""The built site is whole: no warning, no dead link, no left-over markup, both languages everywhere."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urljoin

import built
import pytest
import specimen
import yaml

pytestmark = pytest.mark.jekyll
ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
SITE_SOURCES = {"_config.yml", *specimen.SITE_FOLDERS, "_site", ".git"}


def fronts(site):
    return [yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1]) for path in project_files(site)]


def project_files(site):
    return sorted((site.source / "_projects").glob("*.md"))


def projects(site, stories=False):
    """ref → {language: address} of all project pages, or of those that tell a project."""
    found = {}
    for front in fronts(site):
        if not stories or "appendix_to" not in front:
            found.setdefault(front["ref"], {})[front["lang"]] = front["permalink"]
    return found


def test_jekyll_builds_without_a_word_of_complaint(site, plain_site):
    for log in (site.log, plain_site.log):
        assert not re.search(r"warning|error|conflict|deprecat", log, re.IGNORECASE), log


def test_everything_that_is_not_the_site_is_excluded():
    """Otherwise `serve` rebuilds whenever an experiment writes a file."""
    excluded = set(CONFIG["exclude"])
    present = {path.name for path in ROOT.iterdir()}
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    at_the_top = {name for name in ignored if name and not set(name) & set("/*#!")}
    at_the_top -= {"__pycache__", ".jekyll-metadata"}  # the one lies deeper, Jekyll's watcher leaves the other out
    strays = {name for name in present | at_the_top if not name.startswith(".coverage.")} - SITE_SOURCES - excluded
    assert not strays, f"add to `exclude` in _config.yml: {sorted(strays)}"


def test_only_the_site_is_published(site):
    published = {path.name for path in site.folder.iterdir()}
    files = {"index.html", "404.html", "robots.txt", "sitemap.xml", "feed.xml", "walk-offline.js"}
    assert published == files | {"zh", "projects", "made", "theme", "assets"}
    assert not [path.name for path in (site.folder / "theme").iterdir() if path.name.startswith("_")]


def test_every_local_link_leads_to_a_file(site):
    dead = []
    for address, page in site.pages.items():
        for link in page.links:
            if link.startswith(("http://", "https://", "mailto:", "data:")):
                link = link.removeprefix("https://example.org")
            if not link.startswith(("/", "#", "http", "mailto:", "data:")):  # a story and its study, beside each other
                link = urljoin(f"{site.baseurl}{address}", link)
            if link.startswith("#"):
                assert link[1:] in page.ids, f"{address}: no {link}"
            elif link.startswith("/"):
                inside = link.startswith(site.baseurl + "/")
                if not inside or not site.file(unquote(link)).is_file():
                    dead.append(f"{address} → {link}")
    for sheet in site.folder.rglob("*.css"):
        for link in built.stylesheet_links(sheet.read_text()):
            if not (sheet.parent / link).is_file():
                dead.append(f"{sheet.name} → {link}")
    assert not dead, "\n".join(dead)


def test_no_markup_is_left_over(site):
    for address, page in site.pages.items():
        rest = re.search(r"\{\{|\{%|\[\[|\[%|\{#|\\\(|\\\[|\$\$|\.\./", page.text)
        assert not rest, f"{address}: {page.text[rest.start() - 40 : rest.start() + 40]!r}"


def test_no_id_stands_twice_on_a_page(site):
    for address, page in site.pages.items():
        assert len(page.ids) == len(set(page.ids)), address


def test_every_project_has_the_five_sections_in_both_languages(site):
    for ref, versions in projects(site, stories=True).items():
        assert set(versions) == {"en", "zh"}, ref
        for address in versions.values():
            sections = [a["id"] for a in site.pages[address].all("h2") if a["id"] != "more"]
            assert tuple(sections) == specimen.IDS, address
            contents = [a["href"] for a in site.pages[address].all("a") if a["href"][1:] in specimen.IDS]
            assert contents[:5] == [f"#{name}" for name in specimen.IDS], address


def test_a_study_is_one_click_from_its_story_and_in_no_grid(site):
    """It has a list of contents beside it, which leads to every section."""
    studies = [front for front in fronts(site) if "appendix_to" in front]
    assert studies
    for front in studies:
        address = front["permalink"]
        story = projects(site)[front["appendix_to"]][front["lang"]]
        reached = {urljoin(f"{site.baseurl}{story}", a["href"]) for a in site.pages[story].all("a")}
        assert site.baseurl + address in reached and front["toc"] == {"sidebar": "left"}
        back = {urljoin(f"{site.baseurl}{address}", a["href"]) for a in site.pages[address].all("a")}
        assert site.baseurl + story in back
        sections = [a["id"] for a in site.pages[address].all("h2") if a["id"] != "more"]
        links = [a["href"] for a in site.pages[address].all("a")]
        assert len(sections) > 5 and all(f"#{name}" in links for name in sections)
        for grid in ("/", "/zh/", "/projects/", "/projects/zh/", story):
            cards = [a["href"] for a in site.pages[grid].all("a") if a["href"].startswith(site.baseurl)]
            assert site.baseurl + address not in cards, grid


def test_the_switch_leads_to_the_twin(site):
    pairs = [*projects(site).values(), {"en": "/", "zh": "/zh/"}, {"en": "/projects/", "zh": "/projects/zh/"}]
    tags = {"en": "en", "zh": "zh-Hans"}
    for versions in pairs:
        for lang, other in (("en", "zh"), ("zh", "en")):
            page = site.pages[versions[lang]]
            assert page.one("html")["lang"] == tags[lang]
            assert page.one("a", class_="language")["href"] == site.baseurl + versions[other]
            alternates = {a["hreflang"]: a["href"] for a in page.all("link", rel="alternate") if "hreflang" in a}
            origin = "https://example.org" + site.baseurl
            assert alternates == {tags[k]: origin + v for k, v in versions.items()} | {
                "x-default": origin + versions["en"]
            }


@pytest.mark.parametrize(("grid", "lang"), [("/", "en"), ("/zh/", "zh"), ("/projects/", "en"), ("/projects/zh/", "zh")])
def test_the_grid_shows_each_project_once_in_its_own_language_and_links_the_other(site, grid, lang):
    page = site.pages[grid]
    versions = projects(site, stories=True)
    titles = [a["href"] for a in page.all("a") if "hreflang" not in a and "/projects/" in a["href"]]
    for of_project in versions.values():
        assert titles.count(site.baseurl + of_project[lang]) == 1
        for address in of_project.values():
            assert [a for a in page.all("a", href=site.baseurl + address) if a.get("hreflang")]
    assert len(page.all("li", class_="card project-card")) == len(versions)


def test_the_configuration_chooses_the_language_that_comes_first(plain_site):
    languages = {address: page.one("html")["lang"] for address, page in plain_site.pages.items()}
    assert languages["/"] == languages["/projects/"] == "zh-Hans"
    assert languages["/en/"] == languages["/projects/en/"] == "en"
    for lang, address in specimen.URLS.items():
        assert languages[address] == {"en": "en", "zh": "zh-Hans"}[lang]


def test_addresses_for_search_engines_are_absolute_or_left_out(plain_site):
    for page in plain_site.pages.values():
        assert not page.all("link", rel="canonical") and not [a for a in page.all("link") if "hreflang" in a]


def test_the_owner_s_name_replaces_the_default(site, plain_site):
    assert "Research Portfolio" in site.pages["/"].text and "研究作品集" in site.pages["/zh/"].text
    for page in plain_site.pages.values():
        assert "Ada Li" in page.text and "李雅达" in page.text and "Research Portfolio" not in page.text


def test_paths_lead_to_the_repository_once_it_is_known(site, plain_site):
    path = "experiments/pzodmc/"
    for built_site, links in ((site, 0), (plain_site, 1)):
        page = built_site.pages[specimen.URLS["en"]]
        assert f'<code class="path">{path}</code>' in page.html
        assert len(page.all("a", href=f"https://example.org/code/tree/HEAD/{path}")) == links


def test_the_citation_names_the_owner_and_the_address_that_are_known(site, plain_site):
    signed, anonymous = (one.pages[specimen.URLS["en"]].html for one in (plain_site, site))
    assert "author = {Li, Ada}," in signed and "url = " not in signed
    assert "author = {{name to be added}}," in anonymous, "a stand-in that BibTeX takes, and nobody's name"
    assert f"url = {{https://example.org{site.baseurl}{specimen.URLS['en']}}}," in anonymous


def test_a_broken_front_matter_stops_the_build(site, tmp_path):
    """Not a page that silently vanishes."""
    for name in ("_config.yml", "Gemfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_projects").mkdir()
    (tmp_path / "_projects/broken.md").write_text('---\ntitle: "unclosed\n---\n', encoding="utf-8")
    run = subprocess.run(
        ["bundle", "exec", "jekyll", "build"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert run.returncode != 0 and "broken.md" in run.stdout + run.stderr
