"""Poses compose, retrieval finds the views that overlap most, and what was seen is seen again from elsewhere."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.raycaster import cast
from experiments.video_diffusion.memory import Views, compose, most_overlapping, relative, reproject, wrapped
from experiments.video_diffusion.memory.bank import MemoryBank, filled
from experiments.video_diffusion.memory.reprojection import walls_ahead
from experiments.video_diffusion.memory.retrieval import COLUMNS, WHOLE, points_ahead, ranked, sees
from experiments.video_diffusion.model.autoencoder import to_images

numbers = st.floats(-20, 20, allow_nan=False)
poses = st.tuples(numbers, numbers, numbers).map(lambda p: torch.tensor(p, dtype=torch.float64))


@settings(max_examples=200, deadline=None)
@given(poses, poses, poses)
def test_poses_compose(a, b, c):
    """compose(a, relative(a, b)) is b; relative poses along a way add up to that of its ends."""
    again = compose(a, relative(a, b))
    torch.testing.assert_close(again[:2], b[:2])
    assert float(wrapped(again[2] - b[2]).abs()) < 1e-9
    whole, parts = relative(a, c), compose(relative(a, b), relative(b, c))
    torch.testing.assert_close(whole[:2], parts[:2], atol=1e-6, rtol=1e-6)
    assert float(wrapped(whole[2] - parts[2]).abs()) < 1e-9


@settings(max_examples=100, deadline=None)
@given(poses, poses, poses)
def test_relative_poses_do_not_depend_on_where_the_world_begins(a, b, world):
    torch.testing.assert_close(
        relative(compose(world, a), compose(world, b))[:2], relative(a, b)[:2], atol=1e-6, rtol=1e-6
    )


def test_ahead_is_along_the_heading_and_right_is_clockwise():
    """y grows downwards on the map: who looks along x has y to his right, and a turn to the right is positive."""
    seen = relative(torch.tensor([1.0, 1.0, 0.0]), torch.tensor([2.0, 1.5, math.pi / 2]))
    torch.testing.assert_close(seen, torch.tensor([1.0, 0.5, math.pi / 2]))


@cache
def walk(number: int, frames: int = 120):
    """A walk as images, 1 / depth and poses, with the truth of the maze."""
    episode = MazeWalks("test", frames).episode(number)
    depth = torch.from_numpy(1 / cast(episode.maze, episode.poses, 64)[0]).float()
    return Views(to_images(torch.from_numpy(episode.frames)), depth, torch.from_numpy(episode.poses).float())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 8), st.integers(8, 100))
def test_the_first_view_retrieved_is_the_one_that_sees_most(number, frame):
    views = walk(number)
    wanted = views.poses[frame : frame + 5]
    past = views.take(torch.arange(frame - 5))
    chosen = most_overlapping(past.poses, past.inverse_depth, wanted, 1)
    points, weight = points_ahead(wanted)
    seen = (sees(past.poses, past.inverse_depth, points) * (WHOLE * weight).round()).sum(1)
    assert len(chosen) == (seen.max() > 0)
    if len(chosen):
        assert seen[chosen[0]] == seen.max()


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_what_lies_straight_ahead_falls_to_one_column_whatever_rounding_makes_of_it(kind):
    """Between the two columns in the middle: to the right one, where nothing is near, here. Own stances are asked for
    at every clip, and two runtimes must choose the same views there."""
    poses = torch.tensor([[1.3 + k / 7, 2.1 - k / 9, k / 5] for k in range(60)], dtype=kind)
    near = torch.where(torch.arange(64) < 32, 10.0, 0.1).to(kind).expand(60, -1)  # left: a wall at a tenth of a block
    points, _ = points_ahead(poses)
    middle = points.view(60, -1, COLUMNS, 2)[:, :, COLUMNS // 2]
    for k in range(60):
        assert sees(poses[k : k + 1], near[k : k + 1], middle[k]).all()


def test_together_the_views_retrieved_see_as_much_as_nearly_any_choice():
    """Greedy choice is within (1 − 1/e) of the best pair (Nemhauser et al. 1978); pairs of thirty views are few."""
    views = walk(5, 60)
    past, wanted = views.take(torch.arange(0, 50, 2)), views.poses[52:60]
    points, weight = points_ahead(wanted)
    seen = sees(past.poses, past.inverse_depth, points)

    def covered(pair) -> float:
        return float((seen[list(pair)].any(0) * weight).sum())

    best = max(map(covered, itertools.combinations(range(len(seen)), 2)))
    chosen = most_overlapping(past.poses, past.inverse_depth, wanted, 2).tolist()
    assert covered(chosen) >= (1 - 1 / math.e) * best


def test_a_view_does_not_see_through_walls():
    views = walk(3)
    far = views.poses[:1].clone()
    depth = views.inverse_depth[:1]
    ahead = compose(far, torch.tensor([[float(1 / depth[0, 32]) + 0.5, 0.0, 0.0]]))[:, :2]
    assert not sees(far, depth, ahead).any()


def test_a_view_seen_from_its_own_stance_is_itself():
    for number in range(4):
        views = walk(number).take(torch.arange(0, 120, 17))
        for i in range(len(views.poses)):
            one = views.take(torch.tensor([i]))
            image, known = reproject(one, one.poses)
            assert known.mean() > 0.9
            error = ((image - one.images) * known).square().sum() / known.sum() / 3
            assert -10 * math.log10(float(error) / 4 + 1e-9) > 28


def test_what_was_seen_from_elsewhere_is_seen_again():
    """From views of the walk before, the next frames come out far nearer to the truth than the nearest view itself."""
    gains = []
    for number in range(9):
        views = walk(number)
        past, wanted, truth = views.take(torch.arange(90)), views.poses[100:105], views.images[100:105]
        chosen = most_overlapping(past.poses, past.inverse_depth, wanted, 6)
        image, known = reproject(past.take(chosen), wanted)
        if known.mean() < 0.8:
            continue
        away = (past.poses[:, None, :2] - wanted[None, :, :2]).norm(dim=-1)
        turned = wrapped(past.poses[:, None, 2] - wanted[None, :, 2]).abs()
        nearest = past.images[(away + turned).argmin(0)]
        error, copied = (((other - truth) * known).square().mean() for other in (image, nearest))
        gains.append(float(10 * (copied / error).log10()))
    assert len(gains) >= 3 and np.median(gains) > 3


def test_walls_stand_where_they_are_or_are_not_known():
    """Next to no ray ends in free space, and few behind a wall that no view has seen: only where the first wall behind
    it that is known is met from its front, too."""
    across, off = (torch.arange(64) + 0.5) / 32 - 1, []
    for number, first in itertools.product(range(9), (60, 75, 90, 105)):
        views = walk(number)
        wanted = views.take(torch.arange(first, first + 5))
        depth, _ = walls_ahead(views.take(torch.arange(first % 7, first - 20, 7)), wanted.poses, across)
        ratio = depth * wanted.inverse_depth
        off.append(ratio[ratio.isfinite()])
    off = torch.cat(off)
    assert len(off) > 0.4 * 9 * 4 * 5 * 64
    assert (off < 0.9).float().mean() < 0.005
    assert (off > 1.1).float().mean() < 0.07  # .16 where the backs of walls count


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_a_hole_takes_the_nearest_colour_of_its_row(seed, share):
    generator = torch.Generator().manual_seed(seed)
    images = torch.rand(2, 3, 5, 9, generator=generator)
    known = (torch.rand(2, 1, 5, 9, generator=generator) < share).float()
    found = filled(images, known)
    for image, row, column in itertools.product(range(2), range(5), range(9)):
        there = known[image, 0, row].nonzero()[:, 0].tolist()
        nearest = min(there, key=lambda other: (abs(other - column), other), default=column)
        assert (found[image, :, row, column] == images[image, :, row, nearest]).all()


@given(st.permutations(range(6)))
@settings(max_examples=5, deadline=None)
def test_the_order_of_memory_does_not_matter(order):
    views = walk(7).take(torch.arange(0, 60, 10))
    pose = walk(7).poses[63:66]
    image, known = reproject(views, pose)
    other, known_too = reproject(views.take(torch.tensor(order)), pose)
    torch.testing.assert_close(image, other)
    torch.testing.assert_close(known, known_too)


def test_an_empty_memory_shows_nothing():
    bank = MemoryBank(lambda images: torch.ones(len(images), 64), lambda images: torch.ones(len(images), 8, 8, 8))
    assert (bank.views(torch.zeros(3, 3)) == 0).all()
    views = walk(0).take(torch.zeros(0, dtype=torch.long))
    assert (reproject(views, torch.zeros(2, 3))[1] == 0).all()


@pytest.mark.parametrize("shown", [10, 30])
def test_what_was_given_is_never_overwritten_by_what_a_model_made(shown):
    """Made frames of another colour, seen from the same stances, change nothing that given ones show, and fill the
    rest."""
    views = walk(9, 60)

    def bank_of(*made: torch.Tensor):
        depths = iter([views.inverse_depth[:shown], views.inverse_depth])
        bank = MemoryBank(lambda images: next(depths), lambda images: images[:, :, ::8, ::8])
        bank.remember(views.images[:shown], views.poses[:shown], given=True)
        for images in made:
            bank.remember(images, views.poses)
        return bank.views(views.poses[40:44]).split([3, 1], dim=1)

    (true, covered), (mixed, more) = bank_of(), bank_of(torch.full_like(views.images, 0.77))
    assert (more >= covered - 1e-6).all() and (more > covered + 0.1).any()
    whole = (covered > 0.999).expand_as(true)
    assert whole.any()
    torch.testing.assert_close(mixed[whole], true[whole])


@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_a_bank_remembers_wherever_the_world_begins(shift):
    """Read depth and poses alone count: moving the whole world moves nothing that is seen."""
    views = walk(9, 40)
    moved = torch.tensor([shift, -shift, shift])

    def bank_at(world):
        bank = MemoryBank(lambda images: views.inverse_depth[: len(images)], lambda images: images[:, :, ::8, ::8])
        bank.remember(views.images[:30], compose(world, views.poses[:30]))
        return bank.views(compose(world, views.poses[32:36]))

    torch.testing.assert_close(bank_at(moved), bank_at(torch.zeros(3)), atol=0.05, rtol=0.05)


def test_the_same_stance_has_no_seams():
    """Seen from where a view was taken, its rays run along the very ends of its pieces of wall; none slips between two
    of them, wherever the last digit falls."""
    past = walk(2)
    for frame in range(0, 120, 12):
        view = past.take(torch.tensor([frame]))
        known = reproject(view, view.poses)[1]
        for scale in (1 - 2e-6, 1 + 2e-6):
            moved = Views(view.images, view.inverse_depth * scale, view.poses)
            torch.testing.assert_close(reproject(moved, view.poses)[1], known)


def test_a_view_without_depth_shows_nothing():
    past = walk(3)
    few, wanted = past.take(torch.tensor([10, 20])), past.poses[30:34]
    absent = past.take(torch.tensor([10, 20, 29]))
    absent.inverse_depth[2] = torch.nan
    for a, b in zip(reproject(few, wanted), reproject(absent, wanted), strict=True):
        torch.testing.assert_close(a, b)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 8), st.integers(8, 100), st.integers(1, 6))
def test_ranking_without_branches_is_retrieval(number, frame, count):
    """For a batch at once, with the frames to come masked, as for one clip whose past ends there."""
    past = walk(number)
    wanted = past.poses[frame : frame + 10]
    chosen, adds = torch.vmap(lambda p, d, w, there: ranked(p, d, w, count, there))(
        past.poses[None], past.inverse_depth[None], wanted[None], (torch.arange(len(past.poses)) < frame)[None]
    )
    expected = most_overlapping(past.poses[:frame], past.inverse_depth[:frame], wanted, count)
    assert chosen[0][adds[0]].tolist() == expected.tolist()
