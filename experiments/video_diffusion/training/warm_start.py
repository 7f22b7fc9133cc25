"""Training that begins with finished weights in place of random ones, and how its record tells that."""

from pathlib import Path
from typing import Any

from torch import nn

from experiments.errors import InputError
from experiments.video_diffusion.model.weight_files import digest_of, read_record, read_tensors

KEPT = ("preset", "data", "steps", "seconds", "device", "losses", "earlier")


def begin(module: nn.Module, weights: Path) -> None:
    """Give the module finished weights; what it names in `grown` may be missing and keeps its own, and may be there
    where it has none, as what reads motion and memory for a network of recordings. Raises InputError when they are
    missing, corrupt or of another network."""
    like, grown = module.state_dict(), getattr(module, "grown", ())
    stored = read_tensors(weights).items()
    try:
        known = [(key, value) for key, value in stored if key in like or not key.startswith(grown)]
        given = {key: value.to(like[key].dtype) for key, value in known}
        module.load_state_dict({key: like[key] for key in like if key.startswith(grown)} | given)
    except (RuntimeError, KeyError) as error:
        raise InputError(f"--begin-with {weights.parent}: {weights.name} is of another network") from error


def stages(weights: Path) -> list[dict[str, Any]]:
    """What these weights had learned, for the record of those that begin with them."""
    *before, last = stages_of(read_record(weights))
    return [*before, last | {"digest": digest_of(weights)}]


def stages_before(finished: Path, origin: dict[str, str]) -> list[dict[str, Any]]:
    """The stages before a training that goes on without being told again what it began with: those in the record of
    its own finished weights."""
    if "begun_with" not in origin or not finished.exists():
        return []
    record = read_record(finished)
    same = record.get("origin", {}).get("begun_with") == origin["begun_with"]
    return record.get("stages", []) if same else []


def stages_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """A training's stages in order, its own last. `examples` are those of all its batches, each as often as it was
    seen; `earlier` tells until which steps it learned on other weights."""
    own = {key: record.get(key, []) for key in KEPT} | {"examples": record["steps"] * record["training"]["batch"]}
    return [*record.get("stages", []), own]


def learned(weights: Path) -> int:
    """How many examples finished weights have learned from, in all their stages. Raises InputError without them."""
    return sum(stage["examples"] for stage in stages_of(read_record(weights)))
