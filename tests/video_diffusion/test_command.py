"""The command line: every method makes the video asked for, data are shown as they are, bad input is one line."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from experiments.errors import InputError
from experiments.video_diffusion.__main__ import main
from experiments.video_diffusion.commands import train
from experiments.video_diffusion.data import MazeWalks, open_source
from experiments.video_diffusion.drawings import preview
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.model.shipped_weights import FOLDER, WALKS
from experiments.video_diffusion.model.weight_files import save_weights
from experiments.video_diffusion.sampling import methods
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods.registry import build, registry, settings
from experiments.video_diffusion.sampling.sampler import CONTINUING
from experiments.video_diffusion.sampling.streaming import stream
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores.judge import Judge, JudgeConfig
from experiments.video_diffusion.training.recipes import recipe_of
from tests.video_diffusion.episode_files import WALK, write_film, write_frames, write_npz


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Small untrained networks beside the shipped autoencoder and decoder."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    small = DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1)
    networks = {
        "denoiser": Denoiser(small),
        "guide": Denoiser(small),
        "history": HistoryEncoder(HistoryConfig(width=32, heads=2, layers=1, tokens=2)),
        "judge": Judge(JudgeConfig()),
    }
    for name, network in networks.items():
        save_weights(network, folder / f"{name}.safetensors", {})
    for name in ("autoencoder", "decoder"):
        shutil.copy(FOLDER / f"{name}.safetensors", folder)
    return folder


@pytest.fixture
def command(weights, tmp_path, monkeypatch, capsys):
    """Runs `extend` with small networks in an empty folder; returns the exit code and what was printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        own = ("--weights", str(weights), "--steps", "2", "--device", "cpu") if arguments[0] == "extend" else ()
        code = main([arguments[0], *own, *arguments[1:]])
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("method", registry())
@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_every_method_makes_as_many_frames_as_asked_and_tells_its_seams(command, method, suffix):
    code, out, _ = command("extend", "--method", method, "--frames", "23", "--out", f"v{suffix}")
    video = open_source(f"v{suffix}", "all", 23).episode(0).frames
    assert code == 0 and video.shape == (23, 64, 64, 3)
    assert "23 frames, 10 of them given" in out and "new frames/s" in out and "seams, at frames 10" in out


def test_the_seed_decides_everything_that_is_drawn(command, tmp_path):
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert command("extend", "--frames", "15", "--seed", seed, "--out", f"{name}.gif")[0] == 0
    a, b, c = ((tmp_path / f"{name}.gif").read_bytes() for name in "abc")
    assert a == b != c


@pytest.mark.parametrize(
    ("write", "name"), [(write_npz, "start.npz"), (write_film, "start.mp4"), (write_frames, "start")]
)
def test_any_kind_of_video_can_be_extended_and_stays_in_front_as_it_is(command, tmp_path, write, name):
    write(tmp_path / name)
    assert command("extend", "--init", name, "--frames", "30", "--out", "v.gif")[0] == 0
    given = open_source(name, "all", 24).episode(0).frames
    video = open_source("v.gif", "all", 30).episode(0).frames
    assert np.abs(video[:24] - given.astype(int)).mean() < 4  # a palette of 256 colours


def test_a_walk_starts_with_the_held_out_maze_of_its_source(command):
    source = "maze:walk=lattice,textures=0"
    assert command("extend", "--init", source, "--episode", "4", "--frames", "12", "--out", "v.gif")[0] == 0
    given = open_source(source, "test", 10).frames([4])[0].astype(int)
    assert np.abs(open_source("v.gif", "all", 12).episode(0).frames[:10] - given).mean() < 4


def test_scale_repeats_pixels(command):
    for scale in ("1", "3"):
        assert command("extend", "--frames", "12", "--scale", scale, "--out", f"{scale}.gif")[0] == 0
    small, large = (np.asarray(Image.open(f"{scale}.gif").convert("RGB")).astype(int) for scale in (1, 3))
    assert large.shape == (192, 192, 3) and np.abs(large - small.repeat(3, 0).repeat(3, 1)).mean() < 2


