"""What a reader of the site would not see is told in one line each, with the line that changes it."""

import shutil

import pytest

from showcase.build import main
from tests.export.sites import CONFIG, GEMS, GRID, LAYOUT, YEARS, make

PAGE = """---
layout: page
title: "Walks, {lang}"
description: d
img: assets/img/walks/still.png
importance: 1
category: {category}
lang: {lang}
ref: walks
permalink: {address}
---

{{% include figure.liquid path="assets/img/walks/still.png" alt="A walk through a maze, from above." %}}

Here $$x^2$$ is a formula.
"""
NO_CATEGORIES = GRID.replace("display_categories: [work, fun]\n", "")
UNLINKED = LAYOUT.replace("<a href=\"{{ '/projects/' | relative_url }}\">projects</a>", "")
# Finding: files of the site, the line, the option or the file that mends it.
FINDINGS = {
    "no collection": (
        {"_config.yml": CONFIG.split("collections:")[0]},
        "_config.yml: has no collection `projects`: no project page will be built; "
        "add: collections: {projects: {output: true}}",
        {"_config.yml": CONFIG},
    ),
    "no output": (
        {"_config.yml": CONFIG.replace("output: true", "output: false")},
        "_config.yml: does not build the pages of its collection `projects`: cards will lead to 404; "
        "add under `projects:`: output: true",
        {"_config.yml": CONFIG},
    ),
    "other categories": (
        {"_pages/projects.md": GRID.replace("[work, fun]", "[Work, Research]")},
        "_pages/projects.md: has cards for category Research and Work, and the pages have work: no card; "
        "export them with --category Work",
        ["--category", "Work"],
    ),
    "another key": (
        {"_pages/projects.md": YEARS},
        "_pages/projects.md: sorts the projects by `year` (there: 2025), which the pages lack: no card; "
        "export them with --set year=2025",
        ["--set", "year=2025"],
    ),
    "not published": (
        {"_pages/projects.md": GRID.replace("layout: page", "layout: page\npublished: false")},
        "_pages/projects.md: lists the projects, but is not published: no card; take out its line: published: false",
        {"_pages/projects.md": GRID},
    ),
    "no list": (
        {"_pages/projects.md": "---\nlayout: page\n---\nSoon.\n"},
        "no page here lists the projects: no card; add al-folio's _pages/projects.md, or link the pages from a page of "
        "yours: /projects/…/",
        {"_pages/projects.md": GRID},
    ),
    "not in the menu": (
        {"_layouts/page.liquid": UNLINKED},
        "_pages/projects.md: no menu and no page leads to it, so that its cards are met by nobody; "
        "write there: nav: true",
        {"_layouts/page.liquid": UNLINKED, "_pages/projects.md": GRID.replace("---", "---\nnav: true", 1)},
    ),
    "no categories": (
        {"_pages/projects.md": NO_CATEGORIES},
        "_pages/projects.md: shows all projects without categories, so that cards in en and zh stand side by side; "
        "export one language: --lang en",
        ["--lang", "en"],
    ),
    "categories of the blog": (  # al-folio's own configuration has them
        {
            "_config.yml": CONFIG + "display_categories: [external-services]\n",
            "_pages/projects.md": NO_CATEGORIES,
        },
        "_pages/projects.md: shows all projects without categories, so that cards in en and zh stand side by side; "
        "export one language: --lang en",
        ["--lang", "en"],
    ),
    "categories not turned on": (
        {"_config.yml": CONFIG.replace("enable_project_categories: true\n", "")},
        "_pages/projects.md: shows all projects without categories, so that cards in en and zh stand side by side; "
        "export one language: --lang en",
        ["--lang", "en"],
    ),
    "no maths": (
        {"_config.yml": CONFIG.replace("enable_math: true", "enable_math: false")},
        "_config.yml: `enable_math: false`: 2 formulas will stand there as TeX; write: enable_math: true",
        {"_config.yml": CONFIG},
    ),
}
# Of v1 alone: its maths is a gem.
NO_GEM = (
    "Gemfile: has no al_math: 2 formulas will stand there as TeX; add: gem 'al_math', and al_math to `plugins` in "
    "_config.yml"
)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "showcase"
    for lang, category, address in (("en", "work", "/projects/walks/"), ("zh", "work-zh", "/projects/zh/walks/")):
        path = root / f"_projects/walks.{lang}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(lang=lang, category=category, address=address), encoding="utf-8")
    (root / "assets/img/walks").mkdir(parents=True)
    (root / "assets/img/walks/still.png").write_bytes(b"a picture")
    return root


