"""Rows of a comparison are alike: as many seams in each, floors that keep what was given, numbers alone."""

import math

import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.sampling.extension import HISTORY, extend
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies import films
from experiments.video_diffusion.studies.contenders import NAMES, contender, real_videos
from experiments.video_diffusion.studies.fair_rows import (
    NEW,
    collages,
    continued,
    copies,
    measurable,
    seams_of,
)


@pytest.fixture(scope="module")
def walks():
    return real_videos(40, 32, 5)


@pytest.fixture(scope="module")
def models():
    return Models(torch.device("cpu"))


def noise():
    return torch.Generator().manual_seed(1)


def test_a_method_that_overlaps_goes_on_as_it_always_does(models, walks):
    start, method = models.encode(walks[:2, :HISTORY]), contender("per_frame_noise", models)
    usual = extend(models.denoise, method, start, 23, generator=noise())
    assert torch.equal(continued(models, method, start, 23, noise()), usual.latents)
    assert usual.seams == seams_of(23)


def test_one_that_does_not_adds_the_first_frames_of_its_clip(models, walks):
    start, method = models.encode(walks[:2, :HISTORY]), contender("history_guidance", models)
    clip = extend(models.denoise, method, start, HISTORY + 10, generator=noise()).latents
    made = continued(models, method, start, HISTORY + NEW, noise())
    assert torch.equal(made, clip[:, : HISTORY + NEW])
    longer = continued(models, method, start, HISTORY + 2 * NEW, noise())
    assert torch.equal(longer[:, : HISTORY + NEW], made) and not torch.allclose(longer, clip)


def test_every_method_can_add_so_many(models):
    clip = models.denoiser.config.frames
    assert all(clip - contender(name, models).overlap >= NEW for name in NAMES)


def test_a_collage_is_cut_where_methods_have_seams(walks):
    """What was given stays; every piece is of one walk, in its order, and of another one than the last."""

    def shown_by(piece):
        starts = range(walks.shape[1] - len(piece) + 1)
        return {k for k, walk in enumerate(walks) for n in starts if torch.equal(walk[n : n + len(piece)], piece)}

    for k, made in enumerate(collages(walks)):
        assert torch.equal(made[:HISTORY], walks[k, :HISTORY])
        pieces = [shown_by(made[seam : seam + NEW]) for seam in seams_of(len(made))]
        assert all(len(piece) == 1 for piece in pieces)
        assert all(before != after for before, after in zip([{k}, *pieces], pieces, strict=False))


def test_a_copy_is_the_last_given_frame(walks):
    made = copies(walks)
    assert torch.equal(made[:, :HISTORY], walks[:, :HISTORY])
    assert (made[:, HISTORY:] == walks[:, HISTORY - 1 : HISTORY]).all()


def test_what_is_no_number_is_left_out():
    row = {"flow": {"value": 0.0, "low": 0.0, "high": 0.1}, "seams": 11, "by_video": {"flow": [1.0]}}
    odd = {"seam_ratio": {"value": math.nan, "low": 0.0, "high": 1.0}, "fid": {"value": math.inf}}
    assert measurable(row | odd) == row


def test_films_come_back_nearly_as_they_were_saved(walks, tmp_path):
    given = {"truth": walks[0].numpy(), "made": walks[1].numpy()}
    films.save(tmp_path, "comparison", given)
    found = films.load(tmp_path, "comparison")
    for name, film in given.items():
        assert found[name].shape == film.shape and abs(found[name].astype(int) - film).mean() < 6
    assert films.load(tmp_path, "memories") == {}
    path = tmp_path / "comparison.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="comparison.npz: broken .*git checkout"):
        films.load(tmp_path, "comparison")
