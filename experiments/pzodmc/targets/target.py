"""What a target is: V, exact draws, the width that covers it, its normalisation, its modes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from ..errors import InputError
from ..oracle import Potential

# (n, generator) → (n, dim) float64 on the generator's device
Exact = Callable[[int, torch.Generator], Tensor]
# (n, dim) → (n, places) int64, the number of the mode in each place
Labels = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Target:
    """`scale` is the standard deviation of a centred Gaussian pool that covers the target; log_z = log ∫ exp(−V).

    A point has a mode in each of L places: one place in a mixture, one a coordinate in a product. `labels` numbers the
    modes 0 … K − 1, `label_weights` (L, K) float64 are their exact probabilities. Raises InputError on a scale that is
    not positive, on labels without weights and on weights that do not sum to 1.
    """

    name: str
    potential: Potential
    exact: Exact
    scale: float
    log_z: float | None = None
    components: tuple[Sequence[float], Tensor, Tensor] | None = None  # of a mixture: weights, means, covariances
    labels: Labels | None = None
    label_weights: Tensor | None = None

    def __post_init__(self):
        if not self.scale > 0:
            raise InputError(f"Target {self.name}: scale must be positive, got {self.scale}")
        if (self.labels is None) != (self.label_weights is None):
            raise InputError(f"Target {self.name}: give labels and label_weights together")
        weights = self.label_weights
        if weights is not None and not (
            weights.ndim == 2 and (weights >= 0).all() and ((weights.sum(1) - 1).abs() < 1e-6).all()
        ):
            raise InputError(f"Target {self.name}: label_weights (L, K) are probabilities; each row must sum to 1")

    @property
    def dim(self) -> int:
        return self.potential.dim


def constants(*tensors: Tensor) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """A function z → the tensors in z's dtype on z's device; each is converted once, not at every evaluation of V."""

    @cache
    def convert(dtype: torch.dtype, device: torch.device) -> tuple[Tensor, ...]:
        return tuple(t.to(device=device, dtype=dtype) for t in tensors)

    return lambda z: convert(z.dtype, z.device)


def check_dim(name: str, dim: int, least: int = 1, multiple: int = 1) -> None:
    """InputError unless dim is an integer ≥ least and a multiple of `multiple`."""
    if not isinstance(dim, int) or dim < least or dim % multiple:
        kind = "an integer" if multiple == 1 else f"a multiple of {multiple}"
        raise InputError(f"targets: the dimension of {name} must be {kind}, at least {least}, got {dim!r}")


def check_positive(name: str, **values: float) -> None:
    """InputError unless all values are positive."""
    for key, value in values.items():
        if not value > 0:
            raise InputError(f"targets: {key} of {name} must be positive, got {value}")
