"""Words in every figure can be read, whatever colour the drawing gave them, and keep its hue."""

from colorsys import rgb_to_hsv

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text

from showcase.lettering import CONTRAST, legible, lettering
from showcase.palette import BAND, BLUE, GREEN, INK, METHOD, MUTED, ORANGE, PAPER, PURPLE, SKY, YELLOW
from tests.showcase.vision import contrast

COLOURS = {*METHOD.values(), BLUE, ORANGE, GREEN, PURPLE, YELLOW, SKY, MUTED, INK, "#999999", "#ff0000", "#cdd5dd"}


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_words_are_read_on_both_grounds_and_keep_their_hue(colour):
    made = lettering(colour)
    assert min(contrast(made, PAPER), contrast(made, BAND)) >= CONTRAST
    if contrast(colour, BAND) >= CONTRAST:
        assert made == colour
    else:
        (hue, strength, _), (new_hue, _, _) = rgb_to_hsv(*to_rgb(colour)), rgb_to_hsv(*to_rgb(made))
        assert strength < 0.1 or min(abs(hue - new_hue), 1 - abs(hue - new_hue)) < 0.02
        assert contrast(made, BAND) < CONTRAST + 0.3, "no darker than it has to be"


@pytest.mark.parametrize("colour", ["#ffffff", PAPER])
def test_light_letters_stay_light(colour):
    assert lettering(colour) == colour


def test_all_words_of_a_figure_are_reached_and_its_marks_are_not():
    figure, axis = plt.subplots()
    axis.plot([0, 1], color=YELLOW, label="a")
    axis.set_title("b", color=SKY)
    axis.set_xlabel("c", color=GREEN)
    axis.annotate("d", (0, 0), color=YELLOW)
    axis.legend(labelcolor="linecolor")
    figure.text(0, 0, "e", color=ORANGE)
    assert min(contrast(to_hex(words.get_color()), PAPER) for words in figure.findobj(Text)) < 3
    legible(figure)
    found = {words.get_text(): to_hex(words.get_color()) for words in figure.findobj(Text) if words.get_text()}
    assert {*"abcde"} <= found.keys() and min(contrast(colour, PAPER) for colour in found.values()) >= CONTRAST
    assert axis.lines[0].get_color() == YELLOW
    plt.close(figure)
