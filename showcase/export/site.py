"""What the site is that is exported into: its configuration, its gems, and the pages that list its projects.

Only files are read; nothing of the site's code runs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from showcase import fast_yaml
from showcase.frontmatter import FRONT
from showcase.frontmatter import table as front
from showcase.regular import refuse_others

FIGURE = Path("_includes/figure.liquid")  # in al-folio of 2024 and later; v1 has it in its gem
GEM = "al_folio_core"
CONFIG = "_config.yml"
KINDS = {"collections": (dict, list), "plugins": (list, str), "url": str, "baseurl": str, "theme": str, "lang": str}
LARGEST = 1 << 20  # bytes of a file that is read
AWAY = {"_site", "vendor", "node_modules", ".git", ".jekyll-cache", ".showcase", ".bundle", "bin", "test", "tests"}
TEXT = (".md", ".markdown", ".html", ".liquid", ".yml", ".yaml")
GROUPED = re.compile(r"\b(?:where|group_by|where_exp)\s*:\s*[\"']([\w.-]+)[\"']")
LISTED = re.compile(r"\bsite\.projects\b|site\[[\"']projects[\"']\]|site\.collections\b")


@dataclass(frozen=True)
class Listing:
    """A page that shows the projects: its front matter, and the key that it sorts them by."""

    path: str
    front: dict[str, Any]
    key: str  # of the project pages; empty: it shows them all
    wanted: tuple[str, ...]  # values of the key for which it has a place; empty: all


@dataclass(frozen=True)
class Site:
    folder: Path
    config: dict[str, Any]
    gems: str  # all that the Gemfile says

    @property
    def by_gem(self) -> bool:
        return GEM in self.gems or GEM in str(self.config.get("theme", "")) or GEM in self.plugins

    @property
    def plugins(self) -> list[str]:
        given = self.config.get("plugins") or []
        return [str(each) for each in given] if isinstance(given, list) else [str(given)]

    @property
    def collection(self) -> dict[str, Any] | None:
        """The settings of `projects`; None when there is no such collection."""
        given = self.config.get("collections")
        if isinstance(given, list):
            return {} if "projects" in given else None
        if not isinstance(given, dict) or "projects" not in given:
            return None
        return given["projects"] if isinstance(given["projects"], dict) else {}

    @property
    def home(self) -> str:
        """The site's address on the web; empty when it does not say."""
        url = self.config.get("url")
        return f"{url}{self.config.get('baseurl') or ''}".rstrip("/") if isinstance(url, str) and url else ""

    @cached_property
    def texts(self) -> dict[str, str]:
        """All pages, layouts, includes and data files of the site itself, by path."""
        found = {}
        for path in sorted(_files(self.folder)):
            if path.suffix in TEXT and path.stat().st_size < LARGEST:
                found[path.relative_to(self.folder).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
        return found

    @cached_property
    def own_projects(self) -> dict[str, dict[str, Any]]:
        """Front matter of the site's project pages, by path; exported ones among them."""
        return {path: front(text) for path, text in self.texts.items() if path.startswith("_projects/")}

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Path → address of every page that says or implies one."""
        pattern = (self.collection or {}).get("permalink") or "/:collection/:path:output_ext"
        found = {}
        for path, text in self.texts.items():
            given = front(text)
            if isinstance(given.get("permalink"), str):
                found[path] = given["permalink"]
            elif path.startswith("_projects/") and path.endswith(".md"):
                name = Path(path).stem
                made = (
                    str(pattern or "/projects/:name.html").replace(":collection", "projects").replace(":title", ":name")
                )
                found[path] = made.replace(":path", ":name").replace(":name", name).replace(":output_ext", ".html")
        return found

    @cached_property
    def listings(self) -> list[Listing]:
        """The published pages that show the projects."""
        found = []
        for path, text in self.texts.items():
            given = front(text)
            if not FRONT.match(text) or path.startswith(("_includes", "_layouts", "_data", "_projects", "_drafts")):
                continue
            whole = text + "".join(self._behind(text, given))
            if LISTED.search(whole) and given.get("published") is not False:
                found.append(_listing(path, given, whole, self.config))
        return found

    def _behind(self, text: str, given: dict[str, Any]) -> Iterator[str]:
        """The layout and the includes of a page, as far as they lie in the site."""
        for suffix in (".liquid", ".html"):
            yield self.texts.get(f"_layouts/{given.get('layout')}{suffix}", "")
        for name in re.findall(r"\{%-?\s*include\s+([\w./-]+)", text):
            yield self.texts.get(f"_includes/{name}", "")

    def mentions(self, path: Path, besides: set[str]) -> str:
        """A file of the site that names a picture; empty when none does."""
        names = (name for name, text in self.texts.items() if name not in besides and path.as_posix() in text)
        return next(names, "")


def read_site(folder: Path, root: Path) -> Site:
    """Raises InputError when the folder is missing, is no site that these pages work in, or cannot be understood."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; --to takes the folder of an al-folio site")
    if folder.resolve() == root.resolve():
        raise InputError(f"{folder}: is this repository; --to takes the folder of an al-folio site")
    refuse_others(folder, hidden=(".showcase",))
    gems = (folder / "Gemfile").read_text(encoding="utf-8", errors="replace") if (folder / "Gemfile").is_file() else ""
    if not (folder / CONFIG).is_file():
        others = [name for name in ("_config.yaml", "_config.toml") if (folder / name).is_file()]
        there = f" (there is {others[0]}: Jekyll reads it, this export does not)" if others else ""
        raise InputError(f"{folder}: not an al-folio site of 2024 or later: no {CONFIG}{there}")
    site = Site(folder, _configuration(folder / CONFIG), gems)
    if not (folder / FIGURE).is_file() and not site.by_gem:
        raise InputError(f"{folder}: not an al-folio site of 2024 or later ({CONFIG}, and {FIGURE} or {GEM})")
    elsewhere = str(site.config.get("collections_dir") or "").strip("./")
    if elsewhere:
        raise InputError(
            f"{folder / CONFIG}: `collections_dir: {elsewhere}`: project pages would have to lie in "
            f"{elsewhere}/_projects, where this export does not write; take the line out, or copy them by hand"
        )
    return site


