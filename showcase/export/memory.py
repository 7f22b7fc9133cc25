"""What an export keeps in the site: `.showcase/`, which Jekyll does not read and the site's owner commits.

    .showcase/_projects/x.md    the pages as they were exported last: what his edits are merged against
    .showcase/media.json        path → SHA-256 of pictures and films
    .showcase/options.json      the options of the command line that count until others are given

While an export is at work there is more: `.showcase/next/` has the pages that are being written, and a picture has two
digests, the old and the new. A cut leaves that behind, and the next export knows everything it needs from it.
"""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic
from showcase.export.adaptation import Choices
from showcase.export.overlay import MEDIA, PAGES
from showcase.owned import nearest
from showcase.projects import LANGUAGES

MEMORY = Path(".showcase")
DIGESTS, OPTIONS, NEXT = MEMORY / "media.json", MEMORY / "options.json", MEMORY / "next"


def remembered_pages(site: Path) -> list[Path]:
    """Pages that an earlier export, also a cut one, brought."""
    folders = (site / MEMORY / PAGES, site / NEXT / PAGES)
    found = {path.relative_to(folder) for folder in folders for path in folder.rglob("*.md")}
    return sorted(PAGES / path for path in found)


def page_before(site: Path, path: Path, mine: str) -> str | None:
    """What `mine` was made from: the last page exported, or the one of a cut export; None when there was none."""
    known = [site / folder / path for folder in (MEMORY, NEXT)]
    bases = [file.read_text(encoding="utf-8") for file in known if file.is_file()]
    return nearest(mine, bases) if bases else None


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


def announce(site: Path, pages: Mapping[Path, bytes], media: Mapping[str, list[str]]) -> None:
    """Before the first file is written: all that is about to be."""
    for path, content in pages.items():
        # After a cut the page may have been made from the one in `next`: it has to outlive the new one.
        if (site / NEXT / path).is_file() and (site / path).is_file():
            base = page_before(site, path, (site / path).read_text(encoding="utf-8", errors="replace"))
            write(site / MEMORY / path, base.encode())
        if not was_exported(site, path) or (site / MEMORY / path).read_bytes() != content:
            write(site / NEXT / path, content)
    write(site / DIGESTS, _json({path: each[0] if len(each) == 1 else each for path, each in media.items()}))


def settle(site: Path, path: Path) -> None:
    """A page is written: from now on it is what edits are merged against."""
    if (site / NEXT / path).is_file():
        (site / MEMORY / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(site / NEXT / path, site / MEMORY / path)


def conclude(site: Path, forgotten: list[Path], media: Mapping[str, str]) -> None:
    """After the last file is written: what there is, and no more."""
    for path in forgotten:
        for folder in (MEMORY, NEXT):
            (site / folder / path).unlink(missing_ok=True)
    for path in sorted((site / NEXT).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    if (site / NEXT).is_dir():
        (site / NEXT).rmdir()
    write(site / DIGESTS, _json(media))


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