@pytest.mark.parametrize("method", [methods.FeatureInjection(), methods.PerFrameNoise(overlap=3)])
def test_clip_by_clip_is_the_same_as_at_once(weights, method):
    models = Models(torch.device("cpu"), weights)
    start = torch.randn(1, 17, 8, 8, 8, generator=torch.Generator().manual_seed(0))
    scheme = replace(CONTINUING, steps=2)
    parts = list(stream(models, method, start, 38, scheme, torch.Generator().manual_seed(1)))
    whole = extend(models.denoise, method, start, 38, scheme, generator=torch.Generator().manual_seed(1))
    wanted = models.decode(whole.latents)[0, 17:]
    assert len(parts) > 2 and (torch.cat(parts).int() - wanted.int()).abs().max() <= 1


BAD = {
    "too short": (["extend", "--init", "short.npz"], "short.npz: too short: 8 frames, 10 are needed"),
    "wrong size": (["extend", "--init", "large.npz"], "128×64 instead of 64×64; add ':resize=crop'"),
    "unreadable": (["extend", "--init", "text.mp4"], "text.mp4: no video that can be read"),
    "missing": (["extend", "--init", "nowhere.mp4"], "nowhere.mp4: no such file or folder"),
    "no method": (["extend", "--method", "magic"], "invalid choice: 'magic'"),
    "no setting": (
        ["extend", "--method", "feature_injection", "--set", "w=1"],
        "feature_injection has no setting 'w' (known: overlap, share)",
    ),
    "no value": (["extend", "--method", "feature_injection", "--set", "share"], "write it as KEY=VALUE"),
    "wrong kind": (
        ["extend", "--method", "feature_injection", "--set", "share=much"],
        "share must be a number, not 'much'",
    ),
    "whole clip": (["extend", "--set", "overlap=10"], "overlap must lie between 0 and 9"),
    "not a number": (["extend", "--set", "level=.nan"], "level must be a number, not nan"),
    "beyond the path": (["extend", "--set", "level=1.5"], "level must lie between 0 and 1"),
    "negative": (["extend", "--method", "reconstruction_guidance", "--set", "weight=-1"], "must not be negative"),
    "no overlap": (["extend", "--method", "history_guidance", "--set", "overlap=5"], "leave it at 0"),
    "huge seed": (["extend", "--seed", str(2**63)], "is no such number"),
    "negative episode": (["extend", "--init", "maze", "--episode", "-1"], "is no such number"),
    "another world": (["extend", "--init", "noise.npz"], "do not know this world"),
    "no pace": (["extend", "--init", "short.npz:fps=3"], "tells no frames a second"),
    "suffix": (["extend", "--out", "v.avi"], "the suffix must be .mp4 or .gif"),
    "nothing to do": (["extend", "--frames", "10"], "the start has 10 already"),
    "no past": (["extend", "--init", "maze", "--given", "4"], "the method looks back 10 frames"),
    "no episode": (["extend", "--init", "short.npz", "--episode", "3"], "has 1, counted from 0"),
    "no device": (["extend", "--device", "abacus"], "--device abacus:"),
    "no count": (["extend", "--frames", "many"], "'many' is no count"),
    "no weights": (["extend", "--weights", "elsewhere"], "train denoiser --out elsewhere` makes it"),
    "a film larger than a wall": (["extend", "--scale", "100000"], "--scale 100000: 64 at most"),
    "a folder": (["data", "preview", "--out", "folder.png"], "--out folder.png: is a folder"),
    "below a file": (["extend", "--out", "text.mp4/v.mp4"], "--out text.mp4/v.mp4: "),
    "strict": (["data", "preview", "--source", ".", "--strict", "--split", "all"], "large.npz: frames are 128×64"),
    "all bad": (["data", "preview", "--source", ".", "--split", "all"], "none of the 4 episodes can be used"),
    "split": (["data", "preview", "--split", "all"], "maze: no split 'all'"),
    "no steps": (["train", "judge", "--steps", "0"], "'0' is no count"),
    "shipped": (["train", "judge", "--data", "short.npz"], "would overwrite the shipped weights"),
    "no command": (["fly"], "invalid choice: 'fly'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_exit_code_2(command, tmp_path, name):
    arguments, trouble = BAD[name]
    write_npz(tmp_path / "short.npz", WALK[:8])
    write_npz(tmp_path / "large.npz", WALK.repeat(2, 2))
    write_npz(tmp_path / "noise.npz", np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), np.uint8))
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "folder.png").mkdir()
    before = sorted(tmp_path.iterdir())
    code, out, err = command(*arguments)
    assert code == 2 and out == "" and trouble in err
    assert err.count("\n") == 1 and err.startswith("error: ")
    assert sorted(tmp_path.iterdir()) == before  # nothing half-made is left


