"""Earlier frames and their poses → tokens that the denoiser reads in front of each attention layer.

The denoiser's own weights stay frozen, as with `history_encoder`, and what differs between two memories is only which
frames they are given and how many tokens those become. What asks and what answers tell their place alike: both carry
the same embedding of the rays that their columns of a picture look along.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.model.attention import Branch, CrossAttention, JointAttention, split_heads
from experiments.video_diffusion.model.conditions import REFERENCE

FREQUENCIES = (0.125, 0.25, 0.5, 1.0)  # waves a block, in which a place is told


@dataclass(frozen=True)
class MemoryEncoderConfig:
    frames: int = 10  # remembered ones
    tokens: int = 16  # what they are compressed to; 0: not at all, sixteen tokens a frame
    retrieved: bool = False  # the frames that show most of the clip, in place of the last ones before it
    group: int = 0  # frames that a recurrent state of `tokens` tokens takes in at a time; 0: all are read at once
    channels: int = 8  # of the latent
    side: int = 4  # of the denoiser's attention layers
    width: int = 160
    heads: int = 5
    layers: int = 3


class RayEmbedding(nn.Module):
    """Poses (B, F, 3), and the one that they are told from (B, 3) → (B, F, side, width): a column of a picture is a
    place and a direction."""

    def __init__(self, side: int, width: int):
        super().__init__()
        self.register_buffer("across", (torch.arange(side) + 0.5) / side * 2 - 1, persistent=False)
        self.layers = nn.Sequential(nn.Linear(5 + 4 * len(FREQUENCIES), width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, poses: Tensor, reference: Tensor) -> Tensor:
        seen = relative(reference[:, None], poses)
        place, turn = seen[..., None, :2], seen[..., 2:]
        angle = (turn + self.across.atan())[..., None]
        place = place.expand(*angle.shape[:-1], 2)
        beside = place[..., :1] * angle.sin() - place[..., 1:] * angle.cos()  # how far the ray passes the origin
        waves = [wave(2 * torch.pi * f * place) for f in FREQUENCIES for wave in (torch.sin, torch.cos)]
        return self.layers(torch.cat([place, angle.sin(), angle.cos(), beside, *waves], dim=-1))


class MemoryEncoder(nn.Module):
    """Latents (B, F, C, H, W) of remembered frames, F ≤ `frames` → a branch for each attention layer of the denoiser."""

    def __init__(self, config: MemoryEncoderConfig = MemoryEncoderConfig()):
        super().__init__()
        self.config = c = config
        self.enter = nn.Conv2d(c.channels, c.width, 2, stride=2)
        self.rays = RayEmbedding(c.side, c.width)
        self.rows = nn.Parameter(0.1 * torch.randn(c.side, 1, c.width))
        self.mix = JointAttention(c.width, c.heads)
        self.leave = nn.LayerNorm(c.width)
        if c.tokens:
            self.norm = nn.LayerNorm(c.width)
            self.questions = nn.Parameter(torch.randn(c.tokens, c.width))
            self.ask = nn.Linear(c.width, c.width)
            self.read = nn.Linear(c.width, 2 * c.width)
        if c.group:
            self.moved = nn.Sequential(nn.Linear(4, c.width), nn.SiLU(), nn.Linear(c.width, c.width))
        self.layers = nn.ModuleList(CrossAttention(c.width, c.heads) for _ in range(c.layers))

    def forward(self, latents: Tensor, poses: Tensor, clip: Tensor) -> list[Branch]:
        """`poses` (B, F, 3) are those of the remembered frames, `clip` (B, T, 3) those of the clip to come."""
        reference = clip[:, min(REFERENCE, clip.shape[1] - 1)]
        context = self.tokens(latents, poses, reference)
        place = self._places(clip, reference).flatten(1, 3)
        return [partial(_placed, layer, place, context) for layer in self.layers]

    def tokens(self, latents: Tensor, poses: Tensor, reference: Tensor) -> Tensor:
        """What is remembered (B, K, width), told from `reference` (B, 3)."""
        if not self.config.tokens:
            return self.leave(self._seen(latents, poses, reference))
        questions = self.questions.expand(len(latents), -1, -1)
        if not self.config.group:
            return self.leave(self._answers(questions, self._seen(latents, poses, reference)))
        state, here = questions, None
        for seen, where in zip(latents.split(self.config.group, 1), poses.split(self.config.group, 1), strict=True):
            last = where[:, -1]
            state = state if here is None else self._move(state, here, last)
            context = torch.cat([state, self._seen(seen, where, last)], dim=1)
            state, here = state + self._answers(questions + state, context), last
        return self.leave(self._move(state, here, reference))

    def _seen(self, latents: Tensor, poses: Tensor, reference: Tensor) -> Tensor:
        """A token for each of the side × side places of each frame (B, F · side², width), after they have met."""
        x = self.enter(latents.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        x = x.movedim(1, -1).unflatten(0, latents.shape[:2]) + self._places(poses, reference)
        return self.mix(x.flatten(1, 3))

    def _places(self, poses: Tensor, reference: Tensor) -> Tensor:
        """Where the places of frames at `poses` look (B, F, side, side, width)."""
        return self.rays(poses, reference)[:, :, None] + self.rows

    def _answers(self, questions: Tensor, context: Tensor) -> Tensor:
        q = split_heads(self.ask(questions), self.config.heads)
        k, v = (split_heads(part, self.config.heads) for part in self.read(self.norm(context)).chunk(2, dim=-1))
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)

    def _move(self, state: Tensor, here: Tensor, there: Tensor) -> Tensor:
        """The state told from another pose."""
        ahead, right, turn = relative(here, there).unbind(-1)
        step = torch.stack([ahead, right, turn.sin(), turn.cos()], dim=-1)
        return state + self.moved(step)[:, None]


def _placed(layer: CrossAttention, place: Tensor, context: Tensor, tokens: Tensor) -> Tensor:
    """What the layer reads for tokens (B, N, width) that know where they look."""
    return layer(tokens + place, context)
