"""The probe of poster colours: it changes one poster, and tells an estimate with the other colours from one without."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model import shipped_weights
from experiments.video_diffusion.studies.recorded.poster_probe import SEEN_IN, Pairs, mistakes, recoloured

WALKS = open_source(shipped_weights.WALKS, "test", 10)


def test_only_the_poster_changes_and_it_is_in_view():
    found = [twice for number in range(12) if (twice := recoloured(WALKS, number)) is not None]
    assert 2 <= len(found) < 12
    for one, other in found:
        changed = (one != other).any(-1)
        assert (changed.any((1, 2))).sum() >= SEEN_IN and changed.mean() < 0.9  # one may stand right before it
        columns = np.flatnonzero(changed[changed.any((1, 2)).argmax()].any(0))
        assert np.ptp(columns) < len(columns) + 2  # one stretch of columns, but for those that round to the same
    assert np.median([(one != other).any(-1).mean() for one, other in found]) < 0.3  # drawn alike elsewhere


def test_a_maze_without_posters_has_no_pair():
    bare = replace(WALKS, difficulty=replace(WALKS.difficulty, posters=0.0))
    assert all(recoloured(bare, number) is None for number in range(3))


def pairs() -> Pairs:
    g = torch.Generator().manual_seed(0)
    pixels = torch.tensor([[0, 12, 14, 40, 80, 0], [200, 200, 0, 0, 20, 0]])
    return Pairs(torch.randn(2, 6, 8, 8, 8, generator=g), torch.randn(2, 6, 8, 8, 8, generator=g), pixels)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (0.4, 0.0), (0.6, 1.0), (1.0, 1.0)])
def test_an_estimate_nearer_to_the_other_colours_is_a_mistake(share, expected):
    shown = pairs()
    rows = mistakes(lambda z, t: shown.latents + share * shown.change, shown)
    assert [row["frames"] for row in rows] == [2, 1, 1, 2]
    assert all(row[name]["value"] == expected for row in rows if row["frames"] for name in ("joint", "beside"))


def test_what_a_nearly_clean_neighbour_tells_is_used_only_beside_it():
    """A denoiser that copies the frame before, and takes the other colours where that is noisy."""
    shown = pairs()

    def copier(z, t):
        clean = torch.roll(t, 1, dims=1) < 0.1
        return shown.latents + (~clean)[..., None, None, None] * shown.change

    for row in mistakes(copier, shown):
        if row["frames"]:
            assert (row["joint"]["value"], row["beside"]["value"]) == (1.0, 0.0)


def test_who_takes_the_nearer_of_the_two_errs_as_often_as_told():
    g = torch.Generator().manual_seed(0)
    x, d = torch.randn(600, 6, 8, 8, 8, generator=g), 0.1 * torch.randn(600, 6, 8, 8, 8, generator=g)
    shown = Pairs(x, d, torch.full((600, 6), 12))

    def nearer(z, t):
        a = (1 - t)[..., None, None, None]
        part = slice(nearer.seen, nearer.seen + len(z))
        nearer.seen = part.stop % len(x)
        one, other = ((z - a * guess).flatten(2).norm(dim=2) for guess in (x[part], x[part] + d[part]))
        return x[part] + (other < one)[..., None, None, None] * d[part]

    nearer.seen = 0
    row = mistakes(nearer, shown)[0]
    assert row["way"] == pytest.approx(0.1 * 512**0.5, rel=0.01)
    assert 0.1 < row["choice"] < 0.2
    assert row["joint"]["value"] == pytest.approx(row["choice"], abs=0.02)
