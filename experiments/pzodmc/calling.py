"""How V is called: torch or NumPy, in float64 or float32, a batch or a point at a time, here or by a pool of workers.

What V takes is found out at the first call and kept. V never sees gradients, and what it raises comes out as one
InputError with the original behind it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .errors import InputError

LARGEST_BATCH = 8192  # points that V is given at once
# (arrays, precision); the first that V answers is kept. A V of one point is more often written for NumPy.
BATCHES = (("torch", None), ("torch", "other"), ("numpy", np.float64), ("numpy", np.float32))
POINTS = (("numpy", np.float64), ("torch", None), ("torch", "other"), ("numpy", np.float32))
OTHER = {torch.float32: torch.float64, torch.float64: torch.float32}


class Caller:
    """V as its owner wrote it, as a function of torch points (m, dim) → (m,).

    vectorized: V maps (m, dim) to (m,); otherwise one point (dim,) to a number. pool: anything with the `map` of
    `concurrent.futures` (processes, MPI, Dask) to share the points of a V of one point out. `way` says how V is
    called once that is known, `digits` in which precision it computes (torch.float32 or torch.float64).
    """

    def __init__(self, function: Callable, vectorized: bool = True, pool: Executor | None = None):
        if pool is not None and not hasattr(pool, "map"):
            raise InputError(f"pool: give an executor with a `map` method, got {type(pool).__name__}")
        if pool is not None and vectorized:
            raise InputError("pool=… shares out single points: say vectorized=False, and let V take one point (dim,)")
        self.function, self.vectorized, self.pool = function, vectorized, pool
        self.way: tuple[str, Any] | None = None
        self.digits: torch.dtype | None = None

    def __call__(self, z: Tensor) -> Tensor:
        """What V answers at z (m, dim), unchanged where V is a torch function of z's precision."""
        if not self.vectorized:
            found = torch.tensor(list(self.one_by_one(z)), dtype=torch.float64, device=z.device)
            return found if self.digits is None else found.to(z.dtype)
        parts = [self._batch(part) for part in z.split(LARGEST_BATCH)] if len(z) > LARGEST_BATCH else [self._batch(z)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def one_by_one(self, z: Tensor) -> Iterator[float]:
        """The values at the rows of z in turn, each as soon as it and those before it are there."""
        try:
            if self.way is None and len(z):
                # What the trial finds is the first answer: V is asked no more often than there are points.
                yield _number(self._trial(z[0], POINTS))
                z = z[1:]
            for value in self._each([self._converted(point, self.way) for point in z]):
                yield _number(value)
        except InputError:
            raise
        except BrokenExecutor as error:
            raise InputError(
                "the pool of workers died (a worker was killed or ran out of memory): start a new one, with fewer "
                "workers, and run again; with checkpoint=… nothing that V had answered is lost"
            ) from error
        except Exception as error:
            raise _failed(error, z.shape[1:]) from error

    def _each(self, points: list) -> Iterator:
        return (self.pool.map if self.pool is not None else map)(self.function, points)

    def _batch(self, z: Tensor) -> Any:
        if self.way is None:
            return self._trial(z, BATCHES)
        try:
            return self._answer(z, self.way)
        except InputError:
            raise
        except Exception as error:
            raise _failed(error, z.shape) from error

    def _trial(self, z: Tensor, ways: Sequence[tuple[str, Any]]) -> Any:
        first: Exception | None = None
        for way in ways:
            try:
                value = self._answer(z, way)
            except BrokenExecutor:
                raise
            except Exception as error:  # whatever V raises, another way may suit it
                first = first or error
                continue
            self.way = ("numpy", np.float64) if isinstance(value, np.ndarray) and way[0] == "torch" else way
            # A single number tells nothing of the precision that it came from.
            self.digits = _precision(value, z, self.way) if z.ndim > 1 else torch.float64
            return torch.as_tensor(value, device=z.device) if isinstance(value, np.ndarray) else value
        if isinstance(first, InputError):
            raise first
        raise _failed(first, z.shape) from first

    def _answer(self, z: Tensor, way: tuple[str, Any]) -> Any:
        # Gradients are followed only where the points ask for them, as the baselines that need them do.
        with torch.set_grad_enabled(z.requires_grad):
            given = self._converted(z, way)
            value = next(iter(self._each([given]))) if z.ndim == 1 else self.function(given)
        if z.ndim == 2 and len(z) == 1 and isinstance(value, np.generic):
            value = np.array([value])  # SciPy's densities drop the axis of a batch of one
        if isinstance(value, np.ndarray) and value.ndim:
            return torch.as_tensor(np.ascontiguousarray(value), device=z.device) if self.way else value
        return value.detach() if isinstance(value, Tensor) and not z.requires_grad else value

    @staticmethod
    def _converted(z: Tensor, way: tuple[str, Any]) -> Any:
        arrays, precision = way
        if arrays == "numpy":
            return z.detach().cpu().numpy().astype(precision, copy=False)
        return z if precision is None else z.to(OTHER.get(z.dtype, torch.float64))


class Direct(Caller):
    """A function of the package's own, around V: called as it is."""

    def __call__(self, z: Tensor) -> Tensor:
        return self.function(z)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"with vectorized=False V must map one point (dim,) to a number, got {type(value).__name__} "
            f"of shape {tuple(getattr(value, 'shape', ()))}"
        ) from error


def _precision(value: Any, z: Tensor, way: tuple[str, Any]) -> torch.dtype:
    """The poorer of what V was given and what it gave back."""
    given = z.dtype if way[1] is None else OTHER.get(z.dtype, torch.float64)
    if way[0] == "numpy":
        given = torch.float32 if way[1] is np.float32 else torch.float64
    back = getattr(value, "dtype", None)
    back = torch.float32 if str(back).endswith("float32") else torch.float64
    return torch.float32 if torch.float32 in (given, back) else torch.float64


def _failed(error: Exception, shape: Sequence[int]) -> InputError:
    line = f"{type(error).__name__}: {error}".splitlines()[0]
    return InputError(f"V failed on points of shape {tuple(shape)}: {line}")
