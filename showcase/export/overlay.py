"""What a real al-folio site takes from here: pages, and the pictures and films that they show. Nothing else."""

import re
from io import BytesIO
from pathlib import Path

from showcase.export import cards, player

PAGES = Path("_projects")
MEDIA = (Path("assets/img"), Path("assets/video"), player.PLACE)
SHOWN = re.compile(r"assets/(?:img|video|player)/[^\s\"'()<>{}|?#]+")
LARGEST = 500 * 1024  # bytes of a file that al-folio's hooks let pass
TEXT = (".json", ".svg", ".csv", ".txt")


def pages(root: Path) -> list[Path]:
    """Every project page, the owner's own and those in folders among them; paths relative to `root`."""
    found = (path.relative_to(root) for path in (root / PAGES).rglob("*.md"))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))


def shown(text: str) -> set[Path]:
    """The pictures, films and scripts that a page names, as paths."""
    return {Path(match[0].rstrip(".,;:")) for match in SHOWN.finditer(text)}


def source(root: Path, path: Path) -> Path | None:
    """The file here that becomes `path` there; None when there is none."""
    if (root / path).is_file():
        return root / path
    if made := player.source(root, path) or cards.source(root, path):
        return made
    # WebP is no picture to older al-folio: it goes as JPEG.
    webp = (root / path).with_suffix(".webp")
    return webp if path.suffix == ".jpg" and webp.is_file() else None


def content(root: Path, path: Path) -> bytes:
    """What is written there: with an end of its last line, which al-folio's hooks would add, no WebP, and no picture
    that they would refuse for its size."""
    origin = source(root, path)
    if player.source(root, path):
        return player.content(root, path)
    data = cards.content(root, path) if cards.source(root, path) else origin.read_bytes()
    if origin.suffix != path.suffix:
        from PIL import Image

        with Image.open(origin) as picture:
            for quality in (90, 80, 70):
                made = BytesIO()
                picture.convert("RGB").save(made, format="JPEG", quality=quality)
                if len(made.getvalue()) <= LARGEST:
                    break
        return made.getvalue()
    if path.suffix == ".png" and len(data) > LARGEST:
        return _smaller(data)
    return data.rstrip(b"\n") + b"\n" if path.suffix in TEXT and data else data


def _smaller(png: bytes) -> bytes:
    """The same picture in fewer bytes: packed better, and where that is not enough in 256 colours."""
    from PIL import Image

    with Image.open(BytesIO(png)) as picture:
        for image in (picture, picture.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG)):
            made = BytesIO()
            image.save(made, format="PNG", optimize=True)
            if len(made.getvalue()) <= LARGEST:
                break
    return made.getvalue()
