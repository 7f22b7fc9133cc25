"""What ships with the code: the trained networks' files, and beside them the records of what was measured on them."""

from pathlib import Path

WALKS = "maze"  # that the networks learned from, and are measured on
LATTICE = "maze:walk=lattice,textures=1"  # finitely many views, drawn with hard texels
FOLDER = Path(__file__).parents[1] / "checkpoints"
OF_THE_LATTICE = FOLDER / "lattice"  # records of networks that knew nothing else; the history holds their weights
EXTENDING = ("autoencoder", "decoder", "denoiser", "history", "judge")  # what continues a video, and judges it
NETWORKS = (*EXTENDING, "guide")  # each a file NAME.safetensors
