"""The study of memories: walks of which all is known, gains in pairs, walks that are joined."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.raycaster import cast
from experiments.video_diffusion.drawings.memories import LABELS
from experiments.video_diffusion.memory import Views
from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.metrics import psnr
from experiments.video_diffusion.scores.world.continuation import FIRST as LEFT_OUT
from experiments.video_diffusion.scores.world.continuation import places
from experiments.video_diffusion.studies import memories
from experiments.video_diffusion.studies.contending_memories import ENCODED, NAMES, there_are
from experiments.video_diffusion.studies.known_walks import KnownWalks
from experiments.video_diffusion.studies.remembered import KINDS, Remembered

GIVEN, TOTAL = 60, 90


@pytest.fixture(scope="module")
def walks() -> KnownWalks:
    """Two real walks, whose walls are told by the maze."""
    episodes = [MazeWalks("test", TOTAL).episode(k) for k in (3, 5)]
    frames = torch.from_numpy(np.stack([episode.frames for episode in episodes]))
    poses = torch.from_numpy(np.stack([episode.poses for episode in episodes])).float()
    depth = [torch.from_numpy(1 / cast(e.maze, e.poses, 64)[0]).float() for e in episodes]
    seen = [Views(to_images(f[:GIVEN]), d[:GIVEN], p[:GIVEN]) for f, d, p in zip(frames, depth, poses, strict=True)]
    found = [SimpleNamespace(places=places(p, d, GIVEN)) for p, d in zip(poses, depth, strict=True)]
    return KnownWalks(GIVEN, None, frames, poses, torch.zeros(2, TOTAL, 8, 8, 8), frames, seen, found)


def test_every_frame_but_the_first_made_is_of_one_kind(walks):
    for k in range(2):
        kinds = torch.stack([walks.remembered({}).kinds[name][k] for name in KINDS])
        assert kinds.shape[1] == TOTAL - GIVEN - LEFT_OUT and (kinds.sum(0) == 1).all()


def test_a_gain_is_taken_in_pairs_and_turns_its_sign(walks):
    noise = torch.randint(0, 30, walks.frames.shape, generator=torch.Generator().manual_seed(0))
    worse = (walks.frames.int() + noise).clamp(0, 255).byte()
    found = walks.remembered({"real": walks.frames, "worse": worse})
    for kind in KINDS:
        gain = found.gain("real", "worse", kind)
        if gain["value"] is None:
            assert not any(chosen.any() for chosen in found.kinds[kind])
            continue
        assert gain["value"] > 10
        assert found.gain("worse", "real", kind)["value"] == pytest.approx(-gain["value"])
        assert found.gain("worse", "worse", kind)["value"] == 0


def test_walks_that_are_joined_say_what_they_say_together(walks):
    videos = {"real": walks.frames, "other": walks.frames.flip(0)}
    together = walks.remembered(videos)
    one, two = (
        Remembered(
            {name: rows[k : k + 1] for name, rows in together.decibels.items()},
            {kind: rows[k : k + 1] for kind, rows in together.kinds.items()},
            together.ages[k : k + 1],
        )
        for k in range(2)
    )
    again = Remembered.joined([one, replace(two, decibels=two.decibels | {"third": two.decibels["real"]})])
    assert list(again.decibels) == ["real", "other"]
    for name in again.decibels:
        assert again.likeness(name) == together.likeness(name)
        assert again.by_age(name, (0, 20, TOTAL)) == together.by_age(name, (0, 20, TOTAL))
    assert together.first(1).likeness("real") == one.likeness("real")


def test_ages_are_since_a_given_frame_and_hold_the_seen_frames_once(walks):
    places = [real.places for real in walks.truth]
    age = torch.cat([at.age for at in places])
    seen = torch.cat([at.seen for at in places])
    assert (age > LEFT_OUT).all() and age[seen].isfinite().all()
    rows = walks.remembered({"real": walks.frames}).by_age("real", (0, 20, 40, TOTAL))
    assert sum(row["frames"] for row in rows) == int(seen.sum())


def test_what_is_carried_over_is_what_is_seen_there(walks):
    """Where the given frames showed a place, their pixels are nearer to the truth than those of another walk."""
    for k in range(2):
        seen = walks.truth[k].places.seen
        if not seen.any():
            continue
        first = GIVEN + LEFT_OUT
        pixels = walks.pixels(k)[LEFT_OUT:][seen]
        truth, other = walks.frames[k, first:][seen], walks.frames[1 - k, first:][seen]
        assert psnr(pixels, truth).mean() > psnr(other, truth).mean() + 4
    assert any(real.places.seen.any() for real in walks.truth)


def test_what_has_no_weights_is_left_out(tmp_path):
    assert set(NAMES) - set(there_are(tmp_path)) == set(ENCODED)
    (tmp_path / "memory-raw.safetensors").touch()
    assert "memory_raw" in there_are(tmp_path)
    assert set(NAMES) < set(LABELS)


def cells(gain: float, jitter: float = 0.0) -> list[dict]:
    """What cells of two walks would have found: decibels without memory, and with one that gains about so many."""
    rng, found = np.random.default_rng(0), []
    for _ in range(12):
        without = [torch.from_numpy(rng.normal(15, 2, 90)) for _ in range(2)]
        more = [row + float(gain * rng.uniform(0.5, 1.5)) + jitter for row in without]
        seen = {kind: [torch.ones(90, dtype=torch.bool)] * 2 for kind in KINDS}
        known = {"decibels": {"motion": without, "reprojection": more}, "kinds": seen, "ages": [torch.ones(90)] * 2}
        found.append({"rows": dict.fromkeys(known["decibels"]), "remembered": known})
    return found


def test_a_build_notices_a_memory_that_helps_no_more():
    whole, part = cells(gain=8.0), memories.MEASUREMENT
    rows = [{name: row["value"] for name, row in part.checked([one]).items()} for one in whole]
    record = {"cells": rows, "checked": part.checked(whole), "values": {}, "config": {}, "device": ""}
    config = memories.Config(again=1)
    assert part.confirmed(record, config, cells(gain=8.0, jitter=0.5)[:1])["made_again"] == 2
    with pytest.raises(InputError, match="reprojection, dB was .* measure memories"):
        part.confirmed(record, config, cells(gain=0.0)[:1])
