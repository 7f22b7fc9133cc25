"""Names of measured numbers: `showcase/values/<project>.yaml` says once what each name stands for.

    "*.seams": {key: overview.comparison.methods.*.seam_validity, format: .0f, scale: 100, unit: "%"}

A star stands for one step of the key, and for the same step in the name: `injection.seams`. What another language
writes otherwise has its own settings there: `zh: {format: .0f, scale: 0.0001}`. A number without a name is bound in
full, as `key|format|scale|unit`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from showcase import fast_yaml
from showcase.values import Style, Values

ROOT, FOLDER = Path(__file__).parents[1], Path("showcase/values")
SETTINGS = {"format", "scale", "unit"}


@dataclass(frozen=True)
class Entry:
    """One line of the file; `styles` are by language, "" for all others."""

    name: str
    key: str
    styles: Mapping[str, Style]
    line: int = 0

    def style(self, lang: str) -> Style:
        return self.styles.get(lang, self.styles[""])

    @property
    def last_step(self) -> str:
        """Of its key, but for a star."""
        return self.key.rstrip(".*").rpartition(".")[2]

    def leads_to(self, values: Values) -> bool:
        """Does a run measure something at its key?"""
        return any(_match(self.key, key) is not None for key in values.keys) if "*" in self.key else self.key in values


@dataclass(frozen=True)
class Names:
    """The names of one project, as one language writes them."""

    entries: tuple[Entry, ...] = ()
    lang: str = "en"
    path: str = ""

    @classmethod
    def load(cls, root: Path, project: str, lang: str) -> "Names":
        """From the project's file; without one no number has a name. Raises InputError with the line of a mistake."""
        path = FOLDER / f"{project}.yaml"
        try:
            table = fast_yaml.read(root / path, path)
        except FileNotFoundError:
            return cls(lang=lang, path=path.as_posix())
        lines = table.lines
        made = (_entry(f"{path}:{lines[name]}", str(name), given, lines[name]) for name, given in table.items())
        return cls(tuple(made), lang, path.as_posix())

    @classmethod
    def of_page(cls, path: Path, root: Path = ROOT) -> "Names":
        """The names of the project that a page is about, as its language writes them."""
        project, *_, lang = path.stem.split(".")
        return cls.load(root, project, lang)

    # Where there are no results to ask, the names are all that a merge can know (showcase.binding.Lookup).

    def number(self, name: str) -> None:
        """Nothing is measured here."""

    def claim(self, name: str) -> None:
        """Nothing is claimed here."""

    def name(self, key: str, style: Style) -> str:
        """The name of a number written so, or its binding in full. Raises InputError when the file has another unit."""
        for entry in self.entries:
            own = entry.style(self.lang)
            if own.alike(style) and (steps := _match(entry.key, key)) is not None:
                if own.unit != style.unit:
                    units = own.unit.strip(), style.unit.strip()
                    raise InputError(f"'{key}' has the unit '{units[0]}' in {self.path}, not '{units[1]}'")
                name = _filled(entry.name, steps)
                if self.named(name) == (key, own):  # and not first what another line says of such a name
                    return name
        return style.bound(key)

    def named(self, name: str) -> tuple[str, Style] | None:
        """What the file says of a name: its key and style; None when it does not know it."""
        for entry in self.entries:
            if (steps := _match(entry.name, name)) is not None:
                return _filled(entry.key, steps), entry.style(self.lang)
        return None

    def resolve(self, name: str) -> tuple[str, Style]:
        """Key and style of a name or of a binding in full."""
        return self.named(name) or Style.unbound(name)

    def canonical(self, name: str) -> str:
        """The name of what a binding in full binds, where there is one."""
        try:
            return self.name(*Style.unbound(name)) if "|" in name else name
        except InputError:  # another unit than the file's
            return name

    def nearest(self, name: str, used: list[str]) -> str:
        """A hint for a name that nothing knows, from those in use on the pages."""
        near = get_close_matches(name, [*used, *(entry.name for entry in self.entries)], n=1, cutoff=0.5)
        return f"; nearest: {near[0]}" if near else ""

    def unused(self, used: set[str]) -> Iterator[Entry]:
        """Lines of the file whose name no page and no wording binds."""
        return (entry for entry in self.entries if not any(_match(entry.name, name) is not None for name in used))


def _entry(where: str, name: str, given: Any, line: int) -> Entry:
    try:
        shared = {setting: given[setting] for setting in SETTINGS & set(given)}
        others = {lang: own for lang, own in given.items() if lang not in SETTINGS | {"key"}}
        styles = {"": _style(shared)} | {lang: _style(shared | own) for lang, own in others.items()}
        key = given["key"]
    except (TypeError, KeyError, ValueError) as error:
        raise InputError(f"{where}: '{name}' needs a key, and may have format, scale and unit") from error
    if not re.fullmatch(r"[A-Za-z*][\w*-]*(\.[\w*-]+)+", name):
        raise InputError(f"{where}: '{name}' is no name: write two words or more with dots between, as injection.seams")
    if name.count("*") != key.count("*"):
        raise InputError(f"{where}: '{name}' has {name.count('*')} stars and its key {key.count('*')}")
    for style in styles.values():
        if style.unit == "%" and style.scale != 100:
            raise InputError(f"{where}: '{name}': results hold shares, so that the unit % needs the scale 100")
    return Entry(name, key, styles, line)


def _style(given: Mapping[str, Any]) -> Style:
    if set(given) - SETTINGS:
        raise KeyError(set(given) - SETTINGS)
    return Style(str(given.get("format", "")), float(given.get("scale", 1)), str(given.get("unit", "")))


def _match(pattern: str, text: str) -> tuple[str, ...] | None:
    """What the stars of a pattern stand for in a text, or None."""
    found = _compiled(pattern).fullmatch(text)
    return found.groups() if found else None


@cache
def _compiled(pattern: str) -> re.Pattern:
    return re.compile(re.escape(pattern).replace(r"\*", r"([^.|]+(?:\.\d+)?)"))


def _filled(pattern: str, steps: tuple[str, ...]) -> str:
    for step in steps:
        pattern = pattern.replace("*", step, 1)
    return pattern
