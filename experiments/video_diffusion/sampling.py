"""The one sampling loop: from noise to a clip in steps of a solver, with a method plugged into every network call."""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Denoise, Method, Past
from experiments.video_diffusion.solvers import Solver, ancestral_level, euler, noise_in, renoise, time_grid

# Most steps near t = 1, where the walk through the maze is decided, and fresh noise at every one: best of those tried
# on 64 clips (CHANGELOG); studies/sampler_steps has them beside the others.
SHIFT, ANCESTRAL, STEPS = 6.0, 1.0, 20


@dataclass(frozen=True)
class Sampled:
    """`clip` (B, T, C, H, W), and by network call: `score_norm` (calls, B) and what the method reports (calls, B).
    Euler calls the network once a step, Heun twice but for the last."""

    clip: Tensor
    diagnostics: dict[str, Tensor]
    path: list[Tensor]  # z and x̂ at each network call, when asked for


def sample(
    denoise: Denoise,
    method: Method,
    past: Past,
    *,
    steps: int = STEPS,
    solver: Solver = euler,
    shift: float = 1.0,
    ancestral: float = 0.0,
    generator: torch.Generator | None = None,
    keep_path: bool = False,
) -> Sampled:
    """Follow dz/dt = (z − x̂) / t from `past.noise` at t = 1 to t = 0 in `steps` steps of `solver`,
    equal ones for `shift` = 1.

    `ancestral` is η in [0, 1]: 0 is deterministic, 1 draws as much fresh noise as the forward process took away
    (and needs `generator`).
    """
    z = past.noise
    grid = time_grid(steps, shift).to(z.device)
    method.diagnostics.clear()
    scores, path = [], []

    def look(z: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        z, x = method.look(denoise, z, now, past)
        scores.append((noise_in(z, x, now) / now).flatten(1).norm(dim=1))
        if keep_path:
            path.append(torch.stack([z, x]))
        return z, x

    for now, then in zip(grid[:-1], grid[1:], strict=True):
        if ancestral and then > 0:
            down = ancestral_level(now, then, ancestral)
            z = renoise(solver(look, z, now, down), down, then, generator)
        else:
            z = solver(look, z, now, then)
    clip = method.enter(z, grid[-1], past)
    diagnostics = {key: torch.stack(values) for key, values in method.diagnostics.items()}
    return Sampled(clip, diagnostics | {"score_norm": torch.stack(scores)}, path)
