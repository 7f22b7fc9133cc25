"""How far the walls are in a frame, column by column: a small network trained on real frames, where the truth is known.

A wall of height 1 seen from its middle is 1/depth pictures high, so that what is read is its height on the picture.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class DepthReaderConfig:
    widths: tuple[int, int, int, int] = (24, 32, 48, 64)


class DepthReader(nn.Module):
    """Images (N, 3, 64, 64) in [−1, 1] → 1 / depth (N, 64) of the wall in every column; depth in blocks along the
    view."""

    def __init__(self, config: DepthReaderConfig = DepthReaderConfig()):
        super().__init__()
        self.config = config
        layers, width = [], 3
        for wider in config.widths:  # each halves the height and keeps the columns
            layers += [nn.Conv2d(width, wider, (4, 5), (2, 1), (1, 2)), nn.GroupNorm(8, wider), nn.SiLU()]
            width = wider
        self.columns = nn.Sequential(*layers)
        rows = 64 // 2 ** len(config.widths)
        self.along = nn.Sequential(
            nn.Conv1d(rows * width, 96, 1), nn.SiLU(), nn.Conv1d(96, 96, 9, padding=4), nn.SiLU(), nn.Conv1d(96, 1, 1)
        )

    def forward(self, images: Tensor) -> Tensor:
        x = self.columns(images.to(memory_format=torch.channels_last))
        return F.softplus(self.along(x.flatten(1, 2)))[:, 0].float()

    def loss(self, images: Tensor, inverse_depth: Tensor, generator: torch.Generator) -> Tensor:
        """Mean absolute error of 1 / depth plus the relative one, on images that are noised and half of them blurred:
        generated frames are never quite sharp. A scalar."""
        noise = torch.randn(images.shape, generator=generator, device=images.device)
        strength = 0.1 * torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
        half = len(images) // 2
        soft = F.avg_pool2d(images[:half], 3, stride=1, padding=1, count_include_pad=False)
        error = (self(torch.cat([soft, images[half:]]) + strength * noise) - inverse_depth).abs()
        return (error + error / inverse_depth).mean()
