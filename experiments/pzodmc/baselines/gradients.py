"""Values and gradients of V by automatic differentiation, for the baselines that need them."""

import torch
from torch import Tensor

from ..errors import InputError
from ..oracle import Oracle
from ..tiles import TILE, spans


def value_and_gradient(oracle: Oracle, z: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """V (m,) and ∇V (m, d) at z (m, d). One call a point, though a gradient costs a few times a value.

    A gradient that is not finite is 0, and counted as an invalid answer where V itself is finite. InputError where V
    cannot be differentiated.
    """
    parts = [_part(oracle, z[start:stop]) for start, stop in spans(len(z), TILE, chunk)]
    return torch.cat([v for v, _ in parts]), torch.cat([gradient for _, gradient in parts])


def _part(oracle: Oracle, z: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        z = z.detach().requires_grad_()
        v = oracle(z)
        if not v.requires_grad:
            raise InputError("V has no gradient: write it in torch operations, or take a sampler that asks for values")
        (gradient,) = torch.autograd.grad(v.sum(), z)
    v, bad = v.detach(), ~torch.isfinite(gradient).all(dim=1)
    oracle.invalid += int((bad & torch.isfinite(v)).sum())
    return v, torch.where(bad[:, None], 0.0, gradient)
