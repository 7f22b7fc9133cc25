"""What ships with the code: the trained networks' files, and beside them the records of what was measured on them."""

from pathlib import Path

LATTICE = "maze:walk=lattice,textures=1"  # finitely many views, drawn with hard texels
WALKS = LATTICE  # that the networks learned from, and are measured on
FOLDER = Path(__file__).parents[1] / "checkpoints"
CONTINUOUS = FOLDER / "continuous"  # networks of the walks that are continuous, told motion and memory
EXTENDING = ("autoencoder", "decoder", "denoiser", "history", "judge")  # what continues a video, and judges it
NETWORKS = (*EXTENDING, "guide")  # each a file NAME.safetensors
