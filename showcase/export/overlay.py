"""What a real al-folio site takes from here: pages, and the pictures and films that they show. Nothing else."""

import re
from io import BytesIO
from pathlib import Path

PAGES = Path("_projects")
MEDIA = (Path("assets/img"), Path("assets/video"))
SHOWN = re.compile(r"assets/(?:img|video)/[^\s\"'()<>{}|?#]+")
TEXT = (".json", ".svg", ".csv", ".txt")


def pages(root: Path) -> list[Path]:
    """Every project page, the owner's own and those in folders among them; paths relative to `root`."""
    found = (path.relative_to(root) for path in (root / PAGES).rglob("*.md"))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))


def shown(text: str) -> set[Path]:
    """The pictures and films that a page names, as paths."""
    return {Path(match[0].rstrip(".,;:")) for match in SHOWN.finditer(text)}


def source(root: Path, path: Path) -> Path | None:
    """The file here that becomes `path` there; None when there is none."""
    if (root / path).is_file():
        return root / path
    # WebP is no picture to older al-folio: it goes as JPEG.
    webp = (root / path).with_suffix(".webp")
    return webp if path.suffix == ".jpg" and webp.is_file() else None


def content(root: Path, path: Path) -> bytes:
    """What is written there: with an end of its last line, which al-folio's hooks would add, and no WebP."""
    origin = source(root, path)
    data = origin.read_bytes()
    if origin.suffix != path.suffix:
        from PIL import Image

        made = BytesIO()
        with Image.open(origin) as picture:
            picture.convert("RGB").save(made, format="JPEG", quality=90)
        return made.getvalue()
    return data.rstrip(b"\n") + b"\n" if path.suffix in TEXT and data else data
