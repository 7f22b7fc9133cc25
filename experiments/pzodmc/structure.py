"""The pilot: which coordinates of V interact, where V is low, how finely it can be told apart."""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .blocks import Blocks
from .discovery import Graph, discover, likely_points, mend
from .errors import InputError
from .normal import in_normal_coordinates
from .oracle import Oracle, Potential, answered
from .rounding import TOO_COARSE, Rounding, measure_rounding
from .space import Space, phi

LARGEST_PILOT = 65_536


@dataclass(frozen=True)
class Structure:
    """What the pilot found: the dependency graph, an anchor (d,) float64 where V is low, both in normal coordinates."""

    graph: Graph
    anchor: Tensor
    space: Space
    offset: float  # V near the anchor, without the slope
    rounding: Rounding
    pilot: tuple[Tensor, Tensor]  # points (m, d) of N(0, I) and V there, less its value at the anchor
    invalid: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def coarse(self) -> float:
        """Nats by which V's values can be rounded near the anchor."""
        return float(self.rounding.bound(torch.tensor(4 * (1 + abs(self.offset)))))

    @property
    def calls(self) -> int:
        return self.graph.calls

    @property
    def components(self) -> Blocks:
        return self.graph.components

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(
            f"the probes missed that coordinates {', '.join(self.space.word(i) for i in group)} interact; the check on "
            "other points found it and merged their blocks"
            for group in self.graph.merged
        )


def find_structure(
    potential: Potential,
    space: Space,
    pilot: int,
    probes: int,
    checks: int,
    generator: torch.Generator,
    most: float = math.inf,
) -> Structure:
    """The dependency graph from `pilot` points of the reference, `probes` pairs and `checks` held-out ones; without
    probes all coordinates are taken for one block. most: points that the pilot may grow to behind walls.
    """
    oracle = Oracle(in_normal_coordinates(potential, space))
    oracle.check_normalisable(1.0, generator, torch.float64)
    z, v = draw_pilot(oracle, pilot, 4 * (probes + checks), max(2 * probes + checks, 4), most, generator)
    space = space.turned(_cuts(space, z, v))
    if space.shift is not None:
        # The circles are cut where the pilot saw least weight; its points stay, in the new coordinates.
        u = torch.remainder(phi(z) - space.shift.to(z), 1.0).clamp(1e-16, 1 - 1e-16)
        circles = torch.tensor([kind == "circle" for kind in space.kinds], device=z.device)
        turned = torch.where(circles, torch.special.ndtri(u), z)
        v = v + 0.5 * (turned.square() - z.square()).sum(1)
        z = turned
    log_q = -z.square().sum(1) / 2
    swapped = max(2 * probes, 4)
    likely = likely_points(z, v, swapped + (checks + 1) // 2, generator, log_q)
    probed, held_out = likely[:swapped], likely[swapped:]
    # The check starts where sampling does, at the anchor, and goes to likely points as well as anywhere.
    anchor, anywhere = z[v.argmin()], z[: checks // 2]
    offset = float(v.min())
    spent, bad = oracle.calls, oracle.invalid
    oracle = Oracle(in_normal_coordinates(potential, space, offset))
    finite = z[torch.isfinite(v)]
    rounding = measure_rounding(oracle, probed[:4], finite[:4], generator)
    raw = answered(potential.function, space.to_z(finite[:8])).double()
    if bool((raw == raw.float().double()).all()):
        # Values that all fit into float32 have its rounding, whatever holds them.
        rounding = replace(rounding, relative=max(rounding.relative, torch.finfo(torch.float32).eps / 2))
    if probes:
        away = torch.cat([anchor.repeat(len(held_out) + len(anywhere), 1), held_out, anywhere])
        graph = mend(oracle, discover(oracle, probed, rounding), away, rounding)
    else:
        graph = Graph(torch.full((space.dim, space.dim), torch.inf, dtype=torch.float64, device=z.device), 0)
    graph = replace(graph, calls=spent + oracle.calls + len(raw))
    found = Structure(graph, anchor, space, offset, rounding, (z, v - offset), bad + oracle.invalid)
    return replace(found, warnings=oracle_warnings(found.coarse))


def draw_pilot(
    oracle: Oracle, size: int, wanted: int, least: int, most: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Points of the reference with V, as many as it takes for enough of them to have a finite V."""
    z, v = None, None
    while z is None or (int(torch.isfinite(v).sum()) < wanted and len(z) < LARGEST_PILOT and 2 * len(z) <= most):
        count = size if z is None else len(z)
        more = torch.randn(
            count, oracle.potential.dim, generator=generator, dtype=torch.float64, device=generator.device
        )
        values = oracle(more)
        z, v = (more, values) if z is None else (torch.cat([z, more]), torch.cat([v, values]))
    if int(torch.isfinite(v).sum()) < least:
        raise InputError(
            f"V is NaN or infinite at all but {int(torch.isfinite(v).sum())} of {len(z)} pilot points; give "
            "bounds=… if it lives between walls, change the scale and loc so that it is met, or allow more calls"
        )
    return z, v


def oracle_warnings(allowed: float) -> tuple[str, ...]:
    """A warning where V is too coarse to be told apart."""
    if allowed <= TOO_COARSE:
        return ()
    return (
        f"V's values are rounded so coarsely that couplings below {allowed:.2g} nats cannot be seen and the draws "
        f"may be "
        "wrong by as much: compute V in float64, or take its large constant off inside",
    )


def _cuts(space: Space, y: Tensor, v: Tensor) -> Tensor:
    """(d,) turns: where on each circle the pilot's points (m, d) carry least weight."""
    shift = torch.zeros(space.dim, dtype=torch.float64)
    log_w = -v + 0.5 * y.square().sum(1)
    # Tempered, so that a few best points do not hide where the others are.
    weight = torch.softmax(log_w.clamp(min=float(log_w[torch.isfinite(log_w)].max()) - 20.0) * 0.3, dim=0)
    for i, kind in enumerate(space.kinds):
        if kind == "circle":
            u = phi(y[:, i])
            places = torch.arange(16, dtype=torch.float64, device=y.device) / 16
            near = (torch.remainder(u[:, None] - places + 0.5, 1.0) - 0.5).abs() < 1 / 16
            shift[i] = places[(weight[:, None] * near).sum(0).argmin()].cpu()
    return shift


def pieces(components: Blocks, edges: Tensor, largest: int) -> Blocks:
    """Cut components that are too large into neighbourhoods of at most `largest`, grown along the edges."""
    near, cut = edges.tolist(), []
    for component in components:
        left = list(component)
        while left:
            piece = [left.pop(0)]
            while left and len(piece) < largest:
                # The coordinate with the most edges into the piece joins next; ties go to the first.
                best = max(left, key=lambda j: (sum(near[i][j] for i in piece), -j))
                if not any(near[i][best] for i in piece):
                    break
                left.remove(best)
                piece.append(best)
            cut.append(tuple(sorted(piece)))
    return tuple(cut)
