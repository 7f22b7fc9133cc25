"""One step of the sampling equation dz/dt = (z − x̂(z, t)) / t = ε̂ − x̂, from level `now` down to level `then`.

Karras et al. 2022 (*Elucidating the design space of diffusion-based generative models*, algorithm 1), on this path.
"""

from collections.abc import Callable

import torch
from torch import Tensor

# (z, level) → (z, x̂): one network call. A method may change both what the network sees and what it answers.
Look = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
Solver = Callable[[Look, Tensor, Tensor, Tensor], Tensor]


def time_grid(steps: int, shift: float = 1.0) -> Tensor:
    """Levels 1 = t_0 > … > t_steps = 0: t = s u / (1 + (s − 1) u) of equally spaced u, which for s > 1 lie closer
    together near t = 1 (Esser et al. 2024, *Scaling rectified flow transformers*, equation 23)."""
    u = torch.linspace(1, 0, steps + 1)
    return shift * u / (1 + (shift - 1) * u)


def noise_in(z: Tensor, x: Tensor, t: Tensor) -> Tensor:
    """ε̂ of z = (1 − t) x̂ + t ε̂, for t > 0."""
    return (z - (1 - t) * x) / t


def euler(look: Look, z: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """Along the straight line through z and x̂. First order, one network call."""
    z, x = look(z, now)
    return (1 - then) * x + then * noise_in(z, x, now)


def heun(look: Look, z: Tensor, now: Tensor, then: Tensor) -> Tensor:
    """Euler's step, taken again with the mean of the slopes at its two ends. Second order, two network calls; one at
    t = 0, where the slope at the far end is not defined."""
    z, x = look(z, now)
    noise = noise_in(z, x, now)
    first = (1 - then) * x + then * noise
    if then == 0:
        return first
    seen, there = look(first, then)
    return z + (then - now) / 2 * (noise - x + noise_in(seen, there, then) - there)


def ancestral_level(now: Tensor, then: Tensor, share: float) -> Tensor:
    """The level below `then` from which fresh noise must lead back up to `then`.

    In σ = t / (1 − t): σ_down = σ_then √(1 − η² (1 − σ²_then / σ²_now)). For η = `share` = 1 the fresh noise has the
    variance of z_then given z_now and x (Song et al. 2021, *DDIM*, equation 16); for η = 0 there is none.
    """
    kept = ((1 - now) * then / ((1 - then) * now)).square()  # σ²_then / σ²_now, finite also at now = 1
    sigma = then / (1 - then) * (1 - share**2 * (1 - kept)).sqrt()
    return sigma / (1 + sigma)


def renoise(z: Tensor, down: Tensor, up: Tensor, generator: torch.Generator | None) -> Tensor:
    """From level `down` up to level `up`, as the forward process does."""
    scale = (1 - up) / (1 - down)
    fresh = torch.randn(z.shape, generator=generator, device=generator.device if generator else z.device).to(z)
    return scale * z + (up.square() - (scale * down).square()).sqrt() * fresh
