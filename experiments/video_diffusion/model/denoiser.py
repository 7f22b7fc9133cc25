"""The denoiser: a small space-time U-Net on latent clips, with a noise level for every frame.

Two resolutions. At 8×8 the blocks are convolutions in space and a three-frame stencil in time; at 4×4 joint attention
over the whole clip is added. Clips are (B, T, C, H, W) outside and (B·T, C, H, W) inside, channels last in memory.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.errors import InputError
from experiments.video_diffusion.model.attention import Branch, JointAttention, Memory
from experiments.video_diffusion.model.conditions import NOTHING, Conditions, MotionEmbedding, ViewEntrance
from experiments.video_diffusion.model.group_norm import GroupNorm
from experiments.video_diffusion.model.noise import (
    USUAL_LEVELS,
    LevelDensity,
    add_noise,
    network_target,
    per_frame,
    preconditioning,
    training_levels,
)
from experiments.video_diffusion.model.noise_level_embedding import ExpectedError, LevelEmbedding
from experiments.video_diffusion.model.temporal_convolution import over_time


@dataclass(frozen=True)
class DenoiserConfig:
    frames: int = 10
    channels: int = 8  # of the latent
    side: int = 8  # of the latent
    width: int = 64  # at full latent resolution
    inner_width: int = 160  # at half of it
    blocks: int = 2  # at full resolution, on the way down and on the way up
    inner_blocks: int = 3
    heads: int = 5
    independent_levels: float = 0.3  # share of training clips with a level of its own for every frame
    continuing: float = 0.0  # share of those whose first half is known: nearly clean frames before noisy ones
    conditions: bool = False  # whether motion and memory can be told (see `conditions`)
    balanced: bool = True  # whether all levels weigh the same in training, however large the error at each


class SpaceTimeBlock(nn.Module):
    """Two 3×3 convolutions, scaled and shifted by the noise level (FiLM), then a linear stencil over three frames."""

    def __init__(self, width: int, level_width: int):
        super().__init__()
        self.first = nn.Sequential(GroupNorm(8, width), nn.SiLU(), nn.Conv2d(width, width, 3, padding=1))
        self.norm = GroupNorm(8, width)
        self.level = nn.Linear(level_width, 2 * width)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.time_norm = GroupNorm(8, width)
        self.time = nn.Conv2d(3 * width, width, 1)  # its weights; `forward` multiplies by them
        for last in (self.level, self.second, self.time):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, x: Tensor, level: Tensor, frames: int) -> Tensor:
        scale, shift = self.level(level)[:, :, None, None].chunk(2, dim=1)
        x = x + self.second(F.silu(self.norm(self.first(x)) * (1 + scale) + shift))
        clip = F.silu(self.time_norm(x))
        return x + over_time(clip, frames, self.time.weight.flatten(1), self.time.bias)


class Denoiser(nn.Module):
    """x̂ = E[x | z] for clips z (B, T, C, H, W) at levels t (B, T); see `noise.preconditioning`."""

    grown = ("motion.", "views.")  # parts that weights from before them do not have; they add nothing at first

    def __init__(self, config: DenoiserConfig = DenoiserConfig()):
        super().__init__()
        self.config = c = config
        level_width = 2 * c.width
        self.levels = LevelEmbedding(level_width)
        self.enter = nn.Conv2d(c.channels, c.width, 3, padding=1)
        self.down = nn.ModuleList(SpaceTimeBlock(c.width, level_width) for _ in range(c.blocks))
        self.shrink = nn.Conv2d(c.width, c.inner_width, 2, stride=2)
        self.inner = nn.ModuleList(SpaceTimeBlock(c.inner_width, level_width) for _ in range(c.inner_blocks))
        self.attention = nn.ModuleList(JointAttention(c.inner_width, c.heads) for _ in range(c.inner_blocks))
        self.frame_position = nn.Parameter(0.02 * torch.randn(c.frames, 1, c.inner_width))
        self.place_position = nn.Parameter(0.02 * torch.randn((c.side // 2) ** 2, c.inner_width))
        self.grow = nn.Conv2d(c.inner_width, 4 * c.width, 1)
        self.up = nn.ModuleList(SpaceTimeBlock(c.width, level_width) for _ in range(c.blocks))
        self.motion = MotionEmbedding(level_width) if c.conditions else None
        self.views = ViewEntrance(c.channels, c.width) if c.conditions else None
        self.expected_error = ExpectedError() if c.balanced else None
        self.leave = nn.Sequential(GroupNorm(8, c.width), nn.SiLU(), nn.Conv2d(c.width, c.channels, 3, padding=1))
        nn.init.zeros_(self.leave[-1].weight)
        nn.init.zeros_(self.leave[-1].bias)

    def forward(
        self,
        z: Tensor,
        t: Tensor,
        condition: Sequence[Branch] | None = None,
        memory: Sequence[Memory] | None = None,
        known: Conditions = NOTHING,
    ) -> Tensor:
        """The estimate x̂. `condition` holds a branch for each attention layer, `memory` what the layer reads beside
        the clip; None is neither. `known` is what is told of motion and earlier views; nothing, without it. Raises
        InputError for clips of another shape, and where a network without conditions is told some."""
        c = self.config
        if z.ndim != 5 or z.shape[1] > c.frames or z.shape[2:] != (c.channels, c.side, c.side):
            needed = f"(clips, up to {c.frames} frames, {c.channels}, {c.side}, {c.side})"
            raise InputError(f"clips of shape {tuple(z.shape)}; this network takes {needed}")
        c_in, c_skip, c_out = (per_frame(c, z) for c in preconditioning(t))
        return c_skip * z + c_out * self.network(c_in * z, t, condition, memory, known)

    def network(
        self,
        z: Tensor,
        t: Tensor,
        condition: Sequence[Branch] | None = None,
        memory: Sequence[Memory] | None = None,
        known: Conditions = NOTHING,
    ) -> Tensor:
        """F of the preconditioning, same shape as z."""
        clips, frames = z.shape[:2]
        level = self.levels(t.flatten())
        x = self.enter(z.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        if self.motion is None and (known.poses is not None or known.views is not None):
            raise InputError("these weights were trained without motion and memory; train a network with conditions")
        if known.poses is not None:
            level = level + self.motion(known.poses, known.moving)
        if known.views is not None:
            x = x + self.views(known.views, known.remembering)
        for block in self.down:
            x = block(x, level, frames)
        skip = x
        x = self.shrink(x)
        position = (self.frame_position[:frames] + self.place_position).flatten(0, 1)
        for i, (block, attention) in enumerate(zip(self.inner, self.attention, strict=True)):
            x = block(x, level, frames)
            side = x.shape[-1]
            tokens = x.unflatten(0, (clips, frames)).movedim(2, -1).flatten(1, 3)
            if i == 0:
                tokens = tokens + position
            if condition is not None:
                tokens = tokens + condition[i](tokens)
            tokens = attention(tokens) if memory is None else attention(tokens, memory[i])
            x = tokens.unflatten(1, (frames, side, side)).movedim(-1, 2).flatten(0, 1)
        x = skip + F.pixel_shuffle(self.grow(x), 2)
        for block in self.up:
            x = block(x, level, frames)
        return self.leave(x).float().unflatten(0, (clips, frames))

    def loss(self, x: Tensor, generator: torch.Generator, density: LevelDensity = USUAL_LEVELS) -> Tensor:
        """Mean squared error of F for clips x (B, T, C, H, W) at random levels; a scalar (see `cost`)."""
        return self.cost(x, *self.noise_for(x, generator, density))

    def noise_for(
        self, x: Tensor, generator: torch.Generator, density: LevelDensity = USUAL_LEVELS
    ) -> tuple[Tensor, Tensor]:
        """Noise (B, T, C, H, W) and levels (B, T) for training on clips x."""
        c = self.config
        t = training_levels(len(x), x.shape[1], c.independent_levels, generator, density, c.continuing)
        return torch.randn(x.shape, generator=generator, device=x.device), t

    def cost(self, x: Tensor, noise: Tensor, t: Tensor, known: Conditions = NOTHING) -> Tensor:
        """Mean squared error of F for clips x with this noise at levels t (B, T); a scalar.

        Its gradient, with `balanced`, is that of error / û + log û, û the error usual at the level, learned on the way:
        every level then counts the same, be its error .01 or .7 (Karras et al. 2024, equations 21 and 22).
        """
        error = self.error(x, noise, t, known=known).square().mean((2, 3, 4))
        if self.expected_error is None:
            return error.mean()
        expected = self.expected_error(t).float()
        balanced = (error * (-expected).exp() + expected).mean()
        return error.mean().detach() + balanced - balanced.detach()

    def error(
        self,
        x: Tensor,
        noise: Tensor,
        t: Tensor,
        condition: Sequence[Branch] | None = None,
        known: Conditions = NOTHING,
    ) -> Tensor:
        """What F misses of its target for clips x with this noise at levels t (B, T), same shape as x."""
        c_in = per_frame(preconditioning(t)[0], x)
        return self.network(c_in * add_noise(x, noise, t), t, condition, known=known) - network_target(x, noise, t)


def parameters_of(module: nn.Module) -> int:
    """Number of trainable numbers."""
    return sum(math.prod(p.shape) for p in module.parameters())
