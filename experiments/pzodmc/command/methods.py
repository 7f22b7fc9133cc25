"""A sampler from its name on the command line and `--set key=value` options, checked before anything runs."""

import importlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields
from typing import Any

import torch
import yaml

from ..adaptive import AdaptivePartialZODMC
from ..blocks import Blocks, check_blocks, singletons
from ..command.loading import Problem
from ..coupled import CoupledPartialZODMC
from ..draws import Sampler
from ..errors import InputError
from ..partial import ENGINES, PartialZODMC
from ..pooled import PooledZODMC
from ..zodmc import ZODMC

OWN: dict[str, type[Sampler]] = {
    "adaptive": AdaptivePartialZODMC,
    "zodmc": ZODMC,
    "pooled": PooledZODMC,
    "partial": PartialZODMC,
    "gibbs": CoupledPartialZODMC,
}
BASELINES = ("sir", "smc", "tempering", "rdmc", "ula", "dynesty", "pocomc")
METHODS = (*OWN, *BASELINES)


def make_sampler(
    method: str,
    problem: Problem,
    blocks: str | None,
    dtype: torch.dtype | None,
    options: Sequence[str],
    front: dict[str, Any],
):
    """The sampler. Raises InputError for options it does not have or values of a wrong kind."""
    kind = OWN.get(method) or importlib.import_module("..baselines", __package__).BASELINES[method]
    given = dict(map(parse_option, options))
    common = {"scale": problem.scale} | ({"dtype": dtype} if dtype is not None else {})
    if method != "adaptive" and (front or isinstance(problem.scale, list)):
        said = ", ".join(f"--{name}" for name in front) or "a --scale for each coordinate"
        raise InputError(f"{said}: only --method adaptive knows such coordinates; leave it out, or the method")
    if method == "adaptive":
        common |= front
    if blocks is not None and method not in ("partial", "gibbs"):
        raise InputError(f"--blocks is for --method partial and gibbs; {method} takes none")
    named = parse_blocks(blocks, problem.potential.dim) if blocks is not None else problem.potential.blocks
    if method == "partial":
        if named is None:
            raise InputError("--method partial: give --blocks '0,1;2', or let --method adaptive find them")
        engine = given.get("engine", "pooled")
        if engine not in ENGINES:
            raise InputError(f"--set engine={engine}: known are {', '.join(ENGINES)}")
        own, rest = checked(kind, {k: v for k, v in given.items() if k in ("engine", "anchor", "verify")}), given.keys()
        settings = checked(ENGINES[engine], common | {k: given[k] for k in rest if k not in own})
        return PartialZODMC(problem.potential, named, settings=settings, **own)
    if method == "gibbs":
        common["blocks"] = named or singletons(problem.potential.dim)
    return kind(problem.potential, **checked(kind, common | given))


def parse_option(text: str) -> tuple[str, Any]:
    """ "pool=4096" → ("pool", 4096); values as in YAML, and 1e5 is a number."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InputError(f"--set takes key=value, got {text!r}")
    try:
        parsed = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise InputError(f"--set {text}: the value cannot be read") from error
    if isinstance(parsed, str):
        with suppress(ValueError):
            parsed = float(parsed)
    return key.strip(), parsed


def parse_blocks(text: str, dim: int) -> Blocks:
    """ "0,1;2" → ((0, 1), (2,)), a partition of the coordinates."""
    try:
        blocks = [[int(i) for i in block.split(",")] for block in text.split(";")]
    except ValueError as error:
        raise InputError(f"--blocks takes coordinates like '0,1;2,3', got {text!r}") from error
    return check_blocks(blocks, dim)


def checked(kind: Callable, values: dict[str, Any]) -> dict[str, Any]:
    """The values in the kinds of the fields' defaults. InputError for unknown fields and wrong kinds."""
    known = {f.name: f.default for f in fields(kind) if f.name != "potential"}
    if unknown := [key for key in values if key not in known]:
        free = [key for key in known if key not in ("blocks", "scale", "dtype", "chunk", "settings")]
        raise InputError(f"--set {unknown[0]}: {kind.__name__} has no such option (it has: {', '.join(free)})")
    return {key: _as_kind(key, value, known[key]) for key, value in values.items()}


def _as_kind(key: str, value: Any, default: Any) -> Any:
    if default is None or default is MISSING or key in ("scale", "loc", "bounds", "periodic", "names"):
        return tuple(value) if isinstance(value, list) else value
    if isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(default, bool) and isinstance(value, bool)
    elif isinstance(default, int):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        fits = isinstance(value, int)
    elif isinstance(default, float):
        fits = isinstance(value, int | float)
        value = float(value) if fits else value
    else:
        fits = isinstance(value, type(default))
    if not fits:
        kinds = {bool: "true or false", int: "a whole number", float: "a number"}
        raise InputError(f"--set {key}={value}: give {kinds.get(type(default), 'a word')}, as in {key}={default}")
    return value
