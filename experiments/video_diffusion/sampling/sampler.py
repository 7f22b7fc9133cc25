"""The one sampling loop: from noise to a clip in steps of a solver, with a method plugged into every network call."""

from dataclasses import dataclass, replace
from numbers import Integral

import torch
from torch import Tensor

from experiments.errors import InputError
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past
from experiments.video_diffusion.sampling.solvers import (
    Solver,
    Step,
    ancestral_level,
    euler,
    multistep,
    noise_in,
    renoise,
    time_grid,
)


@dataclass(frozen=True)
class Scheme:
    """How the path from noise to data is followed: in `steps` steps of `solver`, equal ones for `shift` = 1.

    `ancestral` ≥ 0: 0 is deterministic, 1 draws as much fresh noise as the forward process took away, more lets the
    clip wander more. Fresh noise comes in at the level `fresh_from` and below it.
    """

    steps: int = 20
    solver: Solver = euler
    shift: float = 1.0
    ancestral: float = 0.0
    fresh_from: float = 1.0

    def __post_init__(self):
        """Raises InputError where no path has as many steps."""
        if not isinstance(self.steps, Integral) or self.steps < 1:
            raise InputError(f"steps={self.steps}: a whole number from 1 on is needed")

    def grid(self) -> Tensor:
        """Levels 1 = t_0 > … > t_steps = 0."""
        return time_grid(self.steps, self.shift)

    @property
    def settings(self) -> dict[str, float | str]:
        """As a record has them."""
        return vars(self) | {"solver": self.solver.__name__}


# Most steps near t = 1, where the walk through the maze is decided, and second order there; fresh noise once it is
# decided mends frames. Best of those tried on hundreds of clips (CHANGELOG), also with autoguidance; `decisions` and
# studies/sampler_steps have it beside others. Sixteen steps are as good as twenty or thirty-two; twelve are not, on 256
# clips.
USUAL = Scheme(16, multistep, shift=8.0, ancestral=1.4, fresh_from=0.9)
# With a past to go on from, fresh noise all along: it is the past that decides the walk then, and injection needs the
# noise to mend what it bends. Eight steps, for they are as good as twenty (studies/continuing_steps).
CONTINUING = replace(USUAL, steps=8, ancestral=1.0, fresh_from=1.0)


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
    scheme: Scheme = Scheme(),
    *,
    generator: torch.Generator | None = None,
    begin: tuple[Tensor, float] | None = None,
    keep_path: bool = False,
) -> Sampled:
    """Follow dz/dt = (z − x̂) / t from `past.noise` at t = 1 to t = 0. Fresh noise needs `generator`.

    `begin` is a noisy clip and its level, to go on from that instead.
    """
    z, grid = past.noise, scheme.grid()
    if begin is not None:
        z, level = begin
        grid = torch.cat([torch.tensor([level]), grid[grid < level]])
    grid = grid.to(z.device)
    method.diagnostics.clear()
    scores, path, before = [], [], None

    def look(z: Tensor, now: Tensor) -> tuple[Tensor, Tensor]:
        nonlocal before
        z, x = method.look(denoise, z, now, past)
        before = now, x
        scores.append((noise_in(z, x, now) / now).flatten(1).norm(dim=1))
        if keep_path:
            path.append(torch.stack([z, x]))
        return z, x

    for now, then in zip(grid[:-1], grid[1:], strict=True):
        noisy = scheme.ancestral > 0 and 0 < then <= scheme.fresh_from
        down = ancestral_level(now, then, scheme.ancestral) if noisy else then
        z = scheme.solver(look, z, Step(now, then, down, before))
        if noisy:
            fresh = torch.randn(z.shape, generator=generator, device=generator.device if generator else z.device).to(z)
            z = renoise(z, down, then, fresh)
            # What a method puts in at a level is on the same path as the clip, and so has the same fresh noise in it.
            past = replace(past, noise=renoise(down * past.noise, down, then, fresh) / then)
    clip = method.enter(z, grid[-1], past)
    diagnostics = {key: torch.stack(values) for key, values in method.diagnostics.items()}
    return Sampled(clip, diagnostics | {"score_norm": torch.stack(scores)}, path)
