"""Gaussian mixtures: V is the exact −log density, so log Z = 0, and components tell the modes apart."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from ..errors import InputError
from ..oracle import Function, Potential
from ..targets.target import Target, check_dim, check_positive, constants

QUADRATURE = 65_536  # points for the shares of modes, over all components


def mixture(
    name: str, weights: Sequence[float], means: Sequence[Sequence[float]], covariances: Sequence, scale: float
) -> Target:
    """A Gaussian mixture: weights (k,), means (k, d), covariances (k, d, d).

    A point's mode is the component most responsible for it; where components overlap the modes' probabilities are not
    quite the weights. Raises InputError on shapes that do not agree, weights that do not sum to 1, and covariances that
    are not positive definite.
    """
    w, mu, root = _parameters(name, weights, means, covariances)
    k, dim = mu.shape
    log_terms = _log_terms(w, mu, root)

    def exact(n: int, generator: torch.Generator) -> Tensor:
        device = generator.device
        which = torch.multinomial(w.to(device), n, replacement=True, generator=generator)
        noise = torch.randn(n, dim, generator=generator, dtype=torch.float64, device=device)
        return mu.to(device)[which] + torch.einsum("nij,nj->ni", root.to(device)[which], noise)

    def most_responsible(x: Tensor) -> Tensor:
        return log_terms(x.double()).argmax(dim=0)[:, None]

    # Quasi-random points of each component, stratified: an error far below 1/√n of any set of draws.
    sobol = torch.quasirandom.SobolEngine(dim, scramble=True, seed=0)
    points = torch.special.ndtri(sobol.draw(QUADRATURE // k, dtype=torch.float64).clamp(1e-12, 1 - 1e-12))
    shares = torch.zeros(k, dtype=torch.float64)
    for j in range(k):
        label = most_responsible(mu[j] + points @ root[j].T)[:, 0]
        shares += w[j] * torch.bincount(label, minlength=k) / len(points)

    return Target(
        name,
        Potential(_minus_log(log_terms), dim),
        exact,
        scale,
        log_z=0.0,
        components=(tuple(weights), mu, root @ root.mT),
        labels=most_responsible,
        label_weights=shares[None],
    )


def _parameters(name: str, weights: Sequence[float], means: Sequence, covariances: Sequence):
    w, mu, covariance = (torch.as_tensor(a, dtype=torch.float64) for a in (weights, means, covariances))
    if mu.ndim != 2 or w.shape != mu.shape[:1] or covariance.shape != (*mu.shape, mu.shape[1]):
        raise InputError(
            f"targets: {name} needs weights (k,), means (k, d), covariances (k, d, d), got {tuple(w.shape)}, "
            f"{tuple(mu.shape)}, {tuple(covariance.shape)}"
        )
    if not (w > 0).all() or abs(float(w.sum()) - 1) > 1e-6:
        raise InputError(f"targets: the weights of {name} must be positive and sum to 1, got {w.tolist()}")
    root, failed = torch.linalg.cholesky_ex(covariance)
    if failed.any():
        raise InputError(f"targets: covariance {int(failed.nonzero()[0])} of {name} is not positive definite")
    return w, mu, root


def _log_terms(w: Tensor, mu: Tensor, root: Tensor) -> Function:
    """z (n, d) → (k, n): log w_k + log N_k(z).

    One product with all whitening matrices, components ahead of points: sums then run along contiguous memory.
    """
    k, dim = mu.shape
    # ½ is drawn into the whitening, so that squares need only be added.
    whiten = torch.linalg.inv(root) * math.sqrt(0.5)
    shift = torch.einsum("kij,kj->ki", whiten, mu).reshape(k * dim, 1)
    height = torch.log(w) - root.diagonal(dim1=1, dim2=2).log().sum(1) - 0.5 * dim * math.log(2 * math.pi)
    of = constants(whiten.reshape(k * dim, dim), shift, height[:, None])

    def log_terms(z: Tensor) -> Tensor:
        a, b, c = of(z)
        return c - torch.addmm(b, a, z.T, beta=-1).square_().view(k, dim, -1).sum(dim=1)

    return log_terms


def _minus_log(log_terms: Function) -> Function:
    return lambda z: -torch.logsumexp(log_terms(z), dim=0)


def marginals(target: Target, blocks: Sequence[Sequence[int]]) -> Potential:
    """V of a mixture with its own exact block marginals as block functions, as the first implementation used them.

    They do not add up to V unless the blocks are independent: sampling them alone keeps each block's law and loses
    the dependence between blocks. PartialZODMC refuses them unless told verify=0.
    """
    if target.components is None:
        raise InputError(f"targets: the marginals of {target.name} are not known in closed form")
    weights, means, covariances = target.components
    w = torch.tensor(weights, dtype=torch.float64)

    def marginal(block: Sequence[int]) -> Function:
        i = list(block)
        return _minus_log(_log_terms(w, means[:, i], torch.linalg.cholesky(covariances[:, i][:, :, i])))

    return replace(target.potential, blocks=tuple(map(tuple, blocks)), block_functions=tuple(map(marginal, blocks)))


def gaussian(mean: Sequence[float], sd: Sequence[float]) -> Target:
    """Independent N(mean_i, sd_i²): every posterior and score is known in closed form."""
    covariance = torch.diag_embed(torch.tensor([sd], dtype=torch.float64) ** 2)
    return mixture("gaussian", (1.0,), (tuple(mean),), covariance, scale=2 * max(map(abs, (*mean, *sd))))


def mog40() -> Target:
    """40 equal modes in 2-D, means uniform in [−40, 40]², standard deviation log(1 + e) (Midgley et al. 2023)."""
    means = 80 * torch.rand(40, 2, generator=torch.Generator().manual_seed(0)) - 40
    covariance = torch.eye(2) * math.log1p(math.e) ** 2
    return mixture("mog40", (1 / 40,) * 40, means, covariance.expand(40, 2, 2), scale=24.0)


def narrow_wide(dim: int = 2, narrow: float = 0.15, wide: float = 1.0) -> Target:
    """Two equal modes of unequal size: standard deviation `narrow` at (−3, …, −3), `wide` at (3, …, 3).

    The volume of the narrow mode falls as (narrow/wide)^dim, so that a search finds the wide one alone.
    """
    check_dim("narrow_wide", dim)
    check_positive("narrow_wide", narrow=narrow, wide=wide)
    means = torch.tensor([[-3.0], [3.0]]).expand(2, dim)
    covariances = torch.stack([torch.eye(dim) * narrow**2, torch.eye(dim) * wide**2])
    return mixture("narrow_wide", (0.5, 0.5), means, covariances, scale=3.0)