def test_the_sheet_shows_the_frames_themselves_pixel_by_pixel(command, tmp_path):
    code, out, _ = command("data", "preview", "--episodes", "2", "--frames", "40", "--split", "test")
    assert code == 0 and "preview.png: 2 of 10,000,000 episodes" in out
    sheet = np.asarray(Image.open(tmp_path / "preview.png").convert("RGB")).astype(int)
    left = preview.MARGIN + preview.PLAN + 3 * preview.GAP
    top = preview.MARGIN + 2 * preview.LINE + preview.GAP
    first = MazeWalks("test", 40).episode(0).frames[0].repeat(2, 0).repeat(2, 1)
    assert np.array_equal(sheet[top : top + 128, left : left + 128], first)


def test_a_poster_on_the_map_hangs_inside_its_wall_at_the_face_it_looks_from():
    for dx, dy in preview.HEADINGS:
        (left, upper), width, height = preview.strip(3, 5, dx, dy)
        assert left >= 3 and left + width <= 4 and upper >= 5 and upper + height <= 6
        middle = np.array([left + width / 2 - 3.5, upper + height / 2 - 5.5])
        assert middle @ (dx, dy) > 0.4 and abs(middle @ (dy, dx)) < 1e-9


def test_every_method_of_the_package_has_a_name_and_its_settings():
    assert set(registry()) >= {"independent", "feature_injection", "reconstruction_guidance", "history_guidance"}
    assert settings(methods.FeatureInjection) == {"overlap": 5, "share": 0.33}
    made = build("hybrid", {"weight": "2", "stabilised": "true"})
    assert made == methods.Hybrid(weight=2.0, stabilised=True)
    assert build("history_guidance", {}, encoder=lambda: "network").encoder == "network"
    with pytest.raises(InputError, match="stabilised must be true or false, not '1'"):
        build("hybrid", {"stabilised": "1"})


def test_train_hands_its_source_to_the_recipes(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(train, "train", lambda name, preset, *given: seen.append(given) or {})
    places = ["--out", str(tmp_path), "--runs", str(tmp_path)]
    assert main(["train", "judge", "--data", "maze:size=3", "--strict", "--split-batch", *places]) == 0
    assert main(["train", "judge", "--begin-with", str(FOLDER), *places]) == 0
    told = [(workspace.data, workspace.strict, split, first) for workspace, split, first, _ in seen]
    assert told == [("maze:size=3", True, True, None), (WALKS, False, False, FOLDER)]


def test_a_trial_takes_its_steps_and_has_a_state_and_weights_of_its_own(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    seen = []
    monkeypatch.setattr(train, "train", lambda *given: seen.append((given[2].runs, given[-1])) or {})
    assert main(["train", "judge", "--steps", "30", "--out", "weights"]) == 0
    assert seen == [(Path("runs/cpu-30"), 30)]
    assert main(["train", "judge", "--steps", "30"]) == 2
    assert "--steps 30: would overwrite the shipped weights" in capsys.readouterr().err
    whole = recipe_of("denoiser", "cpu")
    short = recipe_of("denoiser", "cpu", whole.restarts[0] + 1)
    assert short == replace(whole, steps=whole.restarts[0] + 1, restarts=whole.restarts[:1])
