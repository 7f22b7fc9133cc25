"""README's way from one's own films to a long video works as typed in an empty folder, with training cut short."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import yaml

from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.model.weight_files import read_record
from experiments.video_diffusion.training.recipes import PRESETS_FILE

ROOT = Path(__file__).parents[2]
COMMAND = "python -m experiments.video_diffusion "
DRY = ("--dry-run", "--out", "weights", "--device", "cpu", "--threads", "1")
NETWORK = {"conditions": True, "continuing": 0.45, "width": 32, "inner_width": 80}
pytestmark = pytest.mark.slow


def commands() -> list[list[str]]:
    """The arguments of README's three commands: look at the films, train, make a long video."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("**Your own recordings.**")[1]
    lines = re.search(r"```sh\n(.+?)```", section, re.DOTALL)[1].splitlines()
    return [shlex.split(line.removeprefix(COMMAND), comments=True) for line in lines if line.startswith(COMMAND)]


@pytest.fixture
def folder(tmp_path):
    """Films of twelve frames a second and of another shape, as a camera makes them; and recipes cut short."""
    walks = MazeWalks("train", 140, pixels=96)
    for split, number in (("train", 0), ("train", 1), ("validation", 2)):
        (tmp_path / "my_videos" / split).mkdir(parents=True, exist_ok=True)
        wide = np.pad(walks.episode(number).frames, ((0, 0), (0, 0), (16, 16), (0, 0)), mode="edge")
        name = "film.mp4" if split == "validation" else f"film{number}.mp4"
        iio.imwrite(tmp_path / "my_videos" / split / name, wide, fps=12, codec="libx264")
    recipes = yaml.safe_load(PRESETS_FILE.read_text())
    for name, recipe in recipes["recordings"].items():  # only what an autoencoder gives back is gone on from
        recipe |= {"episodes": 5, "steps": 250 if name == "autoencoder" else 4, "batch": 8, "ema": 0.9}
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(recipes))
    return tmp_path


def run(folder: Path, arguments: list[str]) -> str:
    """What a command prints. With the recipes of `short.yaml`."""
    program = [sys.executable, str(Path(__file__).with_name("train_preset.py")), str(folder / "short.yaml"), *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def test_the_way_from_films_to_a_long_video_works_as_it_is_typed(folder):
    look, train, extend = commands()
    run(folder, look)
    assert iio.imread(folder / look[look.index("--out") + 1]).ndim == 3
    run(folder, train)
    weights = folder / train[train.index("--out") + 1]
    learned = {path.stem for path in weights.glob("*.safetensors")}
    assert {"autoencoder", "decoder", "judge", "denoiser", "guide", "history"} <= learned
    told = run(folder, extend)
    out = folder / extend[extend.index("--out") + 1]
    assert f"{out.name}: 300 frames, 20 of them given" in told and "the first, where the given frames end" in told
    made = iio.immeta(out)
    assert round(made["duration"] * made["fps"]) == 300 and made["fps"] == 6  # the pace of what was read


@pytest.mark.parametrize("preset", ["recordings", "gtx1080ti"])
def test_any_preset_takes_recordings_without_the_motion_that_nobody_knows(folder, preset):
    """What needs mazes is passed over and said; the dry run counts the windows there are, not those of the recipe."""
    told = run(folder, ["train", "all", "--preset", preset, "--data", "my_videos:resize=crop,fps=6", *DRY])
    assert "my_videos:resize=crop,fps=6: 4 windows of 64 frames to learn from" in told
    assert ("teaches no depth" in told) == (preset == "gtx1080ti")
    assert "denoiser: " in told and "motion: " not in told
    assert not (folder / "weights").exists()


def test_a_recipe_with_motion_is_kept_without_it(folder):
    recipes = yaml.safe_load((folder / "short.yaml").read_text())
    networks = recipes["recordings"]
    short = {"episodes": 2, "steps": 2, "batch": 2, "network": NETWORK}
    networks["denoiser"] = recipes["gtx1080ti"]["denoiser"] | short
    networks["autoencoder"]["steps"] = 2
    (folder / "short.yaml").write_text(yaml.safe_dump(recipes))
    train = ["train", "autoencoder", "denoiser", "--preset", "recordings", "--data", "my_videos:resize=crop,fps=6"]
    run(folder, [*train, "--out", "weights", "--device", "cpu", "--threads", "1"])
    config = read_record(folder / "weights/denoiser.safetensors")["config"]
    assert not config["conditions"] and config["continuing"] == NETWORK["continuing"]
