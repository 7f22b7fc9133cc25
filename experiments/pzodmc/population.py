"""The population move: one half of the particles, summed up as a Gaussian mixture, proposes to the other half.

Moves near a particle cannot carry it to another mode, so they cannot mend the share of particles in each. A proposal
drawn from where the others are can: an independence step with the mixture q as proposal, weights exp(−V)/q. The halves
are disjoint and q is held fixed, so the target stays invariant for the half that moves.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

WIDE = 0.1  # share of proposals from one wide law over the whole population
FREEDOM = 5  # degrees of freedom of Student's t, the wide law: tails that fall as no exponential does bound the weights
SIZES = (0.5, 0.2, 0.08, 0.03)  # of proposals around a single point, in standard deviations of the population
OWN = (1.2, 3.0)  # and in the widths that V has there


@dataclass(frozen=True)
class Moved:
    """z (n, d) with energies v (n,); the share of particles that moved; the proposals' log exp(−V)/q (m,).

    Given q the weights' mean is an unbiased estimate of ∫ exp(−V), and their Pareto k̂ says how well q covers it.
    """

    z: Tensor
    v: Tensor
    share: float
    log_weight: Tensor


@dataclass(frozen=True)
class Mixture:
    """Weights (k,), means (k, d), Cholesky roots of the covariances (k, d, d); the last `heavy` of the components are
    no Gaussians but Student's t with FREEDOM degrees, roots those of its scale.
    """

    weights: Tensor
    means: Tensor
    roots: Tensor
    heavy: int = 0

    def draw(self, n: int, generator: torch.Generator) -> Tensor:
        k = torch.multinomial(self.weights, n, replacement=True, generator=generator)
        noise = torch.randn(n, self.means.shape[1], generator=generator, dtype=self.means.dtype, device=k.device)
        wide = (k >= len(self.weights) - self.heavy).nonzero()[:, 0]
        if len(wide):
            chi = torch.randn(len(wide), FREEDOM, generator=generator, dtype=noise.dtype, device=k.device)
            noise[wide] = noise[wide] * chi.square().mean(1, keepdim=True).rsqrt()
        return self.means[k] + torch.einsum("nij,nj->ni", self.roots[k], noise)

    def terms(self, z: Tensor) -> Tensor:
        """log(w_k N_k(z)): (m, d) → (k, m)"""
        k, d = self.means.shape
        logs = self.weights.log() - self.roots.diagonal(dim1=1, dim2=2).log().sum(1) - 0.5 * d * math.log(2 * math.pi)
        # A product with the inverse is many times quicker than a triangular solve, and exact enough for a proposal.
        away = ((z[None] - self.means[:, None]) @ torch.linalg.inv(self.roots).mT).square().sum(2)
        height, first = -0.5 * away, k - self.heavy
        half = 0.5 * (FREEDOM + d)
        lower = math.lgamma(half) - math.lgamma(0.5 * FREEDOM) - 0.5 * d * math.log(0.5 * FREEDOM)
        height[first:] = lower - half * torch.log1p(away[first:] / FREEDOM)
        return logs[:, None] + height

    def log_density(self, z: Tensor) -> Tensor:
        """(m, d) → (m,)"""
        return torch.logsumexp(self.terms(z), dim=0)


def fit_mixture(z: Tensor, components: int, generator: torch.Generator, steps: int = 25, widen: float = 1.2) -> Mixture:
    """Expectation–maximisation on z (n, d), float64, started at k-means++ centres.

    Covariances are shrunk to their diagonal where points are few, and widened so that q has the heavier tails;
    components that lose their points are dropped. One wide Student's t over all points is added, so that no tail and no
    gap between components is left without proposals. A poor fit costs acceptance, never correctness.
    """
    z = z.double()
    n, dim = z.shape
    spread = z.var(dim=0, unbiased=False).clamp(min=1e-12)
    centres = spread_out(z / spread.sqrt(), min(components, n), generator)
    means, weights = z[centres], torch.full((len(centres),), 1 / len(centres), dtype=z.dtype, device=z.device)
    roots = torch.diag_embed((spread / len(centres)).sqrt()).repeat(len(centres), 1, 1)
    for _ in range(steps):
        share = torch.softmax(Mixture(weights, means, roots).terms(z), dim=0)
        mass = share.sum(dim=1)
        keep = mass > max(2.0, 1e-3 * n)
        if not bool(keep.any()):
            break
        share, mass = share[keep], mass[keep]
        weights = mass / mass.sum()
        means = (share @ z) / mass[:, None]
        away = z[None] - means[:, None]
        covariance = (share[:, :, None] * away).mT @ away / mass[:, None, None]
        trust = (mass / (mass + 2 * dim))[:, None, None]
        diagonal = torch.diag_embed(covariance.diagonal(dim1=1, dim2=2) + 1e-6 * spread)
        roots = torch.linalg.cholesky(trust * covariance + (1 - trust) * diagonal + 1e-9 * torch.diag(spread))
    centred = z - z.mean(dim=0)
    whole = torch.linalg.cholesky(centred.T @ centred / n + 1e-6 * torch.diag(spread))
    return Mixture(
        torch.cat([(1 - WIDE) * weights, weights.new_tensor([WIDE])]),
        torch.cat([means, z.mean(dim=0, keepdim=True)]),
        torch.cat([roots * math.sqrt(widen), 1.2 * whole[None]]),
        heavy=1,
    )


def with_long_axis(q: Mixture, z: Tensor, axis: int, share: float = 0.15, longer: float = 2.0) -> Mixture:
    """q with one more Student's t, over all of z (n, d) but `longer` times as long in coordinate `axis`."""
    covariance = torch.cov(z.double().T).reshape(z.shape[1], -1)
    others = [i for i in range(len(covariance)) if i != axis]
    # What the axis explains of the rest was taken out: without correlation, stretching it leaves the rest alone.
    covariance[axis, others] = covariance[others, axis] = 0
    covariance[axis, axis] *= longer**2
    root, failed = torch.linalg.cholesky_ex(covariance)
    if int(failed):
        return q
    return Mixture(
        torch.cat([(1 - share) * q.weights, q.weights.new_tensor([share])]),
        torch.cat([q.means, z.double().mean(dim=0, keepdim=True)]),
        torch.cat([q.roots, root[None]]),
        heavy=q.heavy + 1,
    )


