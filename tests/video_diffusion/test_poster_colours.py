"""Posters that change their colours are found, and nothing else is."""

import pytest
import torch

from experiments.video_diffusion.data.raycaster import FLOOR, POSTERS, SKY, WALL
from experiments.video_diffusion.scores.poster_colours import FAR, changed_share, colour_changes, colour_pixels
from experiments.video_diffusion.studies.clips import real_clips


def painted(*colours) -> torch.Tensor:
    """A video (1, T, 16, 16, 3) of green walls, a patch of one colour in every frame; None for no patch."""
    video = torch.tensor(WALL).expand(1, len(colours), 16, 16, 3).clone()
    for k, colour in enumerate(colours):
        if colour is not None:
            video[0, k, 4:9, 4:9] = torch.tensor(colour)
    return (255 * video).to(torch.uint8)


@pytest.mark.parametrize("light", [1.0, 0.72, 0.5])
def test_every_poster_but_the_black_and_white_one_has_a_colour_of_its_own(light):
    lit = (255 * light * torch.tensor(POSTERS)).to(torch.uint8)
    counted = [colour_pixels(poster[None, None, None]) for poster in lit]
    own = [tuple(found.flatten().nonzero().flatten().tolist()) for found in counted[1:]]
    assert own[4] == () and len({*own[:4], own[5]}) == 5 and () not in {*own[:4], own[5]}


def test_walls_floor_and_sky_have_none():
    shades = torch.linspace(0.4, 1.15, 16)[:, None]
    for colour in (WALL, *FLOOR, *SKY):
        plain = (255 * (shades * torch.tensor(colour)).clamp(max=1)).to(torch.uint8)
        assert not colour_pixels(plain[None, None, None]).any()


def test_a_change_is_seen_and_coming_going_and_staying_are_none():
    red, blue = POSTERS[1][0], POSTERS[2][0]
    changed, compared = colour_changes(colour_pixels(painted(None, red, red, blue, blue, None)))
    assert compared.tolist() == [[False, True, True, True, False]]
    assert changed.tolist() == [[False, False, True, False, False]]
    assert changed_share(colour_pixels(painted(red, red, blue))) == [0.5]
    assert changed_share(colour_pixels(painted(None, red))) == []


def test_a_poster_of_a_few_pixels_counts_from_afar_alone():
    video = painted(POSTERS[1][0], POSTERS[2][0])
    video[:, :, 5:9] = video[:, :, :4]  # one row of five pixels is left
    pixels = colour_pixels(video)
    assert changed_share(pixels, FAR) == [1.0] and changed_share(pixels) == []


def test_real_walks_change_few_and_repainted_ones_many():
    clips = real_clips("test", 0, 60, 10)
    real = changed_share(colour_pixels(clips))
    swapped = clips.clone()
    swapped[:, 1::2] = swapped[:, 1::2].flip(-1)  # red for blue and blue for red in every second frame
    assert len(real) > 30 and sum(real) / len(real) < 0.02
    assert sum(changed_share(colour_pixels(swapped))) > 10 * max(1, sum(real))
