"""A real al-folio site: how it is known, and what it remembers of the last export.

`.showcase/` in the site holds the pages as they were exported and the digests of pictures and films. Jekyll does not
read it; the site's owner commits it.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from experiments.errors import InputError
from experiments.results import atomic
from showcase.overlay import MEDIA, PAGES

MEMORY = Path(".showcase")
DIGESTS = MEMORY / "media.json"  # path → SHA-256
FIGURE = Path("_includes/figure.liquid")  # in al-folio of 2024 and later; v1 has it in its gem
GEM = "al_folio_core"


def must_be_al_folio(site: Path, root: Path) -> None:
    """Raises InputError when the folder is missing or is no site that these pages work in."""
    if not site.is_dir():
        raise InputError(f"{site}: no such folder; --to takes the folder of an al-folio site")
    if site.resolve() == root.resolve():
        raise InputError(f"{site}: is this repository; --to takes the folder of an al-folio site")
    named = [site / name for name in ("_config.yml", "Gemfile") if (site / name).is_file()]
    by_gem = any(GEM in path.read_text(encoding="utf-8", errors="replace") for path in named)
    if not (site / "_config.yml").is_file() or not ((site / FIGURE).is_file() or by_gem):
        raise InputError(f"{site}: not an al-folio site of 2024 or later (_config.yml, and {FIGURE} or {GEM})")


def recorded(site: Path) -> dict[str, str]:
    """Path → SHA-256 of the pictures and films exported last. Raises InputError when the file is broken."""
    try:
        table = json.loads((site / DIGESTS).read_text(encoding="utf-8")) if (site / DIGESTS).is_file() else {}
        if not isinstance(table, dict) or not all(map(_may_be_ours, table)):
            raise ValueError("not a table of pictures")
    except ValueError as error:
        raise InputError(f"{site / DIGESTS}: broken; bring it back from the site's git history") from error
    return table


def remember(root: Path, site: Path, paths: Sequence[Path]) -> None:
    """Record these files of `root` as exported, and no others."""
    pages = {path for path in paths if path.is_relative_to(PAGES)}
    for path in pages:
        write(site / MEMORY / path, (root / path).read_bytes())
    for old in (site / MEMORY / PAGES).glob("*.md"):
        if old.relative_to(site / MEMORY) not in pages:
            old.unlink()
    digests = {path.as_posix(): digest(root / path) for path in paths if path not in pages}
    write(site / DIGESTS, (json.dumps(digests, indent=1) + "\n").encode())


def digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes, None when there is no such file."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def write(path: Path, content: bytes) -> None:
    """Only what differs, and whole or not at all."""
    if not path.is_file() or path.read_bytes() != content:
        with atomic(path) as file:
            file.write(content)


def _may_be_ours(path: str) -> bool:
    """A recorded path may be deleted by an export: it has to lie in the folders for pictures and films."""
    return ".." not in Path(path).parts and any(Path(path).is_relative_to(folder) for folder in MEDIA)
