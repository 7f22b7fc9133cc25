"""Reconstruction guidance (Ho et al. 2022, *Video Diffusion Models*, section 3.1): the model steers itself.

    x̃ = x̂ − (w a_t / 2) ∇_z ‖x_known − x̂_known(z)‖²,      a_t = 1 − t

The error of the model's own estimate of the known frames is differentiated through the network, once a step.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.methods.method import Denoise, Method, Past
from experiments.video_diffusion.noise import per_frame


@dataclass(frozen=True)
class ReconstructionGuidance(Method):
    """`weight` is w_r. `stabilised` replaces w a_t by (a² + t²) / a, the pseudo-inverse weight of ΠGDM (Song et al.
    2023) for unit-variance data, and never moves the estimate further than the residual is long."""

    overlap: int = 5
    weight: float = 4.0
    stabilised: bool = False

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        n = past.known.shape[1]
        with torch.enable_grad():
            z = z.detach().requires_grad_()
            x = denoise(z, t)
            residual = past.known - x[:, :n]
            error = residual.square().sum()
            (gradient,) = torch.autograd.grad(error, z)
        self.diagnostics.setdefault("residual", []).append(residual.detach().square().flatten(1).mean(1))
        a = 1 - t
        if not self.stabilised:
            return x.detach() - per_frame(self.weight * a / 2, z) * gradient
        # At t = 1 the weight is infinite and the estimate knows nothing yet: the trust region decides alone.
        step = per_frame((a.square() + t.square()) / (2 * a.clamp(min=1e-3)), z) * gradient
        longest = residual.detach().flatten(1).norm(dim=1)
        length = step.flatten(1).norm(dim=1).clamp(min=1e-12)
        return x.detach() - step * (longest / length).clamp(max=1)[:, None, None, None, None]
