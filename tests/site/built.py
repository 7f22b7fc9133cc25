"""What the tests need to know of a built page: its tags, their links, its text without code."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

LINKS = ("href", "src", "poster", "data-gif", "data-still", "data-player", "data-particles")
SKIPPED = ("script", "style", "pre", "code", "annotation")


@dataclass
class Page:
    html: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""  # visible text, without code and without the TeX that KaTeX keeps for copying

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """Attributes of all `tag`s that have these attribute values; `class_` stands for class."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [a for name, a in self.tags if name == tag and all(a.get(k) == v for k, v in wanted.items())]

    def one(self, tag: str, **attributes: str) -> dict[str, str]:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} <{tag}> with {attributes}"
        return found[0]

    @property
    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.tags if "id" in a]

    @property
    def links(self) -> set[str]:
        """Everything that the page loads or leads to."""
        found = {a[name] for _, a in self.tags for name in LINKS if a.get(name)}
        for _, a in self.tags:
            found |= {part.split()[0] for part in a.get("srcset", "").split(",") if part.strip()}
        return found


class Reader(HTMLParser):
    def __init__(self, page: Page):
        super().__init__(convert_charrefs=True)
        self.page, self.skipped = page, 0

    def handle_starttag(self, tag, attrs):
        self.page.tags.append((tag, {key: value or "" for key, value in attrs}))
        self.skipped += tag in SKIPPED

    def handle_startendtag(self, tag, attrs):
        self.page.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag):
        self.skipped -= tag in SKIPPED

    def handle_data(self, data):
        if not self.skipped:
            self.page.text += data


def parse(html: str) -> Page:
    page = Page(html)
    Reader(page).feed(html)
    return page


def stylesheet_links(css: str) -> list[str]:
    """Every url(…) of a style sheet."""
    return re.findall(r"url\([\"']?([^)\"']+)", css)
