"""Joint space-time attention: every position of every frame sees every other (Vaswani et al. 2017).

It runs at the lowest resolution only, where a clip is T·4·4 tokens. A condition enters beside it, by attention with
queries of its own (decoupled cross-attention, Ye et al. 2023, *IP-Adapter*), so that no weight of the model changes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# What a condition adds to the tokens (B, N, width) in front of one attention layer.
Branch = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Memory:
    """Tokens (B, M, width) that a layer reads beside the clip's own, each as if it stood there `strength` > 0 times."""

    tokens: Tensor
    strength: float = 1.0


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, N, heads·d) → (B, heads, N, d)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None = None) -> Tensor:
    """softmax(q kᵀ / √d + bias) v for q (B, heads, N, d), k and v (B, heads, M, d), bias (M,). On a CPU the products
    written out train three times as fast as the fused kernel at these sizes; a GPU takes the fused one, which also
    never stores the N × M weights."""
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, bias)
    logits = q * q.shape[-1] ** -0.5 @ k.transpose(-1, -2)
    return (logits if bias is None else logits + bias).softmax(-1) @ v


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

    def forward(self, x: Tensor, memory: Memory | None = None) -> Tensor:
        q, k, v = self.project(x)
        bias = None
        if memory is not None:
            _, past_k, past_v = self.project(memory.tokens)
            k, v = torch.cat([k, past_k], dim=2), torch.cat([v, past_v], dim=2)
            # n equal keys weigh as much as one whose logit is raised by log n.
            bias = F.pad(q.new_zeros(x.shape[1]), (0, memory.tokens.shape[1]), value=math.log(memory.strength))
        x = x + self.out(attend(q, k, v, bias).transpose(1, 2).flatten(2))
        return x + self.perceptron(x)

    def project(self, x: Tensor) -> list[Tensor]:
        """Queries, keys and values (B, heads, N, d) of tokens (B, N, width)."""
        return [split_heads(part, self.heads) for part in self.queries_keys_values(self.norm(x)).chunk(3, dim=-1)]


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
