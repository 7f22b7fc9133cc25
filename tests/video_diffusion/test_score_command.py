"""`score` on recordings: real ones of every walker, planted cheats, and files that lack or break what a ruler needs."""

import json
from dataclasses import replace

import imageio.v3 as iio
import numpy as np
import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.__main__ import main
from experiments.video_diffusion.data.other_walkers import OTHERS
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import read_record
from experiments.video_diffusion.sampling.shipped_readers import shipped_readers
from experiments.video_diffusion.scores.world.measured import Seen
from experiments.video_diffusion.scores.world.rulers import score
from experiments.video_diffusion.studies.recorded.rulers import alone, cheats, real

FRAMES, GIVEN = 240, 120


@pytest.fixture(scope="module")
def readers():
    return shipped_readers(FOLDER, torch.device("cpu"), autoencoder=False)


@pytest.fixture(scope="module")
def planted(readers):
    return {name: recording for seed in (0,) for name, recording in cheats(seed, readers, FRAMES, GIVEN)}


def save(path, recording, **more):
    parts = {"video": recording.frames.numpy(), "poses": recording.poses.numpy(), "truth": recording.truth.numpy()}
    np.savez(path, **(parts | {"given": recording.given} | more))
    return path


def told(capsys, *arguments) -> list[dict]:
    assert main(["score", *map(str, arguments), "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_readers_read_what_they_are_trusted_with():
    """Held-out accuracy stands beside the weights; all of them are small."""
    scene, motion = (read_record(FOLDER / f"{name}.safetensors")["scores"] for name in ("scene", "motion"))
    assert scene["openings"] >= 0.98 and scene["floor_tile"] >= 0.97 and scene["poster_colour"] >= 0.93
    # Motions of any kind, sideways and far too fast ones among them; walkers' are asked for below.
    assert motion["step_median_error"] <= 0.05 and motion["turn_median_error"] <= 2
    assert sum((FOLDER / f"{name}.safetensors").stat().st_size for name in ("scene", "motion")) <= 1_500_000


def over_edges(rows):
    """Share of agreeing votes and chance over walks, each of which meets few edges."""
    edges = np.array([row["edges"] for row in rows])
    assert edges.sum() > 20
    return [np.average([row[key] for row in rows], weights=edges) for key in ("value", "chance")]


@pytest.mark.parametrize("kind", ["own", *(pytest.param(kind, marks=pytest.mark.slow) for kind in OTHERS)])
def test_real_video_passes_whoever_walks(kind, readers):
    found = score(real(kind, 0, FRAMES, GIVEN), readers)
    assert found["pace"]["value"] > 0.95
    assert found["return"]["value"] is None or found["return"]["value"] == 1
    assert found["obedience_step"]["value"] < 0.06 and found["obedience_turn"]["value"] < 4
    if kind == "lattice":  # leaps of a quarter block and 22.5° are not read well enough; `rulers.json` tells how well
        return
    free = score(alone(real(kind, 0, FRAMES)), readers)["consistency"]
    if free["value"] is None:  # who walks slowly sees no edge twice in so few frames, and is told so
        assert kind == "slow" and free["edges"] == 0
    else:
        assert free["value"] > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["own", "fast", "drifting"])
def test_free_walks_of_real_video_agree_beyond_chance(kind, readers):
    rows = [score(alone(real(kind, seed, FRAMES)), readers)["consistency"] for seed in range(6)]
    value, chance = over_edges([row for row in rows if row["edges"]])
    assert value - chance > 0.3 * (1 - chance)  # most edges are met in one way, so that chance is high


@pytest.mark.slow
def test_a_collage_agrees_with_itself_by_chance(readers):
    rows = [
        score(alone(recording), readers)["consistency"]
        for seed in (0, 1, 2)
        for name, recording in cheats(seed, readers, FRAMES, GIVEN)
        if name == "collage"
    ]
    value, chance = over_edges(rows)
    assert value < chance + 0.2


def test_what_is_seen_along_a_path_may_be_read_before_and_of_this_path_alone(readers):
    one, other = (real("own", seed, 60, 30) for seed in (0, 1))
    seen = Seen(one, readers)
    for video in (one.frames, other.frames):
        made = replace(one, frames=video)
        asked = ("continuation", "return")
        assert score(made, readers, only=asked, seen=seen) == score(made, readers, only=asked)
    for wrong in (other, replace(one, given=20), replace(one, poses=other.poses), replace(one, truth=None)):
        with pytest.raises(InputError, match="along another path"):
            score(wrong, readers, seen=seen)


def test_planted_cheats_are_caught(planted, readers):
    found = {name: score(recording, readers) for name, recording in planted.items() if name != "collage"}
    honest = score(real("own", 0, FRAMES, GIVEN), readers)
    assert found["mirrored"]["obedience_turn"]["value"] > 3 * honest["obedience_turn"]["value"]
    assert found["mirrored"]["return"]["value"] < 0.6
    assert found["snapped"]["obedience_step"]["value"] > 1.5 * honest["obedience_step"]["value"]
    assert found["snapped"]["on_lattice"]["value"] > 0.6 > honest["on_lattice"]["value"]
    copied = found["nearest_copy"]["continuation_seen"]
    assert copied["value"] == pytest.approx(copied["copy"], abs=1e-3)
    assert honest["continuation_seen"]["value"] > copied["value"] + 6
    assert found["frozen"]["pace"]["value"] < 0.1 < 0.9 < honest["pace"]["value"]
    assert found["sped_up"]["tempo"]["value"] > 1.5


def test_one_line_of_json_a_file(tmp_path, capsys):
    film = real("own", 2, 60, 30)
    known = save(tmp_path / "known.npz", film)
    iio.imwrite(tmp_path / "bare.gif", film.frames.numpy())
    frames = tmp_path / "frames"
    frames.mkdir()
    for k, frame in enumerate(film.frames.numpy()):
        iio.imwrite(frames / f"{k:03}.png", frame)
    one, two, three = told(capsys, known, tmp_path / "bare.gif", frames, "--given", "30")
    assert one["frames"] == two["frames"] == three["frames"] == 60 and one["given"] == two["given"] == 30
    assert one["obedience_turn"]["value"] < 4 and one["obedience_turn"]["by"] == "poses"
    for row in (two, three):
        assert row["obedience_turn"] == {"value": None, "why": "no poses or actions in the file"}
        assert "truth" in row["return"]["why"]
    for row in (one, two, three):
        for ruler in ("consistency", "pace", "on_lattice", "return", "continuation_seen"):
            assert {"value", "low", "high", "floor", "ceiling"} <= row[ruler].keys() or row[ruler]["why"]


def test_actions_are_used_where_there_are_no_poses(tmp_path, capsys):
    from experiments.video_diffusion.data.other_walkers import walked

    film, path = real("slow", 1, 80, 0), walked("slow", 1, 80)
    np.savez(tmp_path / "a.npz", video=film.frames.numpy(), actions=path.actions)
    np.savez(tmp_path / "b.npz", video=film.frames.numpy(), actions=np.zeros(80, int))
    right, wrong = told(capsys, tmp_path / "a.npz", tmp_path / "b.npz")
    assert right["obedience_turn"]["by"] == "actions" and right["obedience_turn"]["value"] < 4
    assert "no speeds and turns" in wrong["obedience_turn"]["why"]


@pytest.mark.parametrize(
    "more, words",
    [
        ({"poses": np.zeros((3, 3))}, "poses for 3 frames"),
        ({"poses": np.full((20, 3), np.nan)}, "is not a number"),
        ({"truth": np.zeros((20, 8, 8, 3), np.uint8)}, "truth of shape"),
        ({"given": 20}, "cannot be given"),
        ({"actions": np.zeros(4)}, "one a frame is needed"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path, capsys, more, words):
    film = real("own", 3, 20, 10)
    path = save(tmp_path / "film.npz", film, **more)
    assert main(["score", str(path)]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1


def test_what_is_missing_or_no_count_is_said(tmp_path, capsys):
    assert main(["score", str(tmp_path / "none.npz")]) == 2
    assert "no such file" in capsys.readouterr().err
    path = save(tmp_path / "film.npz", real("own", 3, 20, 10))
    assert main(["score", str(path), "--given", "-3"]) == 2
    assert "a count of frames is needed" in capsys.readouterr().err
