"""A small showcase and a small al-folio site, side by side, and the export between them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from showcase.build import main

PAGE = """---
layout: page
title: "Walks"
lang: {lang}
ref: walks
permalink: {address}
img: assets/img/walks/still.png
importance: 1
category: {category}
---

{{% include figure.liquid path="assets/img/walks/still.png" alt="A walk through a maze, from above." %}}
{{% include video.liquid path="assets/img/walks/walk.mp4" poster="assets/img/walks/still.png" alt="It moves." %}}
{{% include video.liquid path="assets/video/walks/long.mp4" alt="The walk for longer." %}}

## Status {{#status}}

The first sentence stands here. We measured {number}<!--a.b--> of them. {last}
"""


GRID = """---
layout: page
nav: true
permalink: /projects/
display_categories: [work, fun]
---
{% for category in page.display_categories %}
{% assign sorted_projects = site.projects | where: "category", category | sort: "importance" %}
{% endfor %}
"""


@dataclass
class Pair:
    """`root`: the showcase. `site`: the al-folio site."""

    root: Path
    site: Path

    def write(self, number: str = "0.29", last: str = "The last sentence ends it.") -> None:
        for lang in ("en", "zh"):
            more = {"address": "/projects/walks/", "category": "work"}
            if lang == "zh":
                more = {"address": "/projects/zh/walks/", "category": "work-zh"}
            page = PAGE.format(number=number, last=last, lang=lang, **more)
            self.put(self.root, f"_projects/walks.{lang}.md", page)

    def put(self, where: Path, path: str, text: str | bytes) -> None:
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_bytes(text if isinstance(text, bytes) else text.encode())

    def there(self, path: str = "_projects/walks.en.md") -> str:
        return (self.site / path).read_bytes().decode()

    def edit(self, old: str, new: str, path: str = "_projects/walks.en.md") -> None:
        assert old in self.there(path)
        self.put(self.site, path, self.there(path).replace(old, new))

    def files(self) -> dict[str, tuple[bytes, int]]:
        """Everything in the site: path → content and time of the last write."""
        found = (path for path in self.site.rglob("*") if path.is_file())
        return {p.relative_to(self.site).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns) for p in found}

    def export(self, *arguments: str) -> int:
        return main(self.root, ["export", "--to", str(self.site), *arguments])


@pytest.fixture
def pair(tmp_path) -> Pair:
    made = Pair(tmp_path / "showcase", tmp_path / "al-folio")
    made.write()
    made.put(made.root, "assets/img/walks/still.png", b"a picture")
    made.put(made.root, "assets/img/walks/walk.mp4", b"a film")
    made.put(made.root, "assets/video/walks/long.mp4", b"a long film")
    made.put(made.site, "_config.yml", "title: a site\ncollections: {projects: {output: true}}\n")
    made.put(made.site, "_includes/figure.liquid", "")
    made.put(made.site, "_pages/projects.md", GRID)
    made.put(made.site, "_projects/own.md", "---\nlayout: page\n---\nMy own project.\n")
    return made
