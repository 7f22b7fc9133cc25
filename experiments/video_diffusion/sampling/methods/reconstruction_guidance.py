"""Reconstruction guidance (Ho et al. 2022, *Video Diffusion Models*, section 3.1): the model steers itself.

    x̃ = x̂ − (w a_t / 2) ∇_z ‖x_known − x̂_known(z)‖²,      a_t = 1 − t

The error of the model's own estimate of the known frames is differentiated through the network, once a step.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from experiments.video_diffusion.model.noise import per_frame
from experiments.video_diffusion.sampling.methods.method import Denoise, Method, Past


@dataclass(frozen=True)
class ReconstructionGuidance(Method):
    """`weight` is w."""

    overlap: int = 5
    weight: float = 4.0

    def estimate(self, denoise: Denoise, z: Tensor, t: Tensor, past: Past) -> Tensor:
        x, error, gradient = differentiate(denoise, z, t, past.known)
        self.note(residual=error / size(past.known))
        return self.guided(x, gradient, t)

    def guided(self, x: Tensor, gradient: Tensor, t: Tensor) -> Tensor:
        """x̃ at levels t (B, T)."""
        return x - per_frame(self.weight * (1 - t) / 2, x) * gradient

    def note(self, **values: Tensor) -> None:
        for name, value in values.items():
            self.diagnostics.setdefault(name, []).append(value)


def differentiate(denoise: Denoise, z: Tensor, t: Tensor, known: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """x̂ of clips z at levels t (B, T), the squared error (B,) of its first frames, and its gradient in z."""
    with torch.enable_grad():
        z = z.detach().requires_grad_()
        x = denoise(z, t)
        error = (known - x[:, : known.shape[1]]).square().flatten(1).sum(1)
        (gradient,) = torch.autograd.grad(error.sum(), z)
    return x.detach(), error.detach(), gradient


def size(known: Tensor) -> int:
    """Numbers in the known frames of one clip, at least 1: residuals are told as means."""
    return max(1, known[0].numel())
