"""What an export keeps in the site: `.showcase/`, which Jekyll does not read and the site's owner commits.

    .showcase/_projects/x.md    the pages as they were exported last: what his edits are merged against
    .showcase/media.json        path → SHA-256 of pictures and films
    .showcase/options.json      the options of the command line that count until others are given

While an export is at work there is more: the page that is being written waits beside the last one, and a picture has
two digests, the old and the new. A cut leaves that behind, and the next export knows everything it needs from it.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic
from showcase.export.adaptation import Choices, bare
from showcase.export.overlay import MEDIA, PAGES
from showcase.merge import Merged, merge
from showcase.names import Names
from showcase.owned import COMING, bases, coming, nearest, renew
from showcase.projects import LANGUAGES

MEMORY = Path(".showcase")
DIGESTS, OPTIONS = MEMORY / "media.json", MEMORY / "options.json"


def remembered_pages(site: Path) -> list[Path]:
    """Pages that an earlier export, also a cut one, brought."""
    folder = site / MEMORY
    found = (path.relative_to(folder) for path in (folder / PAGES).rglob("*.md"))
    return sorted({path.with_name(path.name.removeprefix(COMING)) for path in found})


def merged(path: Path, known: list[str], mine: str, fresh: bytes) -> Merged:
    """The page that lies there, made from one of those `known`, and the one that is to come as one."""
    return merge(*map(bare, (nearest(mine, known), mine, fresh.decode())), Names.of_page(path))


def was_exported(site: Path, path: Path) -> bool:
    return (site / MEMORY / path).is_file()


def recorded(site: Path) -> dict[str, list[str]]:
    """Path → SHA-256 of what an export put there, more than one after a cut. Raises InputError when it is broken."""
    table = {path: each if isinstance(each, list) else [each] for path, each in _table(site / DIGESTS).items()}
    if not all(_may_be_ours(path) and all(isinstance(one, str) for one in each) for path, each in table.items()):
        raise InputError(f"{site / DIGESTS}: broken; bring it back from the site's git history")
    return table


def options(site: Path) -> Choices:
    """What earlier exports were told. Raises InputError when the file is broken."""
    table = _table(site / OPTIONS)
    try:
        settings = {str(key): str(value) for key, value in table.get("set", {}).items()}
        langs = (str(table["lang"]),) if table.get("lang") else ()
        if {*langs} - {*LANGUAGES} or any("\n" in text for text in (*settings, *settings.values())):
            raise TypeError
        return Choices(str(table.get("category", "")), langs, settings)
    except (AttributeError, TypeError) as error:
        raise InputError(f"{site / OPTIONS}: broken; bring it back from the site's git history") from error


def keep_options(site: Path, choices: Choices) -> None:
    table = {"category": choices.category, "lang": " ".join(choices.langs), "set": choices.settings}
    if any(table.values()) or (site / OPTIONS).is_file():
        write(site / OPTIONS, _json({key: value for key, value in table.items() if value}))


def record(site: Path, media: Mapping[str, list[str]]) -> None:
    """Before the first picture is written all that may lie there on the way; after the last one what there is."""
    write(site / DIGESTS, _json({path: each[0] if len(each) == 1 else each for path, each in media.items()}))


def renew_page(site: Path, path: Path, fresh: bytes) -> None:
    """Write a page, with what its owner saves there at this moment, and remember it."""
    last = site / MEMORY / path
    known = bases(last) or [fresh.decode()]

    def content(mine: bytes | None) -> bytes:
        return fresh if mine is None else merged(path, known, mine.decode(), fresh).text.encode()

    (site / path).parent.mkdir(parents=True, exist_ok=True)
    renew(site / path, last, fresh, content)


def forget(site: Path, path: Path) -> None:
    for file in (site / MEMORY / path, coming(site / MEMORY / path)):
        file.unlink(missing_ok=True)


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def write(path: Path, content: bytes) -> None:
    """Only what differs, and whole or not at all."""
    if not path.is_file() or path.read_bytes() != content:
        with atomic(path) as file:
            file.write(content)


def _json(table: Mapping) -> bytes:
    return (json.dumps(table, indent=2, ensure_ascii=False) + "\n").encode()  # as al-folio's formatter has it


def _table(path: Path) -> dict:
    try:
        table = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not isinstance(table, dict):
            raise ValueError("not a table")
    except ValueError as error:
        raise InputError(f"{path}: broken; bring it back from the site's git history") from error
    return table


def _may_be_ours(path: str) -> bool:
    """A recorded path may be deleted by an export: it has to lie in the folders for pictures and films."""
    return ".." not in Path(path).parts and any(Path(path).is_relative_to(folder) for folder in MEDIA)
