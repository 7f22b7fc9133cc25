"""Latents that move as their pictures move: the autoencoder also decodes shifted and scaled latents into shifted and
scaled pictures (EQ-VAE, Kouzelis et al. 2025). A view that shifts a little then changes its latents a little, which is
what a diffusion model of continuous walks has to predict.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def random_moves(count: int, generator: torch.Generator) -> Tensor:
    """Affine maps (count, 2, 3) for `affine_grid`: scales from ½ to 1½, shifts of up to a quarter of the picture."""
    device = generator.device
    scale = 0.5 + torch.rand(count, generator=generator, device=device)
    shift = torch.rand(count, 2, generator=generator, device=device) - 0.5
    moves = torch.zeros(count, 2, 3, device=device)
    moves[:, 0, 0] = moves[:, 1, 1] = scale
    moves[:, :, 2] = shift
    return moves


def moved(x: Tensor, moves: Tensor) -> Tensor:
    """Images or latents (N, C, H, W) under maps (N, 2, 3); beyond the edge the mirror image goes on."""
    grid = F.affine_grid(moves, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
