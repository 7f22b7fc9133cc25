"""The training loop: AdamW with warm-up and cosine cycles, averaged weights, resumable after a kill at any step.

Every draw of step k comes from a generator seeded by (seed, k), so a resumed run sees what an unbroken one does, and
N processes see what one does (`distributed`). State and weights are safetensors, written atomically.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from experiments.results import device_name
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.training.cuda_graph import Replay
from experiments.video_diffusion.training.distributed import mean_over_processes, rank, shared, size
from experiments.video_diffusion.training.schedule import TrainingConfig, learning_rate
from experiments.video_diffusion.training.state import Learner, read_state

log = logging.getLogger(__name__)


@dataclass
class Trained:
    """`losses` holds the mean loss of every 1/200 of the run, with the step it ends at."""

    module: nn.Module  # with the averaged weights
    losses: list[tuple[int, float]]
    steps: int
    seconds: float
    device: str
    earlier: list[tuple[int, dict[str, str]]]  # until which steps it learned on other weights, and their origin


def generator_for(seed: int, step: int, device: str = "cpu") -> torch.Generator:
    """The generator of one training step."""
    # Both numbers mixed into 32 bits: a generator on the CPU leaves the higher ones of a seed unread.
    return torch.Generator(device).manual_seed(int(np.random.SeedSequence([seed, step]).generate_state(1)[0]))


def fit(
    module: nn.Module,
    loss: Callable[[nn.Module, int], Tensor],
    config: TrainingConfig,
    state: Path,
    *,
    resume: bool = True,
    origin: dict[str, str] | None = None,
    label: str = "training",
    parts: tuple[Callable, Callable] | None = None,
) -> Trained:
    """Minimise `loss(module, step)` over the module's parameters that require gradients.

    With `parts` = (draw, cost), where loss(module, step) is cost(module, *draw(step)), each step is replayed as a CUDA
    graph; for one process on a GPU. `config.batch` is that of one process. `state` is the checkpoint to write every
    `save_every` seconds and to go on from; beside it, one more for the end of every cycle is kept. `origin` names the
    data. Raises InputError when the state is there but broken, or belongs to another configuration or other data.
    """
    config, origin = replace(config, batch=config.batch * size()), origin or {}
    device = next(module.parameters()).device
    learner = Learner.of(module, config)
    progress = {"step": 0, "seconds": 0.0, "losses": []}
    if resume and state.exists():
        progress, tensors = read_state(state, config, origin)
        learner.restore(state, tensors, may_grow=progress["step"] in config.restarts)
        if any(step == progress["step"] for step, _ in progress.get("earlier", [])):
            log.warning("%s: goes on at step %d on other weights than before", state, progress["step"])
    module.train()
    share = shared(module, loss)
    if parts is None:
        take = partial(_update, learner, share, config, device)
    else:
        take = Replay(parts[0], partial(_update, learner, partial(parts[1], module), config, device))
    began = time.perf_counter() - progress["seconds"]
    saved, every = time.perf_counter(), max(1, config.steps // 200)
    window: list[Tensor] = []
    first = progress["step"]
    bar = tqdm(range(first, config.steps), initial=first, total=config.steps, desc=label, disable=rank() > 0)
    for step in bar:
        window.append(_step(learner, take, config, step))
        if (step + 1) % every == 0 or step + 1 == config.steps:
            mean = float(torch.stack(window).double().mean())
            progress["losses"].append((step + 1, mean_over_processes(mean, device)))
            bar.set_postfix(loss=f"{progress['losses'][-1][1]:.4f}")
            window.clear()
        progress |= {"step": step + 1, "seconds": time.perf_counter() - began}
        if rank() > 0:
            continue
        # Saving only where a window ends keeps the loss curve of a resumed run equal to an unbroken one's.
        if not window and (time.perf_counter() - saved > config.save_every or step + 1 == config.steps):
            learner.write(state, config, origin, progress)
            saved = time.perf_counter()
        if step + 1 in config.restarts:
            learner.write(state.with_name(f"{state.stem}-{step + 1}{state.suffix}"), config, origin, progress)
    with torch.no_grad():
        for name, parameter in learner.trained.items():
            parameter.copy_(learner.average[name])
    module.eval()
    done, seconds, earlier = progress["step"], progress["seconds"], progress.get("earlier", [])
    return Trained(module, progress["losses"], done, seconds, device_name(str(device)), earlier)


def _step(learner: Learner, take: Callable[[int], Tensor], config: TrainingConfig, step: int) -> Tensor:
    """One step of the optimizer and of the average; the loss on this process's share of the batch. It stays on the
    device: to read it at every step would keep a GPU waiting for the next one."""
    learner.set_rate(learning_rate(config, step))
    value = take(step)
    # A young average follows fast, so that it never remembers the initial weights.
    decay = min(config.ema, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(learner.average.values()), [p.detach() for p in learner.trained.values()], 1 - decay)
    return value


def _update(learner: Learner, loss: Callable[..., Tensor], config: TrainingConfig, device, *drawn) -> Tensor:
    """Change the weights once by the gradient of `loss(*drawn)`; returns it."""
    with precision(device):
        value = loss(*drawn)
    learner.optimizer.zero_grad(set_to_none=True)
    value.backward()
    nn.utils.clip_grad_norm_(learner.trained.values(), config.clip)
    learner.optimizer.step()
    return value.detach()
