"""Rulers of a world that stays, on readings that are the truth: no network takes part."""

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.data.other_walkers import OTHERS, walked
from experiments.video_diffusion.data.scenes import COLUMNS, random_stances, scenes
from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.scores.cheats import collage, frozen, mirrored, sped_up
from experiments.video_diffusion.scores.metrics import psnr
from experiments.video_diffusion.scores.readers.scene import Reading, from_nearest, phase_of
from experiments.video_diffusion.scores.statistics import along_a_video, counted
from experiments.video_diffusion.scores.world.continuation import FIRST, places
from experiments.video_diffusion.scores.world.map_votes import Agreement, agreement, consistency, true_reading, votes
from experiments.video_diffusion.scores.world.obedience import asked_by_actions, asked_by_poses, disobedience
from experiments.video_diffusion.scores.world.pace import LONGEST, pace
from experiments.video_diffusion.scores.world.paths import localised
from experiments.video_diffusion.scores.world.recording import Recording
from experiments.video_diffusion.scores.world.returning import Shown, returned
from experiments.video_diffusion.studies.recorded.rulers import collected

WALKERS = ("own", *OTHERS)


def reading(maze: Maze, poses: np.ndarray):
    truth = scenes(maze, poses)
    return true_reading(truth.inverse_depth, truth.poster, truth.orange)


def redecorated(maze: Maze, seed: int) -> Maze:
    rng = np.random.default_rng(seed)
    floor = (rng.random(maze.floor.shape) < 0.5).astype(np.int8)
    return replace(maze, floor=floor, posters=rng.integers(0, 7, maze.posters.shape).astype(np.int8))


@pytest.mark.parametrize("kind", WALKERS)
def test_real_video_agrees_with_itself_whoever_walks(kind):
    path = walked(kind, 3, 300)
    found = consistency(torch.from_numpy(path.poses), reading(path.maze, path.poses))
    assert found["edges"].compared >= 5
    for name in ("edges", "tiles"):
        assert found[name].share >= 0.97


@pytest.mark.parametrize("kind", WALKERS)
def test_edges_are_voted_to_be_what_they_are(kind):
    path = walked(kind, 1, 60)
    walls, right, cast = path.maze.walls, 0.0, 0.0
    for _, (axis, line, at), answer, weight in votes(torch.from_numpy(path.poses), reading(path.maze, path.poses))[
        "edges"
    ]:
        (u, v), (x, y) = ((line - 1, at), (line, at)) if axis == 0 else ((at, line - 1), (at, line))
        right += weight * ((answer == "wall") == bool(walls[v, u] != walls[y, x]))
        cast += weight
    assert cast > 1000 and right / cast >= 0.99


def test_a_world_that_is_painted_anew_agrees_by_chance():
    """The second half of the walks sees other tiles on the same map."""
    agreeing, compared, expected = 0, 0, 0.0
    for seed in range(6):
        path = walked("own", seed, 300)
        halves = [
            reading(maze, path.poses[part])
            for maze, part in (
                (redecorated(path.maze, seed), slice(0, 150)),
                (redecorated(path.maze, 100 + seed), slice(150, 300)),
            )
        ]
        names = halves[0].__dataclass_fields__
        both = type(halves[0])(*(torch.cat([getattr(half, name) for half in halves]) for name in names))
        cast = votes(torch.from_numpy(path.poses), both)["tiles"]
        # Of each tile the last look before the change and the first one after it.
        looks = defaultdict(list)
        for vote in cast:
            looks[vote[1]].append(vote)
        kept = []
        for each in looks.values():
            before, after = [vote for vote in each if vote[0] < 150], [vote for vote in each if vote[0] >= 150]
            if before and after:
                kept += [vote for vote in before if vote[0] > before[-1][0] - 10]
                kept += [vote for vote in after if vote[0] < after[0][0] + 10]
        if (found := agreement(kept)).compared:
            agreeing, compared = agreeing + found.agreeing, compared + found.compared
            expected += found.chance * found.compared
    assert compared >= 30
    within = counted(agreeing, compared)
    assert within["low"] <= expected / compared <= within["high"] < 0.8


def test_chance_asks_how_an_edge_is_met():
    """Of edges met from the side all are walls, of those ahead none is: that is habit, and agreeing on it is chance."""
    headings = [0.0] * 200
    beside, ahead = ([((axis, 0, k), answer) for k in range(12)] for axis, answer in ((1, "wall"), (0, "open")))
    cast = [(t + 5 * k, edge, answer, 3.0) for k, (edge, answer) in enumerate(beside + ahead) for t in (0, 40)]
    found = agreement(cast, headings=headings)
    assert found.share == 1 and found.chance == 1
    assert agreement(cast).chance < 0.6  # as if nothing were known of how they are met


