"""Structure that V does not tell: blocks in scrambled coordinates, and products turned so that no axes are left."""

from dataclasses import replace

import torch
from torch import Tensor

from ..oracle import Potential
from ..targets.target import Target, check_dim, constants


def hidden_order(dim: int, seed: int = 0) -> Tensor:
    """(dim,) the fixed permutation behind `hidden_blocks`: its first entries are block 0's coordinates, and so on."""
    return torch.randperm(dim, generator=torch.Generator().manual_seed(seed))


def hidden_blocks(base: Target, times: int = 15, seed: int = 0) -> Target:
    """`times` independent copies of `base` in coordinates permuted by `hidden_order`; V is exposed without blocks.

    A point's places are those of the copies in turn.
    """
    check_dim(f"hidden {base.name}", times)
    dim = times * base.dim
    order = hidden_order(dim, seed)
    back = order.argsort()

    def copies(x: Tensor) -> Tensor:
        return x[:, order.to(x.device)].reshape(-1, base.dim)

    def exact(n: int, generator: torch.Generator) -> Tensor:
        return base.exact(n * times, generator).reshape(n, dim)[:, back.to(generator.device)]

    return Target(
        f"hidden_{base.name}",
        Potential(lambda z: base.potential.function(copies(z)).view(-1, times).sum(dim=1), dim),
        exact,
        base.scale,
        log_z=None if base.log_z is None else times * base.log_z,
        labels=None if base.labels is None else lambda x: base.labels(copies(x)).view(len(x), -1),
        label_weights=None if base.label_weights is None else base.label_weights.repeat(times, 1),
    )


def rotated(base: Target, seed: int = 0) -> Target:
    """`base` turned by a fixed random orthogonal matrix Q, z = Q x: where it was a product, no two coordinates of z
    are independent. Labels are those of x = Qᵀ z.
    """
    noise = torch.randn(base.dim, base.dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    q, r = torch.linalg.qr(noise)
    # Signs that make the factorisation unique, so that every machine turns alike.
    of = constants(q * r.diagonal().sign())

    return replace(
        base,
        name=f"rotated_{base.name}",
        potential=Potential(lambda z: base.potential.function(z @ of(z)[0]), base.dim),
        exact=lambda n, generator: (x := base.exact(n, generator)) @ of(x)[0].T,
        components=None,
        labels=None if base.labels is None else lambda x: base.labels(x.double() @ of(x.double())[0]),
    )
