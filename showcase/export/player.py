"""The players and the live sampler in an al-folio site: scripts of our own, where the site's policy lets them run.

They go to `assets/player/`, named `….min.js` and `….min.css`, which al-folio's formatter and minifier leave alone. What
they expect of a page of our own site, words, language and colours, `begin.min.js` and the style sheet bring along.
Without them, or with scripts off, the film inside of each player stays.
"""

import json
import re
from pathlib import Path

from showcase import fast_yaml
from showcase.export.site import Site

HERE, PLACE = Path(__file__).parent, Path("assets/player")
MODULES, STYLE, WORDS = Path("theme/play"), Path("theme/_styles/player.css"), Path("_data/strings.yml")
WALK = ' data-piece="walk"'
BEGIN, SHEET = PLACE / "begin.min.js", PLACE / "player.min.css"
PIECE = re.compile(r"\bdata-(?:player|particles|live)\b")
DATA = re.compile(r"(?P<name>data-(?:player|particles))=\"/(?P<path>[^\"]+)\.json\"")
POLICY = re.compile(
    r"http-equiv=[\"']Content-Security-Policy[\"'][^>]*?\bcontent=\"([^\"]*)\"", re.DOTALL | re.IGNORECASE
)
IMPORT = re.compile(r"([\"']\./[\w-]+)\.mjs\b")
SPRITE = re.compile(r"\"([\w-]+\.(?:webp|png|jpg))\"")


def forbidden(site: Site) -> str:
    """The file whose policy keeps scripts of the site's own, or what they fetch, from a page; empty where none does."""
    for path, text in site.texts.items():
        for policy in POLICY.findall(text) if path.startswith(("_includes/", "_layouts/")) else ():
            rules = {words[0].lower(): words[1:] for rule in policy.split(";") if (words := rule.split())}
            for kind in ("script-src", "connect-src"):
                allowed = rules.get(kind, rules.get("default-src"))
                if allowed is not None and not {"'self'", "*"} & set(allowed):
                    return path
    return ""


def with_pieces(body: str, tag: str) -> str:
    """A page's text with its players, in the language `tag`, where it has any. The walk stays where its networks and
    their runtime are: elsewhere its film stands alone."""
    body = body.replace(WALK, "")
    if not PIECE.search(body):
        return body
    body = DATA.sub(lambda m: f"{m['name']}=\"{{{{ '/{m['path']}.data' | relative_url }}}}\"", body)
    style = f'<link rel="stylesheet" href="{{{{ \'/{SHEET.as_posix()}\' | relative_url }}}}">'
    script = f'<script type="module" src="{{{{ \'/{BEGIN.as_posix()}\' | relative_url }}}}" data-lang="{tag}"></script>'
    return f"{body.rstrip()}\n\n{style}\n{script}\n"


def source(root: Path, path: Path) -> Path | None:
    """The file here that becomes `path` there; None when it is none of the players'."""
    if path.suffix == ".data":
        found = root / path.with_suffix(".json")
    elif path.parent != PLACE:
        return None
    else:
        name = path.name.removesuffix(".min.js")
        found = root / {BEGIN: WORDS, SHEET: STYLE}.get(path, MODULES / f"{name}.mjs")
    return found if found.is_file() else None


def content(root: Path, path: Path) -> bytes:
    """What is written there."""
    text = source(root, path).read_text(encoding="utf-8")
    if path == BEGIN:
        words = json.dumps(fast_yaml.load(text), ensure_ascii=False)
        return (HERE / "begin.js").read_text(encoding="utf-8").replace("{}", words, 1).encode()
    if path == SHEET:
        return (HERE / "player.css").read_bytes() + text.encode()
    return (IMPORT.sub(r"\1.min.js", text) if path.parent == PLACE else text).encode()


def behind(root: Path, path: Path) -> set[Path]:
    """What a file of the players loads by itself."""
    if path == BEGIN:
        return {PLACE / f"{module.stem}.min.js" for module in (root / MODULES).glob("*.mjs")}
    if path.suffix == ".data" and (origin := source(root, path)):
        return {path.parent / name for name in SPRITE.findall(origin.read_text(encoding="utf-8"))}
    return set()
