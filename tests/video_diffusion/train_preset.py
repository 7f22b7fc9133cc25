"""`python train_preset.py PRESETS.yaml train …`: the command line with presets of the test's own."""

import sys
from pathlib import Path

from experiments.video_diffusion.__main__ import main
from experiments.video_diffusion.training import recipes

if __name__ == "__main__":
    recipes.PRESETS_FILE = Path(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