def with_place(q: Mixture, place: Tensor, widths: Tensor, own: Tensor | None, share: float = 0.1) -> Mixture:
    """q with Gaussians around one point (d,): of several sizes in units of `widths` (d,), and of its `own` widths (d,),
    where these are known.
    """
    sizes = [size * widths for size in SIZES] + ([] if own is None else [size * own for size in OWN])
    roots = torch.diag_embed(torch.stack(sizes))
    shares = q.weights.new_full((len(sizes),), share / len(sizes))
    return Mixture(
        torch.cat([shares, (1 - share) * q.weights]),
        torch.cat([place.repeat(len(sizes), 1), q.means]),
        torch.cat([roots, q.roots]),
        heavy=q.heavy,
    )


def spread_out(z: Tensor, k: int, generator: torch.Generator) -> Tensor:
    """k-means++: each next centre with probability ∝ its squared distance from those taken. Indices (k,)."""
    picks = [int(torch.randint(len(z), (1,), generator=generator, device=z.device))]
    nearest = (z - z[picks[0]]).square().sum(1)
    for _ in range(k - 1):
        if float(nearest.sum()) <= 0:
            break
        picks.append(int(torch.multinomial(nearest, 1, generator=generator)))
        nearest = torch.minimum(nearest, (z - z[picks[-1]]).square().sum(1))
    return torch.tensor(picks, device=z.device)


def population_move(
    energy: Callable[[Tensor], Tensor],
    z: Tensor,
    v: Tensor,
    components: int,
    candidates: int,
    generator: torch.Generator,
) -> Moved:
    """Move both halves in turn, z (n, d) with energies v (n,); n · candidates calls."""
    z, v = z.clone(), v.clone()
    order = torch.randperm(len(z), generator=generator, device=z.device)
    half, moved, weights = len(z) // 2, 0, []
    for movers, others in ((order[:half], order[half:]), (order[half:], order[:half])):
        q = fit_mixture(z[others], components, generator)
        z[movers], v[movers], log_w = independence(energy, q, before := z[movers], v[movers], candidates, generator)
        weights.append(log_w)
        moved += int((z[movers] != before).any(dim=1).sum())
    return Moved(z, v, moved / len(z), torch.cat(weights))


def independence(
    energy: Callable[[Tensor], Tensor], q: Mixture, z: Tensor, v: Tensor, candidates: int, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """One multiple-try step with proposals from q, which must not know z (m, d): z, energies, proposals' log weights.

    One of the candidates is picked by its weight w_j and taken with probability min(1, W / (W − w_j + w_0)), W = Σ w,
    w_0 that of z (Liu, Liang, Wong 2000): it moves oftener than i-SIR and is as exact. m · candidates calls.
    """
    m = len(z)
    fresh = q.draw(m * candidates, generator)
    fresh_v = energy(fresh.to(z.dtype))
    log_w = (-fresh_v.double() - q.log_density(fresh)).view(m, candidates)
    own = -v.double() - q.log_density(z.double())
    top = torch.maximum(log_w.amax(dim=1), own).clamp(min=-1e300)
    w, w0 = (log_w - top[:, None]).exp(), (own - top).exp()
    total = w.sum(dim=1)
    # Where no candidate has a density the pick is arbitrary and never taken.
    pick = torch.multinomial(torch.where(total[:, None] > 0, w, 1.0), 1, generator=generator)
    u = torch.rand(m, generator=generator, dtype=w.dtype, device=w.device)
    rest = (total - w.gather(1, pick)[:, 0]).clamp(min=0) + w0
    take = (u * rest < total).nonzero()[:, 0]
    chosen = take * candidates + pick[take, 0]
    z, v = z.clone(), v.clone()
    z[take], v[take] = fresh[chosen].to(z.dtype), fresh_v[chosen].to(v.dtype)
    return z, v, log_w.flatten()
