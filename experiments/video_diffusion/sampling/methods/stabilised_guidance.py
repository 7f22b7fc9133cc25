"""Reconstruction guidance whose residual falls at every step: what has risen is corrected before the step goes on.

Why it rises as published: nearly all of a clip's layout is settled in the first quarter of the path. There a_t is small
and the gradient is weak, so the noise decides instead of the past, and later steps must undo it. Here every step ends
on the set where the estimate of the known frames is good enough,

    r(z) = ‖x_known − x̂_known(z)‖ ≤ min(r of the step before, slack · r of the past at this level),

where the past's own r is that of the true video, noised to the same level: the best that the model can be asked for. A
clip outside moves the shortest way to the set's edge, by Newton's method on r along its gradient, halved when r rises.
The limit that the model's own error sets is the discrepancy principle (Morozov 1966).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.model.noise import add_noise, per_frame
from experiments.video_diffusion.sampling.methods.method import Denoise, Past, of_clips, untold
from experiments.video_diffusion.sampling.methods.reconstruction_guidance import (
    ReconstructionGuidance,
    differentiate,
    size,
)

INSIDE = 0.97  # of the limit: Newton's method comes from outside and would only creep up to the edge itself


@dataclass(frozen=True)
class StabilisedGuidance(ReconstructionGuidance):
    """`slack` is that of the formula in squared residuals; a step makes at most `corrections` more network calls."""

    slack: float = 1.5
    corrections: int = 40

    def look(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> tuple[Tensor, Tensor]:
        levels = t.expand(z.shape[:2])
        x, error, gradient = differentiate(denoise, z, levels, past.known)
        calls = torch.ones_like(error)
        if float(t) < 1:  # pure noise: no estimate depends on the clip
            calls, reach = calls + 1, torch.ones_like(error)
            limit = self.slack * own_error(denoise, levels, past)
            if before := self.diagnostics.get("residual"):
                limit = torch.minimum(limit, INSIDE * size(past.known) * before[-1])
            for _ in range(self.corrections):
                out = (error > limit).nonzero()[:, 0]
                if not len(out):
                    break
                step = newton_step(error[out], INSIDE * limit[out], gradient[out])
                tried = z[out] - per_frame(reach[out], step) * step
                found = differentiate(of_clips(denoise, out), tried, levels[out], past.known[out])
                better = found[1] < error[out]
                reach[out] = torch.where(better, (2 * reach[out]).clamp(max=1), reach[out] / 2)
                calls[out] += 1
                kept = out[better]
                z = z.index_copy(0, kept, tried[better])
                x, error, gradient = (
                    old.index_copy(0, kept, new[better]) for old, new in zip((x, error, gradient), found, strict=True)
                )
        self.note(residual=error / size(past.known), calls=calls)
        return z, self.guided(x, gradient, levels)


def newton_step(error: Tensor, wanted: Tensor, gradient: Tensor) -> Tensor:
    """What to take from z so that √error (B,), were it linear, would become √wanted. `gradient` is that of error."""
    slope = gradient.square().flatten(1).sum(1).clamp(min=1e-20)
    return per_frame(2 * error.sqrt() * (error.sqrt() - wanted.sqrt()) / slope, gradient) * gradient


def own_error(denoise: Denoise, levels: Tensor, past: Past) -> Tensor:
    """Squared error (B,) of the estimate of the known frames in the video they come from. What is told of the new clip
    says nothing of that one: the estimate is made without, so that the limit is wider where a memory helps."""
    n = past.history.shape[1]
    with torch.no_grad():
        x = untold(denoise)(add_noise(past.history, past.noise[:, :n], levels[:, :n]), levels[:, :n])
    return (x - past.history)[:, n - past.known.shape[1] :].square().flatten(1).sum(1)
