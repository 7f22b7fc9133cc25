"""What ships with the code: the trained networks' files, and beside them the records of what was measured on them."""

from pathlib import Path

# The walks that they learned from, and that they are measured on.
WALKS = "maze:walk=lattice,textures=1"
FOLDER = Path(__file__).parents[1] / "checkpoints"
EXTENDING = ("autoencoder", "decoder", "denoiser", "history", "judge")  # what continues a video, and judges it
NETWORKS = (*EXTENDING, "guide")  # each a file NAME.safetensors
