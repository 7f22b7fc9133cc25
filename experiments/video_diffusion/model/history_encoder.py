"""The history encoder: past frames → a few tokens, which the denoiser reads in front of each attention layer.

The denoiser's own weights stay frozen. Without the tokens it is exactly the unconditional model, so the null condition
of classifier-free guidance needs no token of its own and no share of the training.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.model.attention import Branch, CrossAttention, JointAttention, split_heads


@dataclass(frozen=True)
class HistoryConfig:
    frames: int = 10
    tokens: int = 16  # K: what the past is compressed to
    channels: int = 8  # of the latent
    width: int = 160  # of the denoiser's attention layers
    heads: int = 5
    layers: int = 3  # attention layers of the denoiser


class HistoryEncoder(nn.Module):
    """Latents (B, frames, C, 8, 8) → K tokens → a branch for each attention layer of the denoiser."""

    def __init__(self, config: HistoryConfig = HistoryConfig()):
        super().__init__()
        self.config = c = config
        self.enter = nn.Conv2d(c.channels, c.width, 2, stride=2)
        # Large at the start: a token must be able to tell frames and places apart from the first step on.
        self.frame_position = nn.Parameter(torch.randn(c.frames, 1, c.width))
        self.place_position = nn.Parameter(torch.randn(16, c.width))
        self.questions = nn.Parameter(torch.randn(c.tokens, c.width))
        self.mix = JointAttention(c.width, c.heads)
        self.norm = nn.LayerNorm(c.width)
        self.read = nn.Linear(c.width, 2 * c.width)
        self.leave = nn.LayerNorm(c.width)
        self.layers = nn.ModuleList(CrossAttention(c.width, c.heads) for _ in range(c.layers))

    def tokens(self, history: Tensor) -> Tensor:
        """The K tokens (B, K, width): learned questions attend to every place of every past frame."""
        x = self.enter(history.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        x = x.flatten(2).transpose(1, 2).unflatten(0, history.shape[:2])
        x = self.mix((x + self.frame_position + self.place_position).flatten(1, 2))
        k, v = (split_heads(part, self.config.heads) for part in self.read(self.norm(x)).chunk(2, dim=-1))
        questions = split_heads(self.questions.to(k.dtype).expand(len(x), -1, -1), self.config.heads)
        return self.leave(F.scaled_dot_product_attention(questions, k, v).transpose(1, 2).flatten(2))

    def forward(self, history: Tensor) -> list[Branch]:
        context = self.tokens(history)
        return [partial(layer, context=context) for layer in self.layers]
