"""Angles, in radians: of floats, arrays and tensors alike."""

import math
from typing import TypeVar

Angle = TypeVar("Angle")


def wrapped(angle: Angle) -> Angle:
    """The same direction in [−π, π)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi
