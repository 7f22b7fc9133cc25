"""What code a step rests on: its module and every project module behind it, each with a digest.

The digest is taken over the syntax tree without docstrings, so comments, layout and documentation cost no rerun while
any change of code does.
"""

from functools import cache
from pathlib import Path

from showcase.syntax import facts_of


def code_behind(root: Path, *modules: str) -> dict[str, str]:
    """Dotted name → digest, for `modules` and what they import, directly or not, from the files below `root`.

    Imports inside functions count; those under TYPE_CHECKING, which never run, do not.
    """
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found and (read := _read(name, root)):
            found[name], imports = read
            waiting += imports
    return dict(sorted(found.items()))


def locate(module: str, root: Path) -> Path | None:
    """The file of a module of this repository; None when it is no such module."""
    path = root.joinpath(*module.split("."))
    for candidate in (path.with_name(path.name + ".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def _read(module: str, root: Path) -> tuple[str, tuple[str, ...]] | None:
    """Digest and imports of a module; None for one that is not of this repository."""
    path = locate(module, root)
    if path is None:
        return None
    facts = facts_of(path, root)
    parents = (module if path.name == "__init__.py" else module.rpartition(".")[0]).split(".")
    found: set[str] = set()
    for dots, base, name in facts.imports:
        if not name:
            found |= {base} | set(_lazy(base, root).values())
            continue
        base = ".".join(filter(None, (*(parents[: len(parents) - dots + 1] if dots else ()), base)))
        child = f"{base}.{name}"
        found.add(child if locate(child, root) else _lazy(base, root).get(name, base))
    return facts.digest, tuple(sorted(found))


@cache
def _lazy(package: str, root: Path) -> dict[str, str]:
    """Name → module, from the table of a package that loads what is in it when it is asked for."""
    path = locate(package, root)
    if path is None or path.name != "__init__.py":
        return {}
    return {name: f"{package}.{child}" for name, child in facts_of(path, root).lazy.items()}
