"""What showed that blocks belong together leads to what they hid."""

import torch

from experiments.pzodmc.descent import FIRST, descend, steps
from experiments.pzodmc.merging import furthest_below
from experiments.pzodmc.oracle import Oracle, Potential
from tests.pzodmc.strangers import narrow_wide

D = 6
SEEN = 1e-7  # nats: a gap that a check still sees


def test_the_gap_leads_to_a_mode_that_v_itself_falls_away_from(seeded):
    """Between a narrow and a wide mode V slopes towards the wide one where the gap is still seen."""
    function = narrow_wide(D).function
    at_anchor = float(function(3 * torch.ones(1, D, dtype=torch.float64))[0])
    whole = Oracle(Potential(lambda y: function(3 * y) - at_anchor, D))
    # Blocks of one at an anchor in the wide mode: its Gaussian alone.
    parts = [Oracle(Potential(lambda y: 4.5 * (y[:, 0] - 1).square(), 1)) for _ in range(D)]
    along = -1 + torch.linspace(0, 1, 10_001, dtype=torch.float64)[:, None] * torch.ones(D, dtype=torch.float64)
    seen = sum(one(along[:, [k]]) for k, one in enumerate(parts)) - whole(along) > SEEN
    y = along[seen][-1:].repeat(6, 1)
    ends, _ = descend(whole, y, whole(y), FIRST / 3, seeded(2))
    spent = whole.calls
    climbed = furthest_below(whole, parts, tuple((k,) for k in range(D)), y, seeded(3))
    assert whole.calls - spent == len(y) * (1 + steps(D))
    assert int(((ends - 1).norm(dim=1) < (ends + 1).norm(dim=1)).sum()) >= 2
    assert bool(((climbed + 1).norm(dim=1) < 0.4).all())


def test_walls_stop_a_climb_and_no_nan_comes_of_them(seeded):
    whole = Oracle(Potential(lambda y: torch.where(y[:, 0] + y[:, 1] > 0, -3.0 * y[:, 0], torch.inf), 2))
    parts = [Oracle(Potential(lambda y: torch.where(y[:, 0] > -1, 0.0 * y[:, 0], torch.inf), 1)) for _ in range(2)]
    y = torch.tensor([[0.5, 0.5]], dtype=torch.float64)
    end = furthest_below(whole, parts, ((0,), (1,)), y, seeded(4))
    # Of 3 y₀ − |y|²/2 the top is at (3, 0).
    assert bool(torch.isfinite(end).all()) and float((end - torch.tensor([3.0, 0.0])).norm()) < 0.3
