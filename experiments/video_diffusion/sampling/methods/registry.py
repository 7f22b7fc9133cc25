"""Methods by name, as the command line knows them: the class `FeatureInjection` is `feature_injection`."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import yaml

from experiments.errors import InputError
from experiments.video_diffusion.sampling import methods
from experiments.video_diffusion.sampling.methods.method import Method


def registry() -> dict[str, type[Method]]:
    """Every method that the package names; the base class is "independent"."""
    named = {name: getattr(methods, name) for name in methods.__all__}
    kinds = {name: kind for name, kind in named.items() if isinstance(kind, type) and issubclass(kind, Method)}
    return {"independent" if kind is Method else snake(name): kind for name, kind in kinds.items()}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def settings(kind: type[Method]) -> dict[str, Any]:
    """What a user may set, with the defaults: numbers, switches and words, not networks."""
    return {field.name: field.default for field in fields(kind) if isinstance(field.default, int | float | str)}


def build(name: str, given: Mapping[str, str], **networks) -> Method:
    """The method `name` with settings given as text. `networks` are handed to methods that have a field of that name.

    Raises InputError for an unknown method or setting, or a value of the wrong kind.
    """
    known = registry()
    if name not in known:
        raise InputError(f"no method '{name}' (known: {', '.join(known)})")
    defaults = settings(known[name])
    if unknown := sorted(set(given) - set(defaults)):
        raise InputError(f"{name} has no setting '{unknown[0]}' (known: {', '.join(defaults)})")
    values = {key: _value(key, text, defaults[key]) for key, text in given.items()}
    own = {field.name for field in fields(known[name])} & set(networks)
    return known[name](**values, **{key: networks[key]() for key in own})


def _value(key: str, text: str, default: Any) -> Any:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = None
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        kind = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}[type(default)]
        raise InputError(f"{key} must be {kind}, not '{text}'")
    return value
