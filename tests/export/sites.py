"""Small al-folio sites of the two kinds there are, made up for the tests: themes in the site (v0.16) and in gems (v1).

They are as little of al-folio as Jekyll needs to build them: a layout, two includes, and a page of projects.
"""

from pathlib import Path

LAYOUT = """<!doctype html><html><head><title>{{ page.title }}</title>
{% if site.enable_math %}<script defer src="https://example.org/mathjax.js"></script>{% endif %}
</head><body><a href="{{ '/projects/' | relative_url }}">projects</a><h1>{{ page.title }}</h1>
{{ content }}</body></html>
"""
FIGURE = '<figure><img src="{{ include.path | relative_url }}" alt="{{ include.alt }}"></figure>\n'
VIDEO = '<figure><video src="{{ include.path | relative_url }}" poster="{{ include.poster }}"></video></figure>\n'
CARD = '<a href="{{ project.url | relative_url }}">{{ project.title }}</a>\n'
GRID = """---
layout: page
title: projects
permalink: /projects/
display_categories: [work, fun]
---
{% if site.enable_project_categories and page.display_categories %}
{% for category in page.display_categories %}
{% assign categorized_projects = site.projects | where: "category", category %}
{% for project in categorized_projects %}{% include projects.liquid %}{% endfor %}
{% endfor %}
{% else %}
{% for project in site.projects %}{% include projects.liquid %}{% endfor %}
{% endif %}
"""
YEARS = """---
layout: page
permalink: /projects/
---
{% assign years = site.projects | group_by: "year" %}
{% for year in years %}{% if year.name != "" %}
{% for project in year.items %}{% include projects.liquid %}{% endfor %}
{% endif %}{% endfor %}
"""
CONFIG = """title: A made-up site
url: https://example.org
baseurl: /home
include: [_pages]
enable_math: true
enable_project_categories: true
markdown: kramdown
kramdown: {input: GFM}
collections:
  projects:
    output: true
    permalink: /projects/:name/
"""
GEMS = {"v0.16": 'gem "jekyll"\n', "v1": 'gem "jekyll"\ngem "al_folio_core"\ngem "al_math"\n'}


def make(site: Path, kind: str, **files: str) -> Path:
    """A site of this kind; `files` are put in place of its own, or beside them (`__` stands for a folder)."""
    plain = {
        "_config.yml": CONFIG,
        "Gemfile": GEMS[kind],
        "_layouts/page.liquid": LAYOUT,
        "_includes/video.liquid": VIDEO,
        "_includes/projects.liquid": CARD,
        "_pages/projects.md": GRID,
        "_projects/own.md": "---\nlayout: page\ntitle: own\ncategory: work\nyear: 2025\n---\nMine.\n",
    }
    # Jekyll finds the include of v1 in a gem; to build the made-up one it has to lie somewhere.
    plain["_includes/figure.liquid"] = FIGURE
    for path, text in (plain | {key.replace("__", "/"): text for key, text in files.items()}).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")
    return site
