"""Two worlds: records count for the networks beside them alone, an order turns where both worlds decide it, and what
is missing is left out."""

import json
import shutil

import numpy as np
import pytest

from experiments.results import Provenance, Recorder, Result
from experiments.study import silent
from experiments.video_diffusion.drawings.two_worlds import GAP, NEAR, two_worlds_frames
from experiments.video_diffusion.drawings.two_worlds import two_worlds as drawn
from experiments.video_diffusion.model.shipped_weights import EXTENDING, FOLDER
from experiments.video_diffusion.studies import films, memories, two_worlds
from experiments.video_diffusion.studies.contenders import NAMES, measured_on
from experiments.video_diffusion.studies.two_worlds import Config, compared, known_memories, order

PROVENANCE = Provenance("", "standard", (0,), "cpu", 1, "2026-01-01", 1.0, {})


def estimate(value, reach=0.02):
    return {"value": value, "low": value - reach, "high": value + reach}


def world(**shares):
    """A comparison in which methods have these shares of plausible seams, the others .1 and not apart."""
    return {"methods": {name: {"seam_validity": estimate(shares.get(name, 0.1))} for name in NAMES}}


def test_an_order_turns_where_both_worlds_tell_two_methods_apart_the_other_way_round():
    here, there = world(hybrid=0.9, per_frame_noise=0.5), world(hybrid=0.5, per_frame_noise=0.9)
    found = order(here, there)
    assert found["turned"] == [{"ahead": "hybrid", "behind": "per_frame_noise"}]
    assert found["apart"] == 1 + 2 * (len(NAMES) - 3)  # each of both against the others, and each other
    assert order(here, world(hybrid=0.51, per_frame_noise=0.5))["turned"] == []
    assert order(here, here)["turned"] == [] and order(here, here)["correlation"] == pytest.approx(1)
    assert order(here, {}) == {}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped networks as those of both worlds."""
    monkeypatch.setattr(two_worlds, "FOLDER", tmp_path)
    there = tmp_path / "doom"
    there.mkdir()
    for name in {*EXTENDING, *memories.NETWORKS}:
        for place in (tmp_path, there):
            (place / f"{name}.safetensors").symlink_to(FOLDER / f"{name}.safetensors")
    return there


def compare_there(folder):
    rest = {"given": 10, "frames": 40, "best": {"seam_validity": "hybrid"}}
    record = json.loads(json.dumps(measured_on(folder))) | world(hybrid=0.9) | rest
    (folder / "comparison.json").write_text(json.dumps(record))
    (folder.parent / "comparison.json").write_text(json.dumps(record))
    return record


def remember_there(folder):
    told = {"memories": {"motion": {}}, "shown": 3}
    known = memories.MEASUREMENT.known(folder, memories.Config(data="doom"))
    record = known | {"device": "a machine", "values": told | {"by_age": {}}}
    (folder / "memories.json").write_text(json.dumps(record))
    return told | {"device": "a machine"}


def another(folder, network):
    """Other weights in the place of a network's."""
    path = folder / f"{network}.safetensors"
    path.unlink()
    shutil.copy(FOLDER / "guide.safetensors", path)


def test_a_record_counts_for_the_networks_beside_it(folder):
    assert compared(folder) == {} and known_memories(folder) == {}
    assert compare_there(folder) == compared(folder)
    assert remember_there(folder) == known_memories(folder)
    another(folder, "judge")
    another(folder, "depth")
    assert compared(folder) == {} and known_memories(folder) == {}
    (folder / "decoder.safetensors").unlink()
    assert compared(folder) == {}


def made(name="two_worlds"):
    recorder = Recorder(name, Config(), preset="standard", project="video_diffusion")
    return two_worlds.run(Config(), recorder, silent)


def test_what_is_not_measured_is_left_out_and_the_rest_is_told(folder):
    none = made()
    assert none.values["doom"]["comparison"] == none.values["doom"]["memories"] == none.values["order"] == {}
    assert none.values["shown"] == {} and not none.arrays
    assert none.values["doom"]["training"]["hours"] == 0  # the mazes' networks, which learned nothing of Doom
    compare_there(folder)
    remember_there(folder)
    rng = np.random.default_rng(0)
    videos = {name: rng.integers(0, 255, (40, 64, 64, 3), np.uint8) for name in ("truth", "hybrid")}
    for place in (folder.parent, folder):
        films.save(place, "comparison", videos)
    films.save(folder, "memories", {"truth": videos["truth"]})
    both = made()
    assert both.values["shown"] == {"here": "hybrid", "there": "hybrid", "walk": 3}
    assert both.values["order"]["turned"] == []
    assert {name: len(frames) for name, frames in both.arrays.items()} == dict.fromkeys(
        ("here_hybrid", "here_truth", "there_hybrid", "there_truth", "known_truth"), 8
    )
    known = films.load(folder, "comparison")["hybrid"]
    np.testing.assert_array_equal(both.arrays["there_hybrid"], known[7:31:3])


def drawn_of(both):
    """The sheet of frames, and the panels' marks."""
    row = {name: estimate(0.5) for name in ("seam_validity", "return")}
    results = {
        "overview": {"comparison": {}},
        "long_videos": {"methods": {"truth": row}},
        "memories": {"memories": {"motion": row}},
    }
    others = (Result(name, values, {}, PROVENANCE) for name, values in results.items())
    sheet, figure = two_worlds_frames(both), drawn(*others, both)
    return sheet, [len(axis.containers) for axis in figure.axes[:2]]


def test_both_worlds_are_drawn_as_far_as_they_are_known():
    row = {name: estimate(0.5) for name in ("seam_validity", "return")}
    there = {"comparison": {"methods": {"truth": row, "copy": row}}, "memories": {"memories": {"motion": row}}}
    frames = np.zeros((8, 64, 64, 3), np.uint8)
    arrays = {name: frames for name in ("here_truth", "here_noise", "there_truth", "there_hybrid", "known_truth")}
    shown = {"here": "noise", "there": "hybrid"}
    known = Result("two_worlds", {"doom": there, "shown": shown}, {}, PROVENANCE, arrays)
    none = Result("two_worlds", {"doom": {"comparison": {}, "memories": {}}, "shown": {}}, {}, PROVENANCE)
    few, many = drawn_of(none), drawn_of(known)
    assert few[1] == [1, 1] and many[1] == [3, 2]  # marks: of the mazes alone; of both, and Doom's copy
    assert many[0].shape[:2] == (2 * (5 * (64 + NEAR) + 2 * GAP - NEAR), 2 * 8 * (64 + NEAR))
    assert (few[0] == 255).all()
