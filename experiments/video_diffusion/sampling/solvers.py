"""One step of the sampling equation dz/dt = (z − x̂(z, t)) / t = ε̂ − x̂.

Euler and Heun as in Karras et al. 2022 (*Elucidating the design space of diffusion-based generative models*,
algorithm 1), the multistep solver as in Lu et al. 2022 (*DPM-Solver++*, 2M and its stochastic form), on this path.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

# (z, level) → (z, x̂): one network call. A method may change both what the network sees and what it answers.
Look = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Step:
    """From level `now` to level `then` (scalars), by way of `down` ≤ `then` when fresh noise leads back up to `then`.
    `before` is where the network looked last, and the x̂ that it saw; None in the first step."""

    now: Tensor
    then: Tensor
    down: Tensor
    before: tuple[Tensor, Tensor] | None = None


Solver = Callable[[Look, Tensor, Step], Tensor]  # z at `now` → z at `down`


def time_grid(steps: int, shift: float = 1.0) -> Tensor:
    """Levels 1 = t_0 > … > t_steps = 0: t = s u / (1 + (s − 1) u) of equally spaced u, which for s > 1 lie closer
    together near t = 1 (Esser et al. 2024, *Scaling rectified flow transformers*, equation 23)."""
    u = torch.linspace(1, 0, steps + 1)
    return shift * u / (1 + (shift - 1) * u)


def noise_in(z: Tensor, x: Tensor, t: Tensor) -> Tensor:
    """ε̂ of z = (1 − t) x̂ + t ε̂, for t > 0."""
    return (z - (1 - t) * x) / t


def straight(z: Tensor, x: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """Along the straight line through z at `now` and x at 0, to `then`."""
    return (1 - then) * x + then * noise_in(z, x, now)


def euler(look: Look, z: Tensor, step: Step) -> Tensor:
    """As if x̂ stayed what it is. First order, one network call."""
    z, x = look(z, step.now)
    return straight(z, x, step.now, step.down)


def heun(look: Look, z: Tensor, step: Step) -> Tensor:
    """Euler's step, taken again with the mean of the slopes at its two ends. Second order, two network calls; one at
    t = 0, where the slope at the far end is not defined."""
    now, down = step.now, step.down
    z, x = look(z, now)
    first = straight(z, x, now, down)
    if down == 0:
        return first
    seen, there = look(first, down)
    slopes = noise_in(z, x, now) - x + noise_in(seen, there, down) - there
    return z + (down - now) / 2 * slopes


def multistep(look: Look, z: Tensor, step: Step) -> Tensor:
    """As if x̂ went on, in λ = log (1 − t) / t, along the line through this one and the one before. Second order, one
    network call. Where λ is infinite, at either end of the path, no line can be drawn: Euler's step."""
    z, x = look(z, step.now)
    mean = x
    if step.before is not None and step.before[0] < 1 and step.then > 0:
        before, last = step.before
        here, whole = log_ratio(step.now), log_ratio(step.down) - log_ratio(step.now)
        # The step weighs what x̂ is on the way by e^λ, up to `down`: on average it is this far along.
        along_it = -1 / torch.expm1(-whole) - 1 / whole
        mean = x + along_it * (log_ratio(step.then) - here) / (here - log_ratio(before)) * (x - last)
    return straight(z, mean, step.now, step.down)


def log_ratio(t: Tensor) -> Tensor:
    """λ = log (1 − t) / t, half the logarithm of the signal-to-noise ratio."""
    return ((1 - t) / t).log()


def ancestral_level(now: Tensor, then: Tensor, share: float) -> Tensor:
    """The level below `then` from which fresh noise must lead back up to `then`.

    In σ = t / (1 − t): σ_down = σ_then (σ_then / σ_now)^(τ²), with τ = `share`. τ = 0 draws no noise; for τ = 1 it has
    the variance of z_then given z_now and x (Song et al. 2021, *DDIM*, equation 16); any τ keeps the densities at all
    levels (Xue et al. 2023, *SA-Solver*), and more noise forgets more of the errors made so far.
    """
    sigma = then / (1 - then)
    down = sigma * ((1 - now) * then / ((1 - then) * now)) ** share**2  # finite also at now = 1
    return down / (1 + down)


def renoise(z: Tensor, down: Tensor, up: Tensor, fresh: Tensor) -> Tensor:
    """From level `down` up to level `up`, as the forward process does with the draws `fresh`."""
    scale = (1 - up) / (1 - down)
    return scale * z + (up.square() - (scale * down).square()).sqrt() * fresh
