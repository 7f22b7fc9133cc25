"""The history encoder: past frames → a few tokens → keys and values for the denoiser's attention layers.

The denoiser's own weights stay frozen. Without these keys and values it is exactly the unconditional model, so the null
condition of classifier-free guidance needs no token of its own and no share of the training.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.video_diffusion.attention import Extra, JointAttention, split_heads


@dataclass(frozen=True)
class HistoryConfig:
    frames: int = 10
    tokens: int = 16  # K: what the past is compressed to
    channels: int = 8  # of the latent
    width: int = 160  # of the denoiser's attention layers
    heads: int = 5
    layers: int = 3  # attention layers of the denoiser


class HistoryEncoder(nn.Module):
    """Latents (B, frames, C, 8, 8) → for each attention layer keys and values (B, heads, K, width / heads)."""

    def __init__(self, config: HistoryConfig = HistoryConfig()):
        super().__init__()
        self.config = c = config
        self.enter = nn.Conv2d(c.channels, c.width, 2, stride=2)
        self.position = nn.Parameter(0.02 * torch.randn(c.frames, 16, c.width))
        self.mix = nn.ModuleList(JointAttention(c.width, c.heads) for _ in range(2))
        self.questions = nn.Parameter(0.02 * torch.randn(c.tokens, c.width))
        self.read = nn.Linear(c.width, 2 * c.width)
        self.norm = nn.LayerNorm(c.width)
        self.keys_values = nn.ModuleList(nn.Linear(c.width, 2 * c.width) for _ in range(c.layers))

    def tokens(self, history: Tensor) -> Tensor:
        """The K tokens (B, K, width): learned questions attend to every place of every past frame."""
        x = self.enter(history.flatten(0, 1).contiguous(memory_format=torch.channels_last))
        x = x.flatten(2).transpose(1, 2).unflatten(0, history.shape[:2]) + self.position
        x = x.flatten(1, 2)
        for layer in self.mix:
            x = layer(x)
        k, v = (split_heads(part, self.config.heads) for part in self.read(x).chunk(2, dim=-1))
        questions = split_heads(self.questions.to(k.dtype).expand(len(x), -1, -1), self.config.heads)
        return self.norm(F.scaled_dot_product_attention(questions, k, v).transpose(1, 2).flatten(2))

    def forward(self, history: Tensor) -> list[Extra]:
        tokens = self.tokens(history)
        return [
            tuple(split_heads(part, self.config.heads) for part in layer(tokens).chunk(2, dim=-1))
            for layer in self.keys_values
        ]