def test_answers_without_any_memory_agree_by_chance():
    rng, shares = np.random.default_rng(0), []
    for _ in range(60):
        cast = [(t, k, bool(rng.random() < 0.7), 3.0) for k in range(20) for t in (0, 50)]
        found = agreement(cast)
        shares.append(found.share - found.chance)
    assert abs(np.mean(shares)) < 3 * np.std(shares) / np.sqrt(60)


def test_what_the_walker_went_through_twice_tells_nothing():
    cast = [(t, "edge", "open", 3.0) for t in (0, 1, 60, 61)]
    assert agreement(cast) == Agreement(1, 1, 1.0)
    assert agreement(cast, {"edge": [1, 60]}).compared == 0
    assert agreement(cast, {"edge": [1]}).compared == 1


@pytest.mark.parametrize("kind", WALKERS)
def test_a_path_is_found_again_from_noisy_motions(kind):
    poses = torch.from_numpy(walked(kind, 5, 300).poses).float()
    noise = 0.04 * torch.randn(299, 3, generator=torch.Generator().manual_seed(0))
    found = localised(phase_of(poses), relative(poses[:-1], poses[1:]) + noise)
    off = relative(poses[:1], poses) - relative(found[:1], found)
    assert float(off[:, :2].norm(dim=1).max()) < 0.25
    assert float((torch.remainder(off[:, 2] + math.pi, 2 * math.pi) - math.pi).abs().max()) < math.radians(10)


def test_a_first_frame_that_is_misread_is_outvoted():
    poses = torch.from_numpy(walked("own", 6, 200).poses).float()
    phase = phase_of(poses)
    phase[0] = phase_of(poses[:1] + torch.tensor([[0.4, 0.0, 0.3]]))[0]
    found = localised(phase, relative(poses[:-1], poses[1:]))[40:]
    off = relative(poses[40:41], poses[40:]) - relative(found[:1], found)
    assert float(off[:, :2].norm(dim=1).max()) < 0.1
    assert float((phase_of(found) - phase[40:]).abs()[:, :2].max()) < 0.2


@settings(deadline=None, max_examples=100)
@given(
    x=st.floats(0.2, 5),
    y=st.floats(0.2, 5),
    heading=st.floats(-7, 7),
    quarters=st.integers(-3, 3),
    blocks=st.integers(-4, 4),
)
def test_the_phase_knows_neither_blocks_nor_quarter_turns(x, y, heading, quarters, blocks):
    """The world turned by quarters and shifted by whole blocks shows the same."""
    one = torch.tensor([[x, y, heading]], dtype=torch.float64)
    cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    other = torch.tensor(
        [[cos * x - sin * y + blocks, sin * x + cos * y - blocks, heading + quarters * math.pi / 2]],
        dtype=torch.float64,
    )
    share = float(from_nearest(one[:, 2]))
    same = (phase_of(one) - phase_of(other)).abs()[0]
    assert float(same[:2].max()) < 1e-6
    if share > 1e-6:
        assert float(same[2:6].max()) < 1e-6
    if share < 1 - 1e-6:
        assert float(same[6:].max()) < 1e-6


def test_random_stances_are_in_free_space():
    path = walked("own", 0, 2)
    stances = random_stances(path.maze, np.random.default_rng(0), 300)
    row, column = np.floor(stances[:, 1]).astype(int), np.floor(stances[:, 0]).astype(int)
    assert not path.maze.walls[row, column].any()


def test_places_seen_and_new_are_told_apart():
    """Out and back: the way back is seen; a corridor that was never looked into is new."""
    walls = np.ones((5, 13), bool)
    walls[1, 1:12] = False
    walls[1:4, 11] = False
    maze = Maze(walls, np.zeros(walls.shape, np.int8), np.zeros((*walls.shape, 4), np.int8))
    out = np.column_stack([np.linspace(1.5, 9.5, 40), np.full(40, 1.5), np.zeros(40)])
    around = np.column_stack([np.full(FIRST, 9.5), np.full(FIRST, 1.5), np.linspace(0, 0.1, FIRST)])
    again = out[5:15]
    down = np.column_stack([np.full(5, 11.5), np.linspace(1.9, 2.4, 5), np.full(5, math.pi / 2)])
    poses = np.concatenate([out, around, again, down])
    found = places(
        torch.from_numpy(poses), torch.from_numpy(1 / scenes(maze, poses).inverse_depth).reciprocal().float(), 40
    )
    assert found.seen[:10].all() and found.here[:10].all() and not found.new[:10].any()
    assert not found.seen[10:].any()
    assert found.nearest[:10].tolist() == list(range(5, 15))


