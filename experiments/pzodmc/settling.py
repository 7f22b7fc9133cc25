"""Whether a population has settled: what it remembers of its start, whether its means still change, whether halves
agree.
"""

import torch
from torch import Tensor

APART = 5.0  # standard errors by which what must agree may differ


def effective(log_weight: Tensor) -> Tensor:
    return 1 / torch.softmax(log_weight, dim=0).square().sum()


class Scale:
    """Bounded functions of the particles whose means are followed: place, spread, both tails, depth.

    Centre, width and tails are those of the population y (N, d), v (N,) at the start.
    """

    def __init__(self, y: Tensor, v: Tensor):
        self.centre, self.width = y.mean(dim=0), y.std(dim=0).clamp(min=1e-300)
        self.low, self.high = torch.quantile(y, torch.tensor([0.05, 0.95]).to(y), dim=0)
        self.depth, self.deep = v.median(), max(1.0, 0.5 * y.shape[1] ** 0.5)

    def of(self, y: Tensor, v: Tensor) -> Tensor:
        unit = (y - self.centre) / self.width
        tails = [(y < self.low).to(y), (y > self.high).to(y)]
        depth = ((v - self.depth) / self.deep).tanh()[:, None]
        return torch.cat([unit.tanh(), (unit.abs() - 0.7).tanh(), *tails, depth], dim=1)

    def features(self, y: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Their means, and the means' variances in independent particles."""
        f = self.of(y, v)
        return f.mean(dim=0), f.var(dim=0) / len(f)

    @staticmethod
    def drift(rounds: list[tuple[Tensor, Tensor]], share: float) -> float:
        """The largest change between the last half of the rounds and the quarter before, in standard errors.

        share: of particles that a round renews; rounds that share particles are no independent evidence.
        """
        r = len(rounds)
        late, early = rounds[r // 2 :], rounds[r // 4 : r // 2] or rounds[:1]

        def window(part: list) -> tuple[Tensor, Tensor]:
            size = 1 + (len(part) - 1) * share
            return torch.stack([m for m, _ in part]).mean(0), torch.stack([v for _, v in part]).mean(0) / size

        (a, va), (b, vb) = window(late), window(early)
        # A tail without any particle has no variance to show: one particle in it is then the measure.
        return float(((a - b).abs() / (va + vb + 1e-6).sqrt()).max())

    def apart(self, first: Tensor, second: Tensor, v: Tensor) -> float:
        """The largest difference between two halves' means, in standard errors."""
        (a, va), (b, vb) = (
            self.features(first, v[: len(first)]),
            self.features(second, v[len(first) : len(first) + len(second)]),
        )
        return float(((a - b).abs() / (va + vb + 1e-6).sqrt()).max())

    def weighted_apart(self, *sides: tuple[Tensor, Tensor, Tensor]) -> float:
        """The same of two weighted samples, each y (m, d), v (m,), log weights (m,)."""
        found = []
        for y, v, log_w in sides:
            have = torch.isfinite(log_w)
            f, w = self.of(y[have], v[have]), torch.softmax(log_w[have], dim=0)
            mean = w @ f
            found.append((mean, w.square() @ (f - mean).square()))
        (a, va), (b, vb) = found
        return float(((a - b).abs() / (va + vb + 1e-6).sqrt()).max())

    def least_worth(self, y: Tensor, v: Tensor, log_w: Tensor) -> float:
        """Independent draws that the weighted points y (m, d), v (m,), log weights (m,) are worth for that of the means
        that they know worst: a small set with uneven weights is known worse than 1/Σ w² says of all.
        """
        have = torch.isfinite(log_w)
        f, w = self.of(y[have], v[have]), torch.softmax(log_w[have], dim=0)
        away = (f - w @ f).square()
        whole, own = w @ away, w.square() @ away
        told = whole > 1e-12
        return float((whole[told] / own[told]).min()) if bool(told.any()) else float(1 / w.square().sum())


def remembered(start: Tensor, now: Tensor) -> float:
    """The largest correlation of a coordinate with where it was at the start."""
    a, b = (torch.argsort(torch.argsort(part, dim=0), dim=0).double() for part in (start, now))
    a, b = a - a.mean(dim=0), b - b.mean(dim=0)
    return float(((a * b).sum(dim=0) / (a.norm(dim=0) * b.norm(dim=0)).clamp(min=1e-300)).max())
