"""What a preset will need, before a night is spent on it: parameters, memory, arithmetic and time of every network.

One real training step of each network is run on random data at a small batch; activations and arithmetic grow linearly
with the batch. What belongs to the preset's own device is an estimate from these numbers, and is called one. A GPU also
takes a few whole steps at the preset's batch, in the precision of the preset's own device, and tells its peak memory.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

from experiments.video_diffusion.data import EPISODE
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig, parameters_of
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.training.activation_checkpointing import blocks_of
from experiments.video_diffusion.training.recipes import Recipe, recipe_of
from experiments.video_diffusion.training.resource_estimate import CARDS, Card, Needs
from experiments.video_diffusion.training.state import Learner
from experiments.video_diffusion.training.tasks import MEMORIES, TASKS
from experiments.video_diffusion.training.tasks.task import DrawnLoss, Task, rare_details
from experiments.video_diffusion.training.workspace import Workspace

REMEMBERED = 32  # clips whose views are made: those of a few batches
DRAWN = 8  # walks, where a task draws its own


@dataclass(frozen=True)
class Rehearsal(Workspace):
    """A workspace with random data and untrained networks of a preset. What is kept goes into `runs`."""

    preset: str = "cpu"
    there: int | None = None  # windows of one's own recordings; None where there are as many as are asked for
    steps: int | None = None  # in place of the preset's

    def windows(self, split: str, count: int) -> Tensor:
        return torch.randint(256, (2, EPISODE, 64, 64, 3), dtype=torch.uint8, generator=torch.Generator())

    def latents(self, split: str, count: int) -> Tensor:
        c = self.denoiser().config
        return torch.randn(2, self.frames, c.channels, c.side, c.side, generator=torch.Generator())

    def autoencoder(self) -> Autoencoder:
        return self.new(Autoencoder, AutoencoderConfig(**self.recipe("autoencoder").network)).eval()

    def denoiser(self) -> Denoiser:
        return self.new(Denoiser, DenoiserConfig(**self.recipe("denoiser").network)).eval()

    def depth_reader(self) -> DepthReader:
        return self.new(DepthReader, DepthReaderConfig).eval()

    def digest(self, split: str, *networks: str) -> str:
        return "untrained"

    def whole(self, network: str) -> Recipe:
        """The recipe as the data allow it."""
        recipe = recipe_of(network, self.preset, self.steps)
        recipe = recipe if self.of_mazes else recipe.without_motion
        return recipe if self.there is None else replace(recipe, episodes=min(recipe.episodes, self.there))

    def recipe(self, network: str) -> Recipe:
        recipe = self.whole(network)
        return replace(recipe, remembered=min(recipe.remembered, REMEMBERED), episodes=min(recipe.episodes, DRAWN))

    def task(self, network: str, batch: int, checkpointing: bool | None = None) -> Task:
        """The network and its loss at another batch."""
        recipe = self.recipe(network)
        again = recipe.checkpointing if checkpointing is None else checkpointing
        return TASKS[network](replace(recipe, batch=batch, checkpointing=again), self)


def rehearse(network: str, preset: str, device: torch.device, batch: int = 2, **asked: Any) -> Needs:
    """Measure one network of a preset at `batch` and twice that, and extrapolate to the preset's own batch. `asked`:
    data, there, steps, as `Rehearsal` has them."""
    with TemporaryDirectory() as runs:
        workspace = Rehearsal(Path(), Path(runs), device, preset=preset, **asked)
        recipe, card = workspace.recipe(network), CARDS.get(preset)
        small, large = (measure(workspace, network, size, card) for size in (batch, 2 * batch))
        seconds, timed, peak = whole_steps(workspace, network, card)
        task, walks = workspace.task(network, batch), latent_bytes(workspace, network)
    weights = parameters_of(task.module)
    frozen = parameters_of(task.frozen) if task.frozen else 0
    return Needs(
        network,
        recipe.batch,
        recipe.steps,
        weights,
        4 * (5 * weights + frozen) + walks,
        round(line(small[0], large[0], batch, recipe.batch)),
        line(small[1], large[1], batch, recipe.batch),
        seconds * recipe.batch / timed,
        peak + walks if peak else 0,
    )


def latent_bytes(workspace: Rehearsal, network: str) -> int:
    """Of the walks, and of what is remembered of them, that lie beside the network as latents in half precision."""
    if network not in ("denoiser", "guide", "history", *MEMORIES):
        return 0
    recipe, c = workspace.whole(network), workspace.denoiser().config
    sets = 2 if rare_details(recipe, workspace) else 1
    places = sets * recipe.episodes * recipe.walk_frames * c.channels + recipe.remembered * c.frames * (c.channels + 1)
    return 2 * places * c.side**2


def whole_steps(workspace: Rehearsal, network: str, card: Card | None, repeats: int = 4) -> tuple[float, int, int]:
    """The quickest of a few steps on this device, their batch, and the most bytes that PyTorch reserved: a GPU's batch
    is the preset's, a CPU's at most 8, and its bytes are not counted (0)."""
    on_gpu, recipe = workspace.device.type == "cuda", workspace.recipe(network)
    batch = recipe.batch if on_gpu else min(recipe.batch, 8)
    if on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(workspace.device)
    task, times = workspace.task(network, batch), []
    learner = Learner.of(task.module, recipe.training)
    for step in range(repeats):
        began = time.perf_counter()
        with cast(workspace.device, card):
            value = task.loss(task.module, step)
        learner.optimizer.zero_grad(set_to_none=True)
        value.backward()
        learner.optimizer.step()
        value.item()
        times.append(time.perf_counter() - began)
    return min(times), batch, torch.cuda.max_memory_reserved(workspace.device) if on_gpu else 0


def line(small: float, large: float, batch: int, wanted: int) -> float:
    """The straight line through the values at `batch` and 2 · `batch`, at `wanted`."""
    return small + (large - small) * (wanted - batch) / batch


def measure(workspace: Rehearsal, network: str, batch: int, card: Card | None) -> tuple[int, int]:
    """(bytes kept for the backward pass, floating-point operations of one step) in the card's precision."""
    task = workspace.task(network, batch)
    if isinstance(task.loss, DrawnLoss):
        task.loss.draw(0)  # what a memory shows is made once, and is no part of a step
    with FlopCounterMode(display=False) as counter:
        with kept(task) as bytes_kept, cast(workspace.device, card):
            value = task.loss(task.module, 0)
        value.backward()
    most = 0
    if workspace.recipe(network).checkpointing:
        # One block's activations exist at a time while the backward pass makes them again.
        most = largest_block(workspace.task(network, batch, checkpointing=False), workspace.device, card)
    return bytes_kept[0] + most, counter.get_total_flops()


def largest_block(task: Task, device: torch.device, card: Card | None) -> int:
    """Bytes that the hungriest block keeps for its backward pass."""
    sizes, before = [], {}
    with kept(task) as bytes_kept:
        for block in [block for module in modules_of(task) for block in blocks_of(module)]:
            block.register_forward_pre_hook(lambda block, _: before.update({block: bytes_kept[0]}))
            block.register_forward_hook(lambda block, *_: sizes.append(bytes_kept[0] - before[block]))
        with cast(device, card):
            task.loss(task.module, 0)
    return max(sizes, default=0)


def cast(device: torch.device, card: Card | None) -> torch.autocast:
    """The precision that the training will have on the card."""
    if card is None:
        return precision(device)
    return torch.autocast(device.type, torch.bfloat16, enabled=card.precision == torch.bfloat16)


def modules_of(task: Task) -> list[nn.Module]:
    return [task.module, task.frozen] if task.frozen else [task.module]


@contextmanager
def kept(task: Task) -> Iterator[list[int]]:
    """Yields a list whose one entry grows by the bytes of every new storage that autograd saves, parameters aside."""
    seen = {p.untyped_storage().data_ptr() for module in modules_of(task) for p in module.parameters()}
    total, alive = [0], []

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in seen:
            seen.add(storage.data_ptr())
            total[0] += storage.nbytes()
            alive.append(storage)  # so that no address is used twice while we count
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        yield total
