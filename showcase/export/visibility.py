"""What a reader of the site will not see of an export, each with the very line that changes this.

Nothing in the site's configuration is changed from here: it is its owner's.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from showcase.export import player
from showcase.export.adaptation import APPENDIX
from showcase.export.site import CONFIG, Listing, Site
from showcase.frontmatter import table as front

MATHS = re.compile(r"\$\$|\\\(|\\\[")
STARTER = "al_math"  # the gem that sets formulas in al-folio v1


def unseen(site: Site, pages: Mapping[Path, str]) -> list[str]:
    """One line a finding. `pages` are the exported ones as they will stand in the site."""
    given = {path: front(text) for path, text in pages.items()}
    if not pages:
        return []
    return [*_built(site), *_listed(site, given), *_formulas(site, pages), *_players(site)]


def _built(site: Site) -> Iterator[str]:
    if site.collection is None:
        words = "has no collection `projects`: no project page will be built"
        yield f"{CONFIG}: {words}; add: collections: {{projects: {{output: true}}}}"
    elif not site.collection.get("output"):
        words = "does not build the pages of its collection `projects`: cards will lead to 404"
        yield f"{CONFIG}: {words}; add under `projects:`: output: true"
    excluded = site.config.get("exclude") or []
    excluded = excluded if isinstance(excluded, list) else [excluded]
    if "_projects" in {str(entry).strip("/*") for entry in excluded}:
        yield f"{CONFIG}: `exclude` names _projects: no project page will be built; take the entry out"


def _listed(site: Site, given: Mapping[Path, dict]) -> Iterator[str]:
    """On which cards the pages are: those of the first language should be on some, those of others on none."""
    if not site.listings:
        hidden = [path for path in site.texts if front(site.texts[path]).get("published") is False]
        hidden = [path for path in hidden if "site.projects" in site.texts[path]]
        if hidden:
            yield f"{hidden[0]}: lists the projects, but is not published: no card; take out its line: published: false"
        else:  # no gem of al-folio brings such a page
            words = "no page here lists the projects: no card; add al-folio's _pages/projects.md, or link the pages"
            yield f"{words} from a page of yours: /projects/…/"
        return
    for listing in site.listings:
        yield from _on(listing, site, given)
    if not any(_reached(listing, site) for listing in site.listings):
        words = "no menu and no page leads to it, so that its cards are met by nobody; write there: nav: true"
        yield f"{site.listings[0].path}: {words}"


def _reached(listing: Listing, site: Site) -> bool:
    """Whether the theme's menu has the page, it is the front page, or anything of the site names its address."""
    address = str(listing.front.get("permalink") or "").strip("/")
    if listing.front.get("nav") or not address:
        return True
    there = re.escape(address)
    named = re.compile(rf"(?:/{there}/?|[\"'(]{there}/)(?=[\"')\s])")
    others = (text for path, text in site.texts.items() if path != listing.path and _is_published(path, text))
    return any(named.search(text) for text in others)


def _is_published(path: str, text: str) -> bool:
    return path.startswith(("_includes/", "_layouts/", "_data/")) or bool(front(text))


def _on(listing: Listing, site: Site, given: Mapping[Path, dict]) -> Iterator[str]:
    shown = {path: front for path, front in given.items() if _is_shown(listing, front)}
    mains = {path: front for path, front in given.items() if not _is_second(front)}
    if not listing.key:
        langs = {str(front.get("lang")) for front in shown.values() if front.get("lang")}
        if len(langs) > 1 and not listing.path.startswith("_includes"):
            yield (
                f"{listing.path}: shows all projects without categories, so that cards in {_names(langs)} stand side "
                f"by side; export one language: --lang {sorted(langs)[0]}"
            )
        return
    if mains and not any(path in shown for path in mains):
        if listing.wanted:
            has = sorted({str(front.get(listing.key)) for front in mains.values()})
            yield (
                f"{listing.path}: has cards for {listing.key} {_names(listing.wanted)}, and the pages have "
                f"{_names(has)}: no card; export them with --category {_quoted(listing.wanted[0])}"
            )
        else:
            ours = {path.as_posix() for path in given}
            values = [front.get(listing.key) for path, front in site.own_projects.items() if path not in ours]
            occur = sorted({str(value) for value in values if value is not None})
            example = occur[-1] if occur else "VALUE"
            told = f" (there: {', '.join(occur[:8])})" if occur else ""
            yield (
                f"{listing.path}: sorts the projects by `{listing.key}`{told}, which the pages lack: no card; "
                f"export them with --set {listing.key}={_quoted(example)}"
            )


def _is_shown(listing: Listing, front: Mapping) -> bool:
    value = front.get(listing.key)
    if not listing.key:
        return True
    return str(value) in listing.wanted if listing.wanted else value is not None and listing.key != "category"


def _is_second(front: Mapping) -> bool:
    """Whether a page stays off the cards on purpose: another language's category ends with it, an appendix has none."""
    category = front.get("category")
    if str(category).partition("-")[0] == APPENDIX:
        return True
    return category is None or bool(front.get("lang") and str(category).endswith(f"-{front['lang']}"))


def _formulas(site: Site, pages: Mapping[Path, str]) -> Iterator[str]:
    count = sum(len(MATHS.findall(text)) - text.count("$$") // 2 for text in pages.values())
    if not count:
        return
    if site.config.get("enable_math") is False:
        yield f"{CONFIG}: `enable_math: false`: {count} formulas will stand there as TeX; write: enable_math: true"
    elif site.by_gem and STARTER not in site.gems + " ".join(site.plugins):
        what = f"Gemfile: has no {STARTER}: {count} formulas will stand there as TeX"
        yield f"{what}; add: gem '{STARTER}', and {STARTER} to `plugins` in {CONFIG}"


def _players(site: Site) -> Iterator[str]:
    if path := player.forbidden(site):
        words = "its Content-Security-Policy lets no script of the site's own run: films stand in place of the players"
        yield f"{path}: {words}; to have them write 'self' into its script-src and connect-src"


def _names(values) -> str:
    return " and ".join(map(_quoted, sorted(values)))


def _quoted(value: str) -> str:
    return f"'{value}'" if re.search(r"[^\w.-]", value) else value
