"""A diffusion transformer in the U-Net's place, for comparison (Peebles and Xie 2023, *DiT*; a level for every frame).

Patches of 2×2 latent places are tokens; every layer is joint space-time attention and a perceptron, both scaled,
shifted and gated by the noise level of the token's frame (adaLN-Zero).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.model.attention import attend, split_heads
from experiments.video_diffusion.model.conditions import NOTHING, Conditions, MotionEmbedding, ViewEntrance
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.noise_level_embedding import ExpectedError, LevelEmbedding


class ModulatedLayer(nn.Module):
    """Tokens (B, N, width) with features (B, N, level_width) of their levels; the identity at the start."""

    def __init__(self, width: int, heads: int, level_width: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, width))
        self.modulation = nn.Linear(level_width, 6 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        scale, shift, gate, scale2, shift2, gate2 = self.modulation(level).chunk(6, dim=-1)
        read = self.queries_keys_values(self.norm(x) * (1 + scale) + shift).chunk(3, dim=-1)
        q, k, v = (split_heads(part, self.heads) for part in read)
        x = x + gate * self.out(attend(q, k, v).transpose(1, 2).flatten(2))
        return x + gate2 * self.perceptron(self.norm(x) * (1 + scale2) + shift2)


class SpaceTimeTransformer(Denoiser):
    """The same interface, preconditioning and loss as the U-Net; about its cost a step at the default size."""

    def __init__(self, config: DenoiserConfig, width: int = 192, heads: int = 6, layers: int = 6):
        nn.Module.__init__(self)
        self.config = config
        self.side = config.side // 2
        self.levels = LevelEmbedding(width)
        self.enter = nn.Linear(4 * config.channels, width)
        self.frame_position = nn.Parameter(0.02 * torch.randn(config.frames, 1, width))
        self.place_position = nn.Parameter(0.02 * torch.randn(self.side**2, width))
        self.layers = nn.ModuleList(ModulatedLayer(width, heads, width) for _ in range(layers))
        self.motion = MotionEmbedding(width) if config.conditions else None
        self.views = ViewEntrance(config.channels, width // 4) if config.conditions else None
        self.leave = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * config.channels))
        nn.init.zeros_(self.leave[-1].weight)
        nn.init.zeros_(self.leave[-1].bias)
        self.expected_error = ExpectedError() if config.balanced else None

    def network(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        """F of the preconditioning, same shape as z. Branches and memories of tokens are the U-Net's alone."""
        clips, frames = z.shape[:2]
        level = self.levels(t.flatten())
        if known.poses is not None:
            level = level + self.motion(known.poses, known.moving)
        x = self.enter(_patches(z.flatten(0, 1)))
        if known.views is not None:
            x = x + _patches(self.views(known.views, known.remembering))
        x = x.unflatten(0, (clips, frames))
        x = (x + self.frame_position[:frames] + self.place_position).flatten(1, 2)
        level = level.unflatten(0, (clips, frames)).repeat_interleave(self.side**2, dim=1)
        for layer in self.layers:
            x = layer(x, level)
        out = self.leave(x).unflatten(1, (frames, self.side**2)).flatten(0, 1).transpose(1, 2)
        return F.pixel_shuffle(out.unflatten(2, (self.side, self.side)).float(), 2).unflatten(0, (clips, frames))


def _patches(x: Tensor) -> Tensor:
    """(N, C, H, W) → the patches of 2×2 places as tokens (N, H W / 4, 4 C)."""
    return F.pixel_unshuffle(x, 2).flatten(2).transpose(1, 2)
