"""Whose site it is: what `_config.yml` still lacks of a name and links, in one line for the build's summary."""

from pathlib import Path

from experiments.errors import InputError
from showcase import fast_yaml

NAME = ("first_name", "last_name", "affiliation")  # without these, pages show a stand-in
FIELDS = (*NAME, "photo", "email", "cv_pdf", "github_username", "scholar_userid", "orcid_id")


def missing(root: Path) -> list[str]:
    """Fields of `_config.yml` that are empty; none where there is no such file or it cannot be read."""
    try:
        config = fast_yaml.read(root / "_config.yml")
    except (OSError, InputError):
        return []
    return [name for name in FIELDS if not _given(config.get(name))]


def advice(root: Path) -> str:
    """One line, or nothing where all is filled in."""
    empty = missing(root)
    if not empty:
        return ""
    stand_in = "; pages show a stand-in for the author" if set(empty) & set(NAME) else ""
    return f"Empty in _config.yml: {', '.join(empty)}{stand_in}."


def _given(value: object) -> bool:
    return any(map(_given, value.values())) if isinstance(value, dict) else bool(str(value or "").strip())
