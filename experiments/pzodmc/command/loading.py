"""What to sample, from a word: a target's name, or a user's own potential in a module or a file."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..oracle import Potential
from ..targets import TARGETS, Target

DEFAULT_SCALE = 4.0


@dataclass(frozen=True)
class Problem:
    """A potential and a scale that covers it; the target with its exact draws, where it is a known one."""

    name: str
    potential: Potential
    scale: float | list[float]
    target: Target | None = None


def load(text: str, dim: int | None = None, scale: float | list[float] | None = None) -> Problem:
    """`text`: a name of TARGETS, "module:function" or "path.py:function".

    The function is V itself, (m, dim) → (m,), and then `dim` is required; or it takes nothing and returns a Potential
    or a Target; a Potential or Target itself will do too. Raises InputError where nothing of the kind is found.
    """
    if scale is not None and not min(scale if isinstance(scale, list) else [scale]) > 0:
        raise InputError(f"--scale must be positive, got {scale}")
    if ":" not in text:
        if text not in TARGETS:
            raise InputError(
                f"unknown target {text!r}; known: {', '.join(TARGETS)}; your own: module:function or file.py:function"
            )
        made: Any = TARGETS[text]()
    else:
        made = _resolve(text, dim)
    known = made if isinstance(made, Target) else None
    potential = made.potential if known else made
    if dim is not None and dim != potential.dim:
        raise InputError(f"--dim {dim}: {text} has {potential.dim} dimensions; leave --dim out")
    return Problem(text, potential, scale or (known.scale if known else DEFAULT_SCALE), known)


def _resolve(text: str, dim: int | None) -> Potential | Target:
    where, _, name = text.rpartition(":")
    found = getattr(_module(where), name, None)
    if found is None:
        raise InputError(f"--target {text}: there is no {name!r} in {where}")
    if callable(found) and not _arguments(found):
        try:
            found = found()
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{text} failed: {_line(error)}") from error
    if isinstance(found, Potential | Target):
        return found
    if not callable(found):
        raise InputError(f"--target {text}: got {type(found).__name__}; give a function, a Potential or a Target")
    if dim is None:
        raise InputError(f"--target {text} is V itself: say in how many dimensions with --dim")
    return Potential(found, dim)


def _module(where: str) -> Any:
    """A module by its name or its file, with the current directory importable."""
    if not where.endswith(".py") and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        if not where.endswith(".py"):
            return importlib.import_module(where)
        path = Path(where).resolve()
        if not path.is_file():
            raise InputError(f"--target: there is no file {where}")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"--target: {where} cannot be imported: {_line(error)}") from error


def _arguments(function: Callable) -> bool:
    """Whether the function must be given something."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    required = [
        p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return bool(required)


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
