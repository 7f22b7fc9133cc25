"""Shipped weights: safetensors in half precision, with the record of how they were made in the same file."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from experiments.errors import InputError
from experiments.results import atomic
from experiments.video_diffusion.model.shipped_weights import FOLDER


def save_weights(module: nn.Module, path: Path, record: dict[str, Any]) -> None:
    """Write the tensors as float16 and `record` (training configuration, loss curve, device, time) as metadata.

    `record["config"]` is filled from `module.config`, so that `load_weights` can build the network again.
    """
    tensors = {
        name: (value.half() if value.is_floating_point() else value).cpu().contiguous()
        for name, value in module.state_dict().items()
    }
    record = {
        "config": asdict(module.config),
        "parameters": sum(p.numel() for p in module.parameters()),
        "digest": _digest(tensors),
    } | record
    with atomic(path) as file:
        file.write(save(tensors, {"record": json.dumps(record)}))


def read_record(path: Path) -> dict[str, Any]:
    """The record alone, without the weights. Raises InputError when the file is missing or broken."""
    try:
        with safe_open(path, framework="pt") as file:
            return json.loads(file.metadata()["record"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: missing or corrupt checkpoint ({type(error).__name__}); {cure_for(path)}") from error


def cure_for(path: Path) -> str:
    """How a checkpoint that is missing or corrupt comes back: a shipped one from the history, others by training."""
    if path.resolve().is_relative_to(FOLDER):
        return f"`git checkout -- {path.name}` beside it brings it back"
    return f"`python -m experiments.video_diffusion train {path.stem} --out {path.parent}` makes it"


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors as stored. Raises InputError when they are not those that the record was written with."""
    record = read_record(path)
    with safe_open(path, framework="pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a mapping)
    if record.get("digest", _digest(tensors)) != _digest(tensors):
        raise InputError(f"{path}: corrupt checkpoint (digest mismatch); {cure_for(path)}")
    return tensors


def digest_of(path: Path) -> str:
    """What tells two sets of weights apart, whatever their records say."""
    return _digest(read_tensors(path))


def _digest(tensors: dict[str, Tensor]) -> str:
    total = hashlib.sha256()
    for name in sorted(tensors):
        total.update(f"{name}{tuple(tensors[name].shape)}".encode() + tensors[name].numpy().tobytes())
    return total.hexdigest()[:16]


def load_weights(kind: type[nn.Module], config_class: type, path: Path, device: str = "cpu") -> nn.Module:
    """Build `kind(config)` from the file's record and load its weights as float32, in evaluation mode."""
    record, tensors = read_record(path), read_tensors(path)
    settings = {key: tuple(v) if isinstance(v, list) else v for key, v in record["config"].items()}
    module = kind(config_class(**settings))
    like = module.state_dict()
    try:
        module.load_state_dict({key: value.to(like[key].dtype) for key, value in tensors.items()})
    except (RuntimeError, KeyError) as error:
        raise InputError(f"{path}: these weights are of another network; train it again") from error
    # Channels last is what the CPU's and the GPU's convolutions are fastest with.
    return module.to(device, memory_format=torch.channels_last).eval()
