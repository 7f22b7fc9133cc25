"""Training that begins with finished weights in place of random ones, and how its record tells that."""

from pathlib import Path
from typing import Any

from torch import nn

from experiments.errors import InputError
from experiments.video_diffusion.checkpoints import digest_of, read_record, read_tensors

KEPT = ("preset", "data", "steps", "seconds", "device")


def begin(module: nn.Module, weights: Path) -> None:
    """Give the module finished weights. Raises InputError when they are missing, corrupt or of another network."""
    like = module.state_dict()
    try:
        module.load_state_dict({key: value.to(like[key].dtype) for key, value in read_tensors(weights).items()})
    except (RuntimeError, KeyError) as error:
        raise InputError(f"--begin-with {weights.parent}: {weights.name} is of another network") from error


def stages(weights: Path | None) -> list[dict[str, Any]]:
    """What these weights had learned, stage by stage, for the record of those that begin with them. A stage's `clips`
    are the examples of its batches, each as often as it was seen."""
    if weights is None:
        return []
    record = read_record(weights)
    last = {key: record[key] for key in KEPT} | {"clips": examples(record), "digest": digest_of(weights)}
    return [*record.get("stages", []), last]


def examples(record: dict[str, Any]) -> int:
    """How many examples a training's batches held."""
    return record["steps"] * record["training"]["batch"]
