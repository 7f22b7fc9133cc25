"""From latents to video: the autoencoder's decoder, trained on to see the frames before and after.

A poster of a few pixels is so faint in one frame's latents that a decoder of single frames gives it one colour here and
another there; its neighbours know better. Only the decoder learns: the latents stay what they are, and so does every
network that knows them (temporal finetuning of the decoder, Blattmann et al. 2023, *Align your latents*, section 3).
"""

import torch
from torch import Tensor, nn

from experiments.video_diffusion.model.autoencoder import (
    Autoencoder,
    AutoencoderConfig,
    ResidualBlock,
    decoder,
    reconstruction_loss,
)
from experiments.video_diffusion.model.temporal_convolution import TemporalConvolution


class VideoDecoder(nn.Module):
    """A stencil over three frames after each residual block but those at the highest resolution, which is costly."""

    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        self.config = config
        self.layers = decoder(config)
        blocks = [i for i, layer in enumerate(self.layers) if isinstance(layer, ResidualBlock)]
        seeing = blocks[: len(blocks) - config.decoder_blocks[0]]
        self.stencils = nn.ModuleDict({str(i): TemporalConvolution(self.layers[i].first.in_channels) for i in seeing})

    @classmethod
    def of(cls, autoencoder: Autoencoder) -> "VideoDecoder":
        """What decodes every frame as `autoencoder` does, before training."""
        module = cls(autoencoder.config)
        module.layers.load_state_dict(autoencoder.decoder.state_dict())
        return module

    @property
    def reach(self) -> int:
        """How many frames to either side have a part in a frame."""
        return len(self.stencils)

    def forward(self, latents: Tensor) -> Tensor:
        """Latents (B, T, C, 8, 8) → images (B, T, 3, 64, 64), not clamped."""
        x = latents.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if str(i) in self.stencils:
                x = self.stencils[str(i)](x, latents.shape[1])
        return x.float().unflatten(0, latents.shape[:2])

    def loss(self, latents: Tensor, images: Tensor, generator: torch.Generator) -> Tensor:
        """Of the reconstruction of images (B, T, 3, 64, 64) from noisy latents; a scalar. Each clip has noise of its
        own strength, up to `config.latent_noise`: generated latents are nearly right, by how much differs."""
        strength = torch.rand(len(latents), 1, 1, 1, 1, generator=generator, device=latents.device)
        noise = torch.randn(latents.shape, generator=generator, device=latents.device)
        error = self(latents + self.config.latent_noise * strength * noise) - images
        return reconstruction_loss(error.flatten(0, 1), self.config.worst)
