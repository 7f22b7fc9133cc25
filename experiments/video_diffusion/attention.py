"""Joint space-time attention: every position of every frame sees every other (Vaswani et al. 2017).

It runs at the lowest resolution only, where a clip is T·4·4 tokens. A condition enters beside it, by attention with
queries of its own (decoupled cross-attention, Ye et al. 2023, *IP-Adapter*), so that no weight of the model changes.
"""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

# What a condition adds to the tokens (B, N, width) in front of one attention layer.
Branch = Callable[[Tensor], Tensor]


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, N, heads·d) → (B, heads, N, d)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """softmax(q kᵀ / √d) v for (B, heads, N, d). On a CPU the three products written out train three times as fast as
    the fused kernel at these sizes; a GPU takes the fused one, which also never stores the N × N weights."""
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v)
    return (q * q.shape[-1] ** -0.5 @ k.transpose(-1, -2)).softmax(-1) @ v


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

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split_heads(part, self.heads) for part in self.queries_keys_values(self.norm(x)).chunk(3, dim=-1))
        x = x + self.out(attend(q, k, v).transpose(1, 2).flatten(2))
        return x + self.perceptron(x)


class CrossAttention(nn.Module):
    """What tokens x (B, N, width) read from a context (B, K, width); nothing at the start of training."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.queries = nn.Linear(width, width)
        self.keys_values = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        q = split_heads(self.queries(self.norm(x)), self.heads)
        k, v = (split_heads(part, self.heads) for part in self.keys_values(context).chunk(2, dim=-1))
        return self.out(attend(q, k, v).transpose(1, 2).flatten(2))
