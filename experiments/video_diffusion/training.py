"""The training loop: AdamW with warm-up and cosine cycles, averaged weights, resumable after a kill at any step.

Every draw of step k comes from a generator seeded by (seed, k), so a resumed run sees what an unbroken one does.
State and weights are safetensors, written atomically.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from tqdm import tqdm

from experiments.errors import InputError
from experiments.results import atomic, device_name


@dataclass(frozen=True)
class TrainingConfig:
    steps: int
    batch: int
    learning_rate: float = 1e-3
    warmup: int = 100  # steps
    ema: float = 0.998  # decay a step of the averaged weights
    weight_decay: float = 0.01
    clip: float = 1.0  # gradient norm
    restarts: tuple[int, ...] = ()  # steps at which the learning rate starts again at its peak
    seed: int = 0
    save_every: float = 60.0  # seconds between checkpoints


@dataclass
class Trained:
    """`losses` holds the mean loss of every 1/200 of the run, with the step it ends at."""

    module: nn.Module  # with the averaged weights
    losses: list[tuple[int, float]]
    steps: int
    seconds: float
    device: str


def generator_for(seed: int, step: int, device: str = "cpu") -> torch.Generator:
    """The generator of one training step."""
    return torch.Generator(device).manual_seed((seed << 32) + step)


def precision(device: torch.device) -> torch.autocast:
    """bfloat16 where the hardware multiplies it, float32 elsewhere (Pascal has no bfloat16, most CPUs emulate it)."""
    if device.type == "cuda":
        fast = torch.cuda.get_device_capability(device) >= (8, 0)
    else:
        fast = device.type == "cpu" and torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device.type, torch.bfloat16, enabled=fast)


def learning_rate(config: TrainingConfig, step: int) -> float:
    """Linear warm-up, then a cosine to 2 % of the peak; again from every restart on (SGDR, Loshchilov & Hutter 2017)."""
    edges = (0, *config.restarts, config.steps)
    cycle = max(i for i, edge in enumerate(edges[:-1]) if edge <= step)
    done, length = step - edges[cycle], edges[cycle + 1] - edges[cycle]
    rise = min(1.0, (done + 1) / config.warmup)
    fall = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done / length))
    return config.learning_rate * rise * fall


def goes_on(before: dict, config: TrainingConfig) -> bool:
    """Whether a state of configuration `before` is a point on the way of `config`: the same, or one that ended
    where `config` has its next restart."""
    schedule = ("steps", "restarts")
    same = {key: value for key, value in asdict(config).items() if key not in ("save_every", *schedule)}
    edges = (*before.get("restarts", ()), before.get("steps"))
    return all(before.get(key) == value for key, value in same.items()) and (
        edges == (*config.restarts, config.steps) or edges == config.restarts[: len(edges)]
    )


def fit(
    module: nn.Module,
    loss: Callable[[nn.Module, int], Tensor],
    config: TrainingConfig,
    state: Path,
    *,
    resume: bool = True,
    label: str = "training",
) -> Trained:
    """Minimise `loss(module, step)` over the module's parameters that require gradients.

    `state` is the checkpoint to write every `save_every` seconds and to go on from; beside it, one more for the end
    of every cycle is kept. Raises InputError when it is there but broken, or belongs to another configuration.
    """
    device = next(module.parameters()).device
    trained = {name: p for name, p in module.named_parameters() if p.requires_grad}
    average = {name: p.detach().clone() for name, p in trained.items()}
    optimizer = torch.optim.AdamW(trained.values(), lr=0.0, betas=(0.9, 0.99), weight_decay=config.weight_decay)
    progress = {"step": 0, "seconds": 0.0, "losses": []}
    if resume and state.exists():
        progress = _restore(state, module, average, optimizer, trained, config)
    module.train()
    began = time.perf_counter() - progress["seconds"]
    saved, every = time.perf_counter(), max(1, config.steps // 200)
    window: list[float] = []
    bar = tqdm(range(progress["step"], config.steps), initial=progress["step"], total=config.steps, desc=label)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(config, step)
        with precision(device):
            value = loss(module, step)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(trained.values(), config.clip)
        optimizer.step()
        # A young average follows fast, so that it never remembers the initial weights.
        decay = min(config.ema, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(average.values()), [p.detach() for p in trained.values()], 1 - decay)
        window.append(value.item())
        if (step + 1) % every == 0 or step + 1 == config.steps:
            progress["losses"].append((step + 1, sum(window) / len(window)))
            bar.set_postfix(loss=f"{progress['losses'][-1][1]:.4f}")
            window.clear()
        progress |= {"step": step + 1, "seconds": time.perf_counter() - began}
        # Saving only where a window ends keeps the loss curve of a resumed run equal to an unbroken one's.
        if not window and (time.perf_counter() - saved > config.save_every or step + 1 == config.steps):
            _store(state, module, average, optimizer, trained, config, progress)
            saved = time.perf_counter()
        if step + 1 in config.restarts:
            cycle = state.with_name(f"{state.stem}-{step + 1}{state.suffix}")
            _store(cycle, module, average, optimizer, trained, config, progress)
    with torch.no_grad():
        for name, parameter in trained.items():
            parameter.copy_(average[name])
    module.eval()
    return Trained(module, progress["losses"], progress["step"], progress["seconds"], device_name(str(device)))


def _store(state, module, average, optimizer, trained, config, progress) -> None:
    tensors = {f"model.{name}": value for name, value in module.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.items()}
    for name, parameter in trained.items():
        tensors |= {f"adam.{key}.{name}": value for key, value in optimizer.state[parameter].items()}
    metadata = {"config": json.dumps(asdict(config)), "progress": json.dumps(progress)}
    with atomic(state) as file:
        file.write(save({key: value.contiguous() for key, value in tensors.items()}, metadata))


def _restore(state, module, average, optimizer, trained, config) -> dict:
    cure = f"delete {state} or train with --no-resume to start again"
    try:
        with safe_open(state, framework="pt") as file:
            metadata = file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a mapping)
        before = json.loads(metadata["config"])
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{state}: broken checkpoint ({type(error).__name__}); {cure}") from error
    if not goes_on(before, config):
        raise InputError(f"{state}: belongs to another training configuration; {cure}")
    try:
        module.load_state_dict({key[6:]: value for key, value in tensors.items() if key.startswith("model.")})
    except RuntimeError as error:
        raise InputError(f"{state}: belongs to another network; {cure}") from error
    for name, parameter in trained.items():
        average[name].copy_(tensors[f"average.{name}"])
        optimizer.state[parameter] = {
            key: tensors[f"adam.{key}.{name}"].to(parameter.device if key != "step" else "cpu")
            for key in ("step", "exp_avg", "exp_avg_sq")
        }
    progress = json.loads(metadata["progress"])
    progress["losses"] = [tuple(point) for point in progress["losses"]]
    return progress