def test_psnr_is_that_of_the_mean_squared_error():
    one = torch.full((2, 4, 4, 3), 100, dtype=torch.uint8)
    other = one + torch.tensor([0, 10], dtype=torch.uint8)[:, None, None, None]
    assert_close(psnr(other, one)[1], torch.tensor(10 * math.log10(255**2 / 100)))
    assert psnr(one, one)[0] > 50


def test_what_is_there_returns_and_what_is_not_does_not():
    path = walked("own", 2, 80)
    true = reading(path.maze, path.poses)
    whole = Shown(torch.ones(true.inverse_depth.shape).bool(), torch.ones(true.orange.shape).bool())
    assert returned(true, true, whole).all()
    other = walked("own", 77, 80)
    assert returned(reading(other.maze, other.poses), true, whole).float().mean() < 0.2
    repainted = reading(redecorated(path.maze, 1), path.poses)
    assert returned(repainted, true, whole).float().mean() < 0.4


def test_only_what_was_shown_must_return():
    """Another maze in all that the first frames have not shown changes nothing; in what they have, it fails."""
    path, other, first, passed = walked("own", 3, 250), walked("own", 77, 250), 160, []
    true, another = reading(path.maze, path.poses), reading(other.maze, other.poses)
    shown = Shown.by(torch.from_numpy(path.poses), true.inverse_depth, 150, first)
    assert 0.1 < shown.walls.float().mean() < 0.9
    for walls, floor in ((shown.walls, shown.floor), (~shown.walls, ~shown.floor)):
        made = Reading(
            torch.where(walls, true.inverse_depth[first:], another.inverse_depth[first:]),
            torch.where(walls[:, None], true.poster[first:], another.poster[first:]),
            torch.where(floor, true.orange[first:], another.orange[first:]),
            true.phase[first:],
        )
        passed.append(returned(made, Reading(*(part[first:] for part in vars(true).values())), shown))
    much = shown.walls.float().mean(1) > 0.7
    assert passed[0].all() and much.any() and passed[1][much].float().mean() < 0.2