def told(capsys) -> list[str]:
    out = capsys.readouterr().out
    return [line.removeprefix("Not seen: ") for line in out.splitlines() if line.startswith("Not seen: ")]


@pytest.mark.parametrize("kind", GEMS)
@pytest.mark.parametrize("finding", FINDINGS)
def test_one_line_tells_and_what_it_says_mends(root, tmp_path, capsys, kind, finding):
    files, line, cure = FINDINGS[finding]
    site = make(tmp_path / "site", kind, **files)
    assert main(root, ["export", "--to", str(site), "--dry-run"]) == 0
    assert told(capsys) == [line], "told before anything is written"
    assert not (site / "_projects/walks.en.md").exists()
    if isinstance(cure, dict):
        make(site, kind, **cure)
        cure = []
    for options in (cure, []):  # and remembered, so that the next export without options does the same
        assert main(root, ["export", "--to", str(site), *options]) == 0
        assert told(capsys) == []


def test_a_site_that_is_as_it_should_be_is_told_nothing(root, tmp_path, capsys):
    for kind in GEMS:
        site = make(tmp_path / kind, kind)
        assert main(root, ["export", "--to", str(site)]) == 0
        assert told(capsys) == []


def test_maths_in_gems_needs_its_gem(root, tmp_path, capsys):
    site = make(tmp_path / "site", "v1", Gemfile='gem "al_folio_core"\n')
    assert main(root, ["export", "--to", str(site)]) == 0
    assert told(capsys) == [NO_GEM]


def test_what_the_owner_writes_into_the_front_matter_there_wins(root, tmp_path, capsys):
    site = make(tmp_path / "site", "v0.16")
    options = ["--category", "Fun: and, games", "--set", "year=2025", "--set", "walks.zh:year=2024"]
    main(root, ["export", "--to", str(site), *options])
    page, zh = site / "_projects/walks.en.md", site / "_projects/walks.zh.md"
    assert 'category: "Fun: and, games"\n' in page.read_text() and "year: 2025\n" in page.read_text()
    assert "year: 2024\n" in zh.read_text()
    page.write_text(page.read_text().replace("year: 2025", "year: 1999"))
    main(root, ["export", "--to", str(site), "--set", "year="])
    assert "year: 1999\n" in page.read_text() and "year: 2024\n" in zh.read_text()


@pytest.mark.parametrize("options", [["--lang", "fr"], ["--set", "year"], ["--set", "=1"]])
def test_options_that_make_no_sense_are_refused(root, tmp_path, capsys, options):
    site = make(tmp_path / "site", "v0.16")
    assert main(root, ["export", "--to", str(site), *options]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1 and not (site / ".showcase").exists()


@pytest.mark.jekyll
@pytest.mark.parametrize("finding", [None, "no output", "another key", "no maths"])
def test_verify_builds_a_copy_and_says_what_became_of_the_pages(root, tmp_path, capsys, finding):
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    site = make(tmp_path / "site", "v0.16", **(FINDINGS[finding][0] if finding else {}))
    before = sorted(site.rglob("*"))
    code = main(root, ["export", "--to", str(site), "--dry-run", "--verify"])
    out = capsys.readouterr().out
    assert sorted(site.rglob("*")) == before, "nothing is built or written there"
    assert code == (1 if finding else 0), out
    words = {
        None: "_projects/walks.en.md: built; reached from /projects/; formulas are set by the reader's browser",
        "no output": "_projects/walks.en.md: not built",
        "another key": "_projects/walks.en.md: built; no page of the site leads to it",
        "no maths": "formulas raw: 1",
    }[finding]
    assert words in out
