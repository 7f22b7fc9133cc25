"""Joint space-time attention: every position of every frame sees every other (Vaswani et al. 2017).

It runs at the lowest resolution only, where a clip is T·4·4 tokens. Further keys and values may be handed in: this is
how a condition enters without touching the layer's own weights.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Keys and values (B, heads, K, width / heads) that a layer attends to beside its own.
Extra = tuple[Tensor, Tensor]


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, N, heads·d) → (B, heads, N, d)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


class JointAttention(nn.Module):
    """Attention and a two-layer perceptron on tokens (B, N, width), both residual and starting at zero."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.perceptron = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width)
        )
        for last in (self.out, self.perceptron[-1]):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, x: Tensor, extra: Extra | None = None) -> Tensor:
        q, k, v = (split_heads(part, self.heads) for part in self.queries_keys_values(self.norm(x)).chunk(3, dim=-1))
        if extra is not None:
            k, v = torch.cat([k, extra[0].to(k.dtype)], dim=2), torch.cat([v, extra[1].to(v.dtype)], dim=2)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        return x + self.perceptron(x)
