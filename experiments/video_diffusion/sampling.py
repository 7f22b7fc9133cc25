"""The one sampling loop: Euler steps from noise to a clip, with a method plugged in."""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Denoise, Method, Past


@dataclass(frozen=True)
class Sampled:
    """`clip` (B, T, C, H, W), and by step: `score_norm` (steps, B) and whatever the method reports (steps, B)."""

    clip: Tensor
    diagnostics: dict[str, Tensor]
    path: list[Tensor]  # z and x̂ after each step, when asked for


def sample(
    denoise: Denoise,
    method: Method,
    past: Past,
    *,
    steps: int = 24,
    ancestral: float = 0.0,
    generator: torch.Generator | None = None,
    keep_path: bool = False,
) -> Sampled:
    """Follow dz/dt = (z − x̂) / t from `past.noise` at t = 1 to t = 0 in `steps` equal steps.

    `ancestral` is η in [0, 1]: 0 is deterministic, 1 draws as much fresh noise as the forward process took away
    (and needs `generator`).
    """
    z = past.noise
    grid = torch.linspace(1, 0, steps + 1, device=z.device)
    method.diagnostics.clear()
    scores, path = [], []
    for now, then in zip(grid[:-1], grid[1:], strict=True):
        z = method.enter(z, now, past)
        levels = now.expand(z.shape[:2])
        x = method.estimate(denoise, z, levels, past)
        scores.append(((z - (1 - now) * x) / now.square()).flatten(1).norm(dim=1))
        if keep_path:
            path.append(torch.stack([z, x]))
        z = step(z, x, now, then, ancestral, generator)
    clip = method.enter(z, grid[-1], past)
    diagnostics = {key: torch.stack(values) for key, values in method.diagnostics.items()}
    return Sampled(clip, diagnostics | {"score_norm": torch.stack(scores)}, path)


def step(z: Tensor, x: Tensor, now: Tensor, then: Tensor, ancestral: float, generator) -> Tensor:
    """From level `now` to level `then` along the line through z and x̂: z' = (1 − then) x̂ + then ε̂, with
    ε̂ = (z − (1 − now) x̂) / now. Of ε̂ the share η √(1 − ((1 − now) then / ((1 − then) now))²) is fresh noise, which
    for η = 1 is the variance of z' given z and x (Song et al. 2021, *DDIM*, equation 16, for this path)."""
    noise = (z - (1 - now) * x) / now
    if ancestral and then > 0:
        share = ancestral * (1 - ((1 - now) * then / ((1 - then) * now)).square()).sqrt()
        fresh = torch.randn(z.shape, generator=generator, device=z.device)
        noise = (1 - share.square()).sqrt() * noise + share * fresh
    return (1 - then) * x + then * noise
