"""What ships with the code: the trained networks' files, and beside them the records of what was measured on them."""

from pathlib import Path

FOLDER = Path(__file__).with_name("checkpoints")
NETWORKS = ("autoencoder", "decoder", "denoiser", "history", "judge")  # each a file NAME.safetensors
