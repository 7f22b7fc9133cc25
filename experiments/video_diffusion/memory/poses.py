"""Poses on the plane, the group SE(2): x and y in blocks, heading in radians from x towards y; tensors (…, 3).

A pose seen from another one is its position ahead and to the right of it (y grows to the right of x) and its turn.
"""

import torch
from torch import Tensor

from experiments.video_diffusion.memory.angles import wrapped


def relative(here: Tensor, there: Tensor) -> Tensor:
    """`there` seen from `here`: (ahead, right, turn), the turn in [−π, π). The inverse of `compose(here, ·)`."""
    dx, dy = (there - here)[..., :2].unbind(-1)
    cos, sin = here[..., 2].cos(), here[..., 2].sin()
    return torch.stack([cos * dx + sin * dy, cos * dy - sin * dx, wrapped(there[..., 2] - here[..., 2])], dim=-1)


def compose(here: Tensor, seen: Tensor) -> Tensor:
    """The pose that is `seen` (ahead, right, turn) from `here`; headings add up and are not wrapped."""
    ahead, right, turn = seen.unbind(-1)
    x, y, heading = here.unbind(-1)
    cos, sin = heading.cos(), heading.sin()
    return torch.stack([x + cos * ahead - sin * right, y + sin * ahead + cos * right, heading + turn], dim=-1)