def test_a_wall_is_shown_from_its_own_side_alone():
    """Down a corridor: its end has been seen, its beginning, behind the walker, has not; nor has the far side of a
    block that was passed."""
    walls = np.ones((5, 13), bool)
    walls[1, 1:12] = walls[3, 1:12] = False
    walls[1:4, 6] = False
    maze = Maze(walls, np.zeros(walls.shape, np.int8), np.zeros((*walls.shape, 4), np.int8))
    along = np.column_stack([np.linspace(1.5, 10.5, 40), np.full(40, 1.5), np.zeros(40)])
    later = np.array([[5.5, 1.5, 0.0], [5.5, 1.5, math.pi], [9.5, 3.5, -math.pi / 2]])
    poses = torch.from_numpy(np.concatenate([along, later]))
    depth = torch.from_numpy(scenes(maze, poses.numpy()).inverse_depth).float()
    found = Shown.by(poses, depth, 40, 40)
    middle = slice(COLUMNS // 2 - 1, COLUMNS // 2 + 1)
    bare = torch.from_numpy(scenes(maze, later[:1]).bare[0].T)
    assert found.walls[0].float().mean() > 0.9 and found.floor[0][bare].float().mean() > 0.9
    assert not found.walls[1, middle].any()
    assert not found.walls[2].any() and not found.floor[2].any()


def test_a_walk_and_its_reversal_ask_for_opposite_motions():
    poses = torch.from_numpy(walked("own", 4, 100).poses)
    there, back = asked_by_poses(poses), asked_by_poses(poses.flip(0)).flip(0)
    assert_close(back[:, 2], -there[:, 2], atol=1e-5, rtol=0)
    assert_close(back[:, :2].norm(dim=1), there[:, :2].norm(dim=1), atol=1e-5, rtol=0)


def test_a_walker_obeys_his_actions_and_no_one_elses():
    path = walked("slow", 4, 200)
    read = asked_by_poses(torch.from_numpy(path.poses))
    step, turn = disobedience(asked_by_actions(torch.from_numpy(path.actions), read), read)
    assert step.median() < 0.01 and turn.median() < 1
    other = torch.from_numpy(walked("fast", 9, 200).actions)
    step, turn = disobedience(asked_by_actions(other, read), read)
    assert step.median() > 0.04 or turn.median() > 4


@pytest.mark.parametrize("kind", WALKERS)
def test_every_walker_keeps_a_possible_pace(kind):
    for seed in range(3):
        assert pace(asked_by_poses(torch.from_numpy(walked(kind, seed, 200).poses))).possible.float().mean() > 0.97


def test_standing_still_is_possible_and_freezing_is_not():
    poses = torch.from_numpy(walked("own", 0, 100).poses)
    for frames, frozen_share in ((LONGEST - 8, 0.0), (LONGEST + 20, 0.3)):
        held = torch.cat([poses[:50], poses[49:50].expand(frames, 3), poses[50:]])
        found = pace(asked_by_poses(held))
        assert found.longest_still >= frames
        assert (found.frozen.float().mean() > 0.2) == bool(frozen_share)


def test_a_film_at_half_or_four_times_its_speed_has_no_possible_pace():
    poses = torch.from_numpy(walked("fast", 1, 300).poses)
    assert pace(asked_by_poses(poses.repeat_interleave(2, 0))).possible.float().mean() < 0.2
    assert pace(asked_by_poses(poses[::4])).possible.float().mean() < 0.2


def test_cheats_are_made_of_real_frames():
    videos = torch.arange(3 * 20).reshape(3, 20, 1, 1, 1).expand(3, 20, 8, 8, 3).to(torch.uint8) * 4
    pieces = collage(videos)
    assert len(pieces) == 20 and len({int(frame[0, 0, 0]) for frame in pieces}) > 1
    assert_close(mirrored(mirrored(videos[0], 7), 7), videos[0])
    assert (frozen(videos[0], 5)[5:] == videos[0, 5]).all()
    assert_close(sped_up(videos[0], 6)[:11, 0, 0, 0], videos[0, [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14], 0, 0, 0])


def test_a_record_counts_map_votes_together_and_names_floor_and_ceiling():
    def walk(value: float, edges: int) -> dict:
        names = ("consistency", "pace", "return", "obedience_turn")
        row = {name: {"value": value, "low": 0.0, "high": 1.0} for name in names}
        return row | {
            "consistency": {"value": value, "edges": edges, "chance": 0.5},
            "tempo": {"value": None, "why": "-"},
        }

    rows = [{"own": walk(1.0, 30)}, {"own": walk(0.5, 10)}, {"collage": walk(0.5, 20)}, {"frozen": walk(0.1, 1)}]
    found = collected([*rows, {"mirrored": walk(0.2, 5)}])
    own = found["walkers"]["own"]["consistency"]
    assert own["value"] == pytest.approx(0.875) and own["edges"] == 40
    assert found["walkers"]["own"]["tempo"]["why"] == "-"
    assert found["reference"]["consistency"] == {"floor": 0.5, "ceiling": pytest.approx(0.875)}
    assert found["reference"]["pace"]["floor"] == pytest.approx(0.1)


def test_intervals_hold_what_they_are_of():
    assert counted(0, 0)["low"] == 0 and math.isnan(counted(0, 0)["value"])
    assert counted(10, 10)["high"] == 1 and 0.6 < counted(10, 10)["low"] < 0.8
    same = along_a_video([2.0] * 30)
    assert same == {"value": 2.0, "low": 2.0, "high": 2.0}
    few = along_a_video([1.0, 2.0, 3.0, 4.0])
    assert few["low"] < few["value"] < few["high"]  # four frames leave doubt, too
    wide = along_a_video([0.0] * 50 + [1.0] * 50)
    assert wide["low"] < 0.35 and wide["high"] > 0.65  # neighbours are alike: ten blocks, not a hundred frames


@pytest.mark.parametrize(
    "known, words",
    [
        ({"poses": torch.zeros(4, 3)}, "poses for 4 frames, but it has 5"),
        ({"poses": torch.full((5, 3), torch.nan)}, "pose of frame 0 is not a number"),
        ({"poses": torch.zeros(5, 2)}, r"\(5, 3\) is needed"),
        ({"truth": torch.zeros(5, 8, 8, 3, dtype=torch.uint8)}, "truth of shape"),
        ({"actions": torch.zeros(6, 2)}, "actions for 6 frames"),
        ({"given": 5}, "one at least is made"),
    ],
)
def test_what_does_not_fit_a_recording_is_refused(known, words):
    with pytest.raises(InputError, match=words):
        Recording("film.npz", torch.zeros(5, 64, 64, 3, dtype=torch.uint8), **known)
