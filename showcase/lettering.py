"""Words in figures dark enough to be read: a colour that suits a mark is often too pale for letters."""

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from showcase.palette import BAND, PAPER

CONTRAST = 4.5  # of letters against their ground: WCAG 2.2, level AA


def legible(figure: Figure, linespacing: float | None = None) -> Figure:
    """The figure, its words as much darker as they need to be; `linespacing` is in multiples of a line's height."""
    for words in figure.findobj(Text):
        words.set_color(lettering(words.get_color()))
        if linespacing:
            words.set_linespacing(linespacing)
    return figure


def lettering(colour: str | tuple) -> str:
    """The colour in its own hue, dark enough on the ground of figures and of every second row. What is lighter than the
    ground, as letters on a dark field are, stays as it is."""
    light = _linear(colour)
    most = (_luminance(_linear(BAND)) + 0.05) / (1.02 * CONTRAST) - 0.05  # a little more, as colours are rounded
    if not most < _luminance(light) < _luminance(_linear(PAPER)):
        return to_hex(colour)
    light *= most / _luminance(light)
    return to_hex(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def _linear(colour: str | tuple) -> np.ndarray:
    """Red, green and blue in proportion to light, as sRGB defines it."""
    given = np.array(to_rgb(colour))
    return np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)


def _luminance(light: np.ndarray) -> float:
    return float(light @ (0.2126, 0.7152, 0.0722))
