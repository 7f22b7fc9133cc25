"""The networks: frames to latents and back, the denoiser of clips of latents, what it is told of the past; noise."""
