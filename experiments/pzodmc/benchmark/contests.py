"""The problems of `bench --against`: separated modes, walls, funnels and real posteriors, each with exact means."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..oracle import Function
from ..targets import Target
from ..targets.hidden import hidden_blocks
from ..targets.mixtures import narrow_wide
from ..targets.paper import joint_mixture, paper_mixture_2d
from ..targets.posteriors import POSTERIORS
from ..targets.products import two_modes
from ..targets.registry import named


@dataclass(frozen=True)
class Contest:
    """V in `dim` coordinates, asked with `front` (scale, bounds); bounded functions (m, d) → (m,) with exact means."""

    function: Function
    dim: int
    front: dict
    means: dict[str, tuple[Function, float]]
    log_z: float | None
    kind: str  # "modes", "walls", "shape", "posterior"
    named_blocks: bool = field(default=False)


def of_modes(target: Target, kind: str = "modes") -> Contest:
    """The shares of the modes, place by place, but for each place's last."""
    means = {}
    for place in range(target.label_weights.shape[0]):
        for k in range(target.label_weights.shape[1] - 1):
            exact = float(target.label_weights[place, k])
            means[f"{place}:{k}"] = (lambda x, p=place, k=k: (target.labels(x)[:, p] == k).double(), exact)
    return Contest(target.potential.function, target.dim, {"scale": target.scale}, means, target.log_z, kind)


def of_posterior(name: str) -> Contest:
    made = POSTERIORS[name]()
    exact, log_z = made.exact()
    means = {key: (function, exact[key]) for key, function in made.means.items()}
    return Contest(made.function, made.dim, made.front, means, log_z, "posterior")


def _inside(value: Tensor, allowed: Tensor) -> Tensor:
    return torch.where(allowed, value, torch.full_like(value, math.inf))


def disc() -> Contest:
    means = {
        "r<1": (lambda z: (z.square().sum(1) < 1).double(), 0.25),
        "r<√2": (lambda z: (z.square().sum(1) < 2).double(), 0.5),
    }
    v = lambda z: _inside(0 * z[:, 0], z.square().sum(1) < 4)  # noqa: E731
    return Contest(v, 2, {"bounds": [(-3, 3)] * 2}, means, math.log(4 * math.pi), "walls")


def ordering() -> Contest:
    means = {
        "z0>0": (lambda z: (z[:, 0] > 0).double(), 0.25),
        "gap<1": (lambda z: (z[:, 1] - z[:, 0] < 1).double(), math.erf(0.5)),
    }
    v = lambda z: _inside(0.5 * z.square().sum(1), z[:, 1] > z[:, 0])  # noqa: E731
    return Contest(v, 2, {"scale": 2.0}, means, math.log(math.pi), "walls")


def simplex() -> Contest:
    """Uniform on the simplex in five coordinates: P(z₀ > x) = (1 − x)⁵."""
    means = {f"z{i}>0.13": (lambda z, i=i: (z[:, i] > 0.13).double(), 0.87**5) for i in (0, 4)}
    v = lambda z: _inside(0 * z[:, 0], (z > 0).all(1) & (z.sum(1) < 1))  # noqa: E731
    return Contest(v, 5, {"bounds": [(0, 1)] * 5}, means, -math.lgamma(6), "walls")


def box() -> Contest:
    """N(0.3, 0.2²) cut off to [0, 1] in four coordinates."""
    cdf = torch.distributions.Normal(0.3, 0.2).cdf
    low, middle, high = (float(cdf(torch.tensor(x, dtype=torch.float64))) for x in (0.0, 0.3, 1.0))
    means = {f"z{i}<0.3": (lambda z, i=i: (z[:, i] < 0.3).double(), (middle - low) / (high - low)) for i in range(4)}
    log_z = 4 * math.log(0.2 * math.sqrt(2 * math.pi) * (high - low))
    return Contest(lambda z: ((z - 0.3) / 0.2).square().sum(1) / 2, 4, {"bounds": [(0, 1)] * 4}, means, log_z, "walls")


def bonus() -> Contest:
    """N(0, I₅), and e⁶ more where three coordinates exceed 1.5: a rare dependence of third order."""
    p = (0.5 * math.erfc(1.5 / math.sqrt(2))) ** 3
    whole = 1 + p * (math.exp(6) - 1)

    def corner(z: Tensor) -> Tensor:
        return (z[:, :3] > 1.5).all(1)

    means = {"corner": (lambda z: corner(z).double(), p * math.exp(6) / whole)}
    log_z = 2.5 * math.log(2 * math.pi) + math.log(whole)
    return Contest(lambda z: 0.5 * z.square().sum(1) - 6.0 * corner(z).to(z), 5, {"scale": 2.0}, means, log_z, "modes")


CONTESTS: dict[str, Callable[[], Contest]] = {
    "gmm2d": lambda: of_modes(paper_mixture_2d()),
    "joint10": lambda: of_modes(joint_mixture(10)),
    "hidden20": lambda: of_modes(hidden_blocks(paper_mixture_2d(), 10)),
    "two_modes5": lambda: of_modes(two_modes(5)),
    "narrow_wide3": lambda: of_modes(narrow_wide(3)),
    "bonus": bonus,
    "funnel": lambda: of_modes(named("funnel"), "shape"),
    "banana": lambda: of_modes(named("banana"), "shape"),
    "disc": disc,
    "ordering": ordering,
    "simplex": simplex,
    "box": box,
    **{name: (lambda name=name: of_posterior(name)) for name in POSTERIORS},
}