def _configuration(path: Path) -> dict[str, Any]:
    """Its table. Raises InputError, in one line, for what is no configuration, or none that Jekyll can build with."""
    if (size := path.stat().st_size) > LARGEST:
        raise InputError(f"{path}: {size:,} bytes are more than a configuration has (at most {LARGEST:,} are read)")
    table = fast_yaml.read(path)
    for key, kind in KINDS.items():
        if table.get(key) is not None and not isinstance(table[key], kind):
            raise InputError(f"{path}: `{key}` is a {type(table[key]).__name__}; Jekyll cannot build that")
    return table


def _listing(path: str, given: dict[str, Any], text: str, config: dict[str, Any]) -> Listing:
    keys = [key.removeprefix("project.").removeprefix("item.") for key in GROUPED.findall(text)]
    # al-folio's own configuration has categories of that name, too: those of its blog.
    by_page = "page.display_categories" in text or "site.display_categories" not in text
    wanted = (given if by_page else config).get("display_categories") or ()
    wanted = tuple(map(str, wanted)) if isinstance(wanted, list) else (str(wanted),) if wanted else ()
    turned_off = "enable_project_categories" in text and not config.get("enable_project_categories")
    if "display_categories" in text and (not wanted or turned_off):
        return Listing(path, given, "", ())  # al-folio's page shows them all where it is not told categories
    key = next((key for key in keys if key not in ("lang", "selected", "published")), "category" if wanted else "")
    return Listing(path, given, key, wanted if key == "category" else ())


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in AWAY or path.is_symlink():
            continue
        if path.is_dir() and (not path.name.startswith(".")):
            yield from _files(path)
        elif path.is_file():
            yield path
