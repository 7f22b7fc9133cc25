"""A training run's state on disk: weights, their average, the optimizer and the progress, whole or refused."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from experiments.errors import InputError
from experiments.results import atomic
from experiments.video_diffusion.model.weight_files import read_record, read_tensors
from experiments.video_diffusion.training.schedule import TrainingConfig

log = logging.getLogger(__name__)
VIDEOS = {"source", "data"}  # of an origin; what else it names are weights
EMBEDDED = {"source": "MazeWalks"}  # the origin of what was trained before origins were noted


@dataclass(frozen=True)
class Learner:
    """What a training step changes. `trained` are the parameters by name, `average` their averaged copies."""

    module: nn.Module
    trained: dict[str, nn.Parameter]
    average: dict[str, Tensor]
    optimizer: torch.optim.Optimizer

    @classmethod
    def of(cls, module: nn.Module, config: TrainingConfig) -> "Learner":
        trained = {name: p for name, p in module.named_parameters() if p.requires_grad}
        average = {name: p.detach().clone() for name, p in trained.items()}
        device = next(iter(trained.values())).device
        # On a GPU one kernel takes the step of all parameters, and reads the rate where a CUDA graph can be told it.
        gpu = {"fused": True, "capturable": True} if device.type == "cuda" else {}
        optimizer = torch.optim.AdamW(
            trained.values(),
            lr=torch.zeros((), device=device) if gpu else 0.0,
            betas=(0.9, 0.99),
            weight_decay=config.weight_decay,
            **gpu,
        )
        return cls(module, trained, average, optimizer)

    def set_rate(self, rate: float) -> None:
        """The learning rate of the next step."""
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def write(self, path: Path, config: TrainingConfig, origin: dict[str, str], progress: dict) -> None:
        """Everything that a resumed run needs, at once or not at all. `origin` tells the data (see `read_state`)."""
        tensors = {f"model.{name}": value for name, value in self.module.state_dict().items()}
        tensors |= {f"average.{name}": value for name, value in self.average.items()}
        for name, parameter in self.trained.items():
            tensors |= {f"adam.{key}.{name}": value for key, value in self.optimizer.state[parameter].items()}
        parts = {"config": asdict(config), "origin": origin, "progress": progress}
        _save(path, tensors, parts)

    def restore(self, path: Path, tensors: dict[str, Tensor], may_grow: bool = False) -> None:
        """With `may_grow`, parameters that the state lacks keep their initial values: the network has grown since.

        Raises InputError when the tensors are those of another network.
        """
        old = {key[6:]: value for key, value in tensors.items() if key.startswith("model.")}
        try:
            self.module.load_state_dict((self.module.state_dict() if may_grow else {}) | old)
        except RuntimeError as error:
            raise InputError(f"{path}: belongs to another network; {_cure(path)}") from error
        on_gpu = self.optimizer.defaults["capturable"]
        for name, parameter in self.trained.items():
            if name not in old:
                continue
            self.average[name].copy_(tensors[f"average.{name}"])
            self.optimizer.state[parameter] = {
                key: tensors[f"adam.{key}.{name}"].to(parameter.device if key != "step" or on_gpu else "cpu")
                for key in ("step", "exp_avg", "exp_avg_sq")
            }


@contextmanager
def opened(path: Path) -> Iterator[tuple[dict[str, str], Any]]:
    """(metadata, safetensors file) of a state. Raises InputError for whatever cannot be read from it in the body."""
    try:
        with safe_open(path, framework="pt") as file:
            yield {"origin": json.dumps(EMBEDDED)} | file.metadata(), file
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: broken checkpoint ({type(error).__name__}); {_cure(path)}") from error


def read_state(path: Path, config: TrainingConfig, origin: dict[str, str]) -> tuple[dict, dict[str, Tensor]]:
    """(progress, tensors) of a state that `config` goes on from.

    Raises InputError when it is broken, of another configuration, or learned from other data. Where a cycle ends the
    weights it learned on may be others from here on; `progress["earlier"]` then tells which it had until which step.
    """
    with opened(path) as (metadata, file):
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a mapping)
        before, progress, known = (json.loads(metadata[key]) for key in ("config", "progress", "origin"))
    if not goes_on(before, config):
        raise InputError(f"{path}: belongs to another training configuration; {_cure(path)}")
    others = {key for key, value in origin.items() if known.get(key, value) != value}
    if begun_otherwise(known, origin):
        raise InputError(f"{path}: began with other weights than --begin-with has; {_cure(path)}")
    if others & VIDEOS or (others and progress["step"] not in config.restarts):
        raise InputError(f"{path}: learned from other data or on other weights; {_cure(path)}")
    if others:
        progress["earlier"] = [*progress.get("earlier", []), (progress["step"], known)]
    progress["losses"] = [tuple(point) for point in progress["losses"]]
    return progress, tensors


def begun_otherwise(known: dict[str, str], origin: dict[str, str]) -> bool:
    """Whether a training that is told what to begin with (`origin`) began with other weights than these, or with none.
    One that is told nothing goes on, whatever it began with."""
    return "begun_with" in origin and known.get("begun_with") != origin["begun_with"]


def beginning_of(path: Path) -> dict[str, str]:
    """With what weights the training of a state began, as its origin tells it; empty for random ones."""
    with opened(path) as (metadata, _):
        known = json.loads(metadata["origin"])
    return {"begun_with": known["begun_with"]} if "begun_with" in known else {}


def revive(weights: Path, state: Path, config: TrainingConfig) -> None:
    """Write the state that finished `weights` of `config`'s last cycle would have left, but for the optimizer, which
    starts anew, and for what half precision rounds. Does nothing where there are no such weights."""
    try:
        record = read_record(weights)
        if record["steps"] not in config.restarts or not goes_on(record["training"], config):
            return
        tensors = read_tensors(weights)
    except InputError:
        return  # nothing was finished here; the training makes it
    floats = {key: value.float() for key, value in tensors.items() if value.is_floating_point()}
    whole = {f"model.{key}": floats.get(key, value) for key, value in tensors.items()}
    for name, value in floats.items():
        whole |= {f"average.{name}": value.clone(), f"adam.step.{name}": torch.zeros(())}
        whole |= {f"adam.{moment}.{name}": torch.zeros_like(value) for moment in ("exp_avg", "exp_avg_sq")}
    progress = {"step": record["steps"]} | {key: record.get(key, []) for key in ("seconds", "losses", "earlier")}
    parts = {"config": record["training"], "origin": record.get("origin", EMBEDDED), "progress": progress}
    _save(state, whole, parts)
    log.warning("%s: no state; goes on from %s at step %d, with a new optimizer", state, weights, record["steps"])


def _save(path: Path, tensors: dict[str, Tensor], parts: dict[str, Any]) -> None:
    metadata = {key: json.dumps(value) for key, value in parts.items()}
    with atomic(path) as file:
        file.write(save({key: value.contiguous() for key, value in tensors.items()}, metadata))


def goes_on(before: dict, config: TrainingConfig) -> bool:
    """Whether a state of configuration `before` is a point on the way of `config`: the same, or one that ended
    where `config` has its next restart. A field that `before` does not have yet had its default."""
    defaults = {field.name: field.default for field in fields(TrainingConfig)}
    old, new = defaults | before, asdict(config)
    same = new.keys() - {"save_every", "steps", "restarts"}
    edges = (*old["restarts"], old["steps"])
    return all(old[key] == new[key] for key in same) and (
        edges == (*config.restarts, config.steps) or edges == config.restarts[: len(edges)]
    )


def _cure(path: Path) -> str:
    return f"delete {path} or train with --no-resume to start again"
