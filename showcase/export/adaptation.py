"""A page of ours as al-folio shows it best, from al-folio of 2024 to the one in gems.

al-folio scales no GIF well, knows no WebP in its first versions, lets wide tables stick out of a phone,
and has a formatter that takes tables and formulas apart. None of that is the page's business here: it is changed on the
way, always in the same manner, so that the site's owner can edit the result and have it merged.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from showcase.export import cards, player
from showcase.frontmatter import entries, split_front, table

FIGURE = re.compile(r"\{%-?\s*include\s+figure\.liquid\s+(?P<given>.*?)-?%\}", re.DOTALL)
PARAMETER = re.compile(r'([\w-]+)=("[^"]*"|\S+)')
WITHIN = r"(?:(?!%\}).)*?"  # the same tag
POSTER = re.compile(
    rf"(?P<before>\{{%-?\s*include\s+video\.liquid\s{WITHIN})\bposter=\"/?(?P<path>[^\"]+)\"", re.DOTALL
)
FILM = ("path", "poster", "title", "alt", "class")
LIVE = re.compile(r"<div class=\"live\"[^>]*></div>\n*")
PLAYER = re.compile(r"<div class=\"player\"[^>]*>")
LOCAL = re.compile(r"(?P<before>\]\(|\b(?:src|href|poster)=\")/(?P<path>(?:assets|projects)/[^\s\"')]*)")
APPENDIX = "study"  # the category of the pages that hold all there is
NAMES = {"en": "English", "zh": "中文版"}
CODE = {"en": "Code", "zh": "代码"}
TAGS = {"zh": "zh-Hans"}
SHOWING = re.compile(
    rf"\{{%-?\s*include\s+(?:figure|video)\.liquid\s{WITHIN}\bpath=\"/?(?P<path>[^\"]+)\".*?%\}}", re.DOTALL
)
LOOKS = f"<style>\n{Path(__file__).with_name('page.css').read_text(encoding='utf-8')}</style>"
# The container that a table had in exports before version 0.22, or what a later merge left of it.
OPEN, CLOSE = r'<div class="table-responsive" markdown="1">\s+', r"\{: \.table\}\s+</div>"
CONTAINER = re.compile(rf"\s+{OPEN}{CLOSE}|{OPEN}(?P<rows>(?:^\|[^\n]*\n)+){CLOSE}\r?\n", re.MULTILINE)


@dataclass(frozen=True)
class Choices:
    """What the site's owner wants of all exports: options of the command line, kept in the site."""

    category: str = ""
    langs: tuple[str, ...] = ()  # none: all
    settings: dict[str, str] = field(default_factory=dict)  # "key" or "page:key" → value, as YAML writes it


@dataclass(frozen=True)
class Twin:
    """The same page in another language."""

    lang: str
    address: str


def adapted(
    root: Path, path: Path, text: str, choices: Choices, twins: list[Twin], code: str, home: str, played: bool = True
) -> str:
    """The page to be exported. `code` is the address of the repository, `home` that of the site; empty if unknown.
    `played`: whether scripts of our own may run there, so that the players come along; else their films alone do."""
    front, body = split_front(text)
    if front is None:
        return text
    kept = entries(front)
    body = _charts(root, body)
    body = _films(root, body if played else PLAYER.sub("<div>", LIVE.sub("", body)))
    body = LOCAL.sub(lambda m: f"{m['before']}{{{{ '/{m['path']}' | relative_url }}}}", body)
    given = table(text)
    lang = str(given.get("lang") or "en")
    body = player.with_pieces(body, TAGS.get(lang, lang)) if played else body
    links = [
        f'<a href="{{{{ \'{twin.address}\' | relative_url }}}}" hreflang="{TAGS.get(twin.lang, twin.lang)}">'
        f"{NAMES.get(twin.lang, twin.lang)}</a>"
        for twin in twins
    ]
    links += [f'<a href="{code}">{CODE.get(lang, "Code")}</a>'] if code else []
    top = f"<p>{' · '.join(links)}</p>\n\n" if links else ""
    body = f"\n<!-- prettier-ignore-start -->\n\n{top}{body.strip()}\n\n{LOOKS}\n\n<!-- prettier-ignore-end -->\n"
    return f"---\n{''.join((kept | _more(root, path, given, choices, code, home)).values())}---\n{body}"


def bare(text: str) -> str:
    """A page, its tables without the containers of earlier exports."""
    return CONTAINER.sub(lambda match: match["rows"] or "", text)


def _more(root: Path, path: Path, given: dict, choices: Choices, code: str, home: str) -> dict[str, str]:
    """Keys with their lines: what al-folio reads besides what is `given`, and what the site's owner has set."""
    more: dict[str, str] = {}
    category = str(given.get("category") or "")
    appendix = category.partition("-")[0] == APPENDIX  # off the cards in every language
    if code.startswith("https://github.com/"):
        more["github"] = code
    if picture := str(given.get("img") or ""):
        if home:
            more["og_image"] = f"{home}/{picture}"
        if not appendix:
            more["img"] = cards.card(root, Path(picture.lstrip("/"))).as_posix()
    if choices.category and category and not appendix:
        lang = re.search(r"-[a-z]{2}$", category)  # on the cards of another language alone
        more["category"] = choices.category + (lang[0] if lang else "")
    stem = path.name.removesuffix(".md")
    for place in ("", f"{stem.split('.')[0]}:", f"{stem}:"):
        for key, value in choices.settings.items():
            owner, colon, name = key.rpartition(":")
            if place == owner + colon:
                more[name] = value
    return {key: f"{key}: {value}\n" for key, value in more.items()}


def _charts(root: Path, body: str) -> str:
    """Charts with the mark by which a dark page knows them."""

    def marked(match: re.Match) -> str:
        if not cards.is_chart(root, Path(match["path"]).with_suffix(".png")):
            return match[0]
        if 'class="' in match[0]:
            return match[0].replace('class="', 'class="chart ', 1)
        return match[0].replace(" path=", ' class="chart" path=', 1)

    return SHOWING.sub(marked, body)


def _films(root: Path, body: str) -> str:
    """A GIF whose film lies beside it becomes the film, with all its frames; a WebP becomes a JPEG."""

    def figure(match: re.Match) -> str:
        given = dict(PARAMETER.findall(match["given"]))
        path = Path(given.get("path", "").strip('"'))
        if path.suffix == ".gif" and (root / path).with_suffix(".mp4").is_file():
            given["path"] = f'"{path.with_suffix(".mp4").as_posix()}"'
            if (root / path).with_suffix(".png").is_file():
                given["poster"] = f'"{path.with_suffix(".png").as_posix()}"'
            words = " ".join(f"{key}={given[key]}" for key in FILM if key in given)
            return f"{{% include video.liquid {words} controls=true autoplay=true loop=true muted=true %}}"
        if path.suffix == ".webp":
            return match[0].replace(path.as_posix(), path.with_suffix(".jpg").as_posix())
        return match[0]

    def poster(match: re.Match) -> str:
        # al-folio writes the poster's path as it is given, so that it has to be given with the site's address.
        return f"{{% assign still = '/{match['path']}' | relative_url %}}{match['before']}poster=still"

    return POSTER.sub(poster, FIGURE.sub(figure, body))
