"""Measured values by dotted key: `double_wells.rows.0.seconds` is the part, then the path in its result's values.

A page never has a number typed into its prose; it asks here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from html import escape, unescape
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from experiments.results import Provenance, Result
from showcase.prose import harmless

MISSING = object()  # what a key leads to that leads nowhere; None is a value that a run could not measure


@dataclass(frozen=True)
class Style:
    """How a value is written: a format specification, in brackets where its interval is wanted (`[.2f]`), a factor
    before it and a unit after it.

    A unit keeps to its number: `%` without a blank, any other behind a narrow no-break space.
    """

    spec: str = ""
    scale: float = 1
    unit: str = ""

    def __post_init__(self):
        unit = self.unit.strip() if self.unit.strip() == "%" else re.sub(r"\A ", "\u202f", self.unit)
        object.__setattr__(self, "unit", unit)

    @property
    def interval(self) -> bool:
        return self.spec.startswith("[") and self.spec.endswith("]")

    def alike(self, other: "Style") -> bool:
        """The same but for which unit it is."""
        return replace(self, unit=other.unit) == other and bool(self.unit) == bool(other.unit)

    def bound(self, key: str) -> str:
        """`key|format|scale|unit` for a comment; what is at its default is left out, but for the first bar."""
        unit = escape(self.unit.replace("\u202f", " ")).replace("|", "&#124;").replace("-", "&#45;")
        settings = "|".join((self.spec, "" if self.scale == 1 else f"{self.scale:g}", unit)).rstrip("|")
        return f"{key}|{settings}"

    @classmethod
    def unbound(cls, name: str) -> tuple[str, "Style"]:
        """The inverse of `bound`: key and style."""
        key, spec, scale, unit = (name.split("|") + ["", "", ""])[:4]
        try:
            return key, cls(spec, float(scale or 1), unescape(unit))
        except ValueError:
            return key, cls(spec, 1, unescape(unit))


@dataclass(frozen=True)
class Values:
    """All results of one project under one preset. `template` is named in errors."""

    tree: Mapping[str, Any]
    provenance: Mapping[str, Provenance]
    source: str = "results"
    template: str = ""
    configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # part -> its configuration
    near: dict[str, str] = field(default_factory=dict, repr=False, compare=False)  # answers to keys that are none

    @classmethod
    def load(cls, folder: Path) -> "Values":
        """Read every result in results/<project>/<preset>. Raises InputError when there is none or one is broken."""
        results = [Result.load(path) for path in sorted(folder.glob("*.json"))]
        if not results:
            raise InputError(
                f"{folder}: no results; `python build_figures.py --only {folder.parent.name} --preset {folder.name}`"
                " makes them"
            )
        return cls(
            {result.name: result.values for result in results},
            {result.name: result.provenance for result in results},
            source=f"{folder.parent.name}/{folder.name}",
            configs={result.name: result.config for result in results},
        )

    def within(self, template: str) -> "Values":
        """The same values; errors name `template` as the place that asked."""
        return replace(self, template=template)

    def __getitem__(self, key: str) -> Any:
        """The value at `key`. Raises InputError, with the nearest keys, when there is none or it is None."""
        node = self._find(key)
        if node is MISSING:
            raise InputError(f"{self._where(key)}: no such value{self._nearest(key)}")
        if node is None:
            raise InputError(f"{self._where(key)}: the run could not measure this value (it is null)")
        return node

    @property
    def keys(self) -> list[str]:
        """All keys that lead to a number or an estimate."""
        return list(keys(self.tree))

    def __contains__(self, key: str) -> bool:
        return self._find(key) not in (MISSING, None)

    def _find(self, key: str) -> Any:
        node: Any = self.tree
        steps = key.split(".")
        while steps:
            # A name may hold a dot itself, as "0.45" does: the longest one that is there counts.
            widths = range(len(steps), 0, -1) if isinstance(node, Mapping) else ()
            width = next((k for k in widths if ".".join(steps[:k]) in node), 1)
            step, steps = ".".join(steps[:width]), steps[width:]
            if isinstance(node, Mapping) and step in node:
                node = node[step]
            elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
                node = node[int(step)]
            else:
                return MISSING
        return node

    def names(self, key: str) -> list[str]:
        """What stands below `key`, in order: the names of a tree, the indices of a list."""
        node = self._find(key)
        if not isinstance(node, (list, Mapping)):
            raise InputError(f"{self._where(key)}: has nothing below it{self._nearest(key) if node is MISSING else ''}")
        return [str(index) for index in range(len(node))] if isinstance(node, list) else list(node)

    def write(self, key: str, style: Style) -> str:
        """The value as text in which HTML, Liquid and Markdown find nothing to do."""
        value = self[key]
        estimate = isinstance(value, Mapping) and "value" in value
        if style.interval:
            if not estimate or value.get("low") is None or value.get("high") is None:
                raise InputError(f"{self._where(key)}: has no interval (value, low, high)")
            middle, low, high = (self._format(key, value[part], style) for part in ("value", "low", "high"))
            return f"{middle}{escape(style.unit)} [{low}, {high}]"
        return self._format(key, value["value"] if estimate else value, style) + escape(style.unit)

    def _format(self, key: str, value: Any, style: Style) -> str:
        if isinstance(value, (Mapping, list)):
            raise InputError(f"{self._where(key)}: not a number but a {'list' if isinstance(value, list) else 'tree'}")
        spec = style.spec[1:-1] if style.interval else style.spec
        try:
            if style.scale != 1:
                value = value * style.scale
            # Whole numbers arrive as floats from JSON; "-0.0" is nobody's result.
            if spec.endswith("d") and float(value).is_integer():
                value = int(value)
            text = format(value, spec)
        except (TypeError, ValueError) as error:
            raise InputError(f"{self._where(key)}: format '{spec}' does not fit {value!r}") from error
        if isinstance(value, str):
            return harmless(text)
        if text.startswith("-"):
            return "−" + text[1:] if any(digit in text for digit in "123456789") else text[1:]
        return text

    def _where(self, key: str) -> str:
        place = f"{self.template}: " if self.template else ""
        return f"{place}value '{key}' of {self.source}"

    def _nearest(self, key: str) -> str:
        """What was perhaps meant. Asked once a key: to compare it with thousands of others takes a while, and a page
        whose results are missing asks for the same ones again and again."""
        if key not in self.near:
            self.near[key] = self._compared(key)
        return self.near[key]

    def _compared(self, key: str) -> str:
        part = key.partition(".")[0]
        known = [other for other in keys(self.tree) if part not in self.tree or other.startswith(f"{part}.")]
        near = get_close_matches(key, known, n=3, cutoff=0.4)
        # A right path with a wrong last step: its siblings help more than what merely looks alike.
        parent = key.rpartition(".")[0] + "."
        near += [sibling for sibling in known if sibling.startswith(parent) and sibling not in near][: 5 - len(near)]
        return f"; nearest: {', '.join(near)}" if near else f"; known parts: {', '.join(self.tree)}"


def keys(tree: Any, prefix: str = "") -> Iterator[str]:
    """All dotted keys that lead to a scalar or an estimate."""
    if prefix and (not isinstance(tree, (Mapping, list)) or (isinstance(tree, Mapping) and "value" in tree)):
        yield prefix
        return
    for name, node in enumerate(tree) if isinstance(tree, list) else tree.items():
        yield from keys(node, f"{prefix}.{name}" if prefix else str(name))
