"""What more training would bring, read from what it has brought: a straight line over the logarithm of the clips.

The line is of the logarithm of what is missing to the best possible score (Hestness et al. 2017: errors fall as powers
of the data), or of decibels, which are a logarithm already. Beyond the last point it is an extrapolation, and its
interval knows nothing of a law that ends.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

MORE = 10.0  # times the clips of the last point, for which a score is foretold
SHOWN = 40  # points of the line that is drawn
FURTHEST = 1e4  # times them, up to which a bar is looked for


@dataclass(frozen=True)
class Line:
    """y = `at` + `slope` (log₁₀ clips − `middle`), by least squares over `count` points."""

    at: float
    slope: float
    middle: float
    count: int
    error: float  # standard deviation of the points about the line
    spread: float  # sum of squares of log₁₀ clips about their mean

    @classmethod
    def through(cls, clips: np.ndarray, y: np.ndarray) -> "Line":
        x = np.log10(clips)
        middle, spread = x.mean(), np.square(x - x.mean()).sum()
        slope = float(((x - middle) * y).sum() / spread)
        left = y - y.mean() - slope * (x - middle)
        error = np.sqrt(np.square(left).sum() / (len(x) - 2))
        return cls(float(y.mean()), slope, float(middle), len(x), float(error), float(spread))

    def band(self, clips: float | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The line at as many clips, and the ends of its 95 % interval (Student's)."""
        x = np.log10(clips) - self.middle
        half = self._width * self.error * np.sqrt(1 / self.count + np.square(x) / self.spread)
        value = self.at + self.slope * x
        return value, value - half, value + half

    @property
    def slopes(self) -> dict[str, float]:
        half = self._width * self.error / np.sqrt(self.spread)
        return {"value": self.slope, "low": self.slope - half, "high": self.slope + half}

    @property
    def _width(self) -> float:
        return float(stats.t.ppf(0.975, self.count - 2))


def foretold(clips: list[int], scores: list[float], ceiling: float | None = None, bar: float | None = None) -> dict:
    """How a score that grows with the `clips` learned goes on. With a `ceiling` what is missing to it follows a power;
    without one the score is in decibels.

    {"tenfold": the score after ten times the clips of the last point, "exponent" of the power or the "gain" a tenfold
    in decibels, each with its interval; the "line" up to there; with a `bar` the clips that are "needed" for it, None
    for an end that lies beyond FURTHEST times the last point}. Empty where a score is at the ceiling already.
    """
    at, found = np.array(clips, float), np.array(scores)
    if ceiling is None:
        line, back = Line.through(at, found), lambda y: y
        shape = {"gain": line.slopes}
    else:
        if (found >= ceiling).any():
            return {}
        line, back = Line.through(at, np.log10(ceiling - found)), lambda y: ceiling - 10**y
        shape = {"exponent": line.slopes}

    def curves(clips: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(("low", "value", "high"), np.sort([back(y) for y in line.band(clips)], axis=0), strict=True))

    shown = np.geomspace(at.min(), MORE * at.max(), SHOWN)
    drawn = {name: curve.tolist() for name, curve in curves(shown).items()}
    told = shape | {"tenfold": {name: curve[-1] for name, curve in drawn.items()}}
    told["line"] = {"clips": shown.tolist()} | drawn
    if bar is None:
        return told
    many = np.geomspace(at.min(), FURTHEST * at.max(), 4000)
    reached = {
        name: float(many[above.argmax()]) if (above := curve >= bar).any() else None
        for name, curve in curves(many).items()
    }
    # Where the score is high, few clips are needed.
    return told | {"bar": bar, "needed": {"value": reached["value"], "low": reached["high"], "high": reached["low"]}}
