"""What history guidance takes in training: the denoiser alone, with a history encoder trained along, and as shipped.

The first implementation trained both networks together and dropped the history with probability 0.1; here the encoder
is trained afterwards, on a frozen denoiser. What is learned does not matter to memory, so the clips are noise.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.model.precision import precision

WAYS = ("alone", "joint", "frozen")
DROPPED = 0.1  # probability of training a clip without its history


def train(way: str, denoiser: DenoiserConfig, history: HistoryConfig, batch: int, device: torch.device) -> None:
    """Two optimiser steps at `batch` clips: the second one holds all that later ones hold."""
    model, encoder = (
        kind(config).to(device, memory_format=torch.channels_last)
        for kind, config in ((Denoiser, denoiser), (HistoryEncoder, history))
    )
    model.requires_grad_(way != "frozen")
    learning: list[nn.Module] = {"alone": [model], "joint": [model, encoder], "frozen": [encoder]}[way]
    optimizer = torch.optim.AdamW([weight for module in learning for weight in module.parameters()])
    generator = torch.Generator(device).manual_seed(0)
    shape = (batch, history.frames + denoiser.frames, denoiser.channels, denoiser.side, denoiser.side)
    for _ in range(2):
        past, new = torch.randn(shape, generator=generator, device=device).split(
            [history.frames, denoiser.frames], dim=1
        )
        with precision(device):
            condition = None if way == "alone" else dropping(encoder(past), batch, generator)
            loss = model.error(new, *model.noise_for(new, generator), condition).square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


def dropping(branches: list[Callable], clips: int, generator: torch.Generator) -> list[Callable]:
    """The condition, without effect on the clips that are trained without it."""
    kept = torch.rand(clips, 1, 1, generator=generator, device=generator.device) >= DROPPED
    return [partial(_where, kept, branch) for branch in branches]


def _where(kept: Tensor, branch: Callable[[Tensor], Tensor], tokens: Tensor) -> Tensor:
    return branch(tokens) * kept
