"""What a real al-folio site takes from here: pages, and the pictures and films that lie beside them. Nothing else."""

from pathlib import Path

PAGES = Path("_projects")
MEDIA = (Path("assets/img"), Path("assets/video"))


def pages(root: Path) -> list[Path]:
    """Every project page, the owner's own among them; paths relative to `root`."""
    return sorted(path.relative_to(root) for path in (root / PAGES).glob("*.md") if not path.name.startswith("."))


def media(root: Path) -> list[Path]:
    """All files in the folders named after a page: `x.en.md` brings `assets/img/x/` and `assets/video/x/`."""
    names = sorted({page.name.split(".")[0] for page in pages(root)})
    found = (path for name in names for folder in MEDIA for path in (root / folder / name).rglob("*"))
    return sorted(path.relative_to(root) for path in found if path.is_file() and not path.name.startswith("."))
