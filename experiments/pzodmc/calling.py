"""How V is called: torch or NumPy, in float64 or float32, a batch or a point at a time, here or by a pool of workers.

What V takes is found out at the first call and kept. V never sees gradients, and what it raises comes out as one
InputError with the original behind it.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .answers import OTHER, failed, number, precision, real
from .errors import InputError

LARGEST_BATCH = 8192  # points that V is given at once
# (arrays, precision); the first that V answers is kept. A V of one point is more often written for NumPy.
BATCHES = (("torch", None), ("torch", "other"), ("numpy", np.float64), ("numpy", np.float32))
POINTS = (("numpy", np.float64), ("torch", None), ("torch", "other"), ("numpy", np.float32))


class Caller:
    """V as its owner wrote it, as a function of torch points (m, dim) → (m,).

    vectorized: V maps (m, dim) to (m,); otherwise one point (dim,) to a number. pool: anything with the `map` of
    `concurrent.futures` (processes, MPI, Dask) to share the points of a V of one point out. `way` says how V is
    called once that is known, `digits` in which precision it computes (torch.float32 or torch.float64).
    """

    def __init__(self, function: Callable, vectorized: bool = True, pool: Executor | None = None):
        if pool is not None and (isinstance(pool, type) or not hasattr(pool, "map")):
            raise InputError(f"pool: give an executor that is running (its `map` is called), got {pool!r}")
        if hasattr(pool, "get_executor"):
            raise InputError("pool: a client of Dask answers later; give its executor, pool=client.get_executor()")
        if pool is not None and vectorized:
            raise InputError("pool=… shares out single points: say vectorized=False, and let V take one point (dim,)")
        self.function, self.vectorized, self.pool = function, vectorized, pool
        self.way: tuple[str, Any] | None = None
        self.digits: torch.dtype | None = None
        self.vain = 0  # points that V was asked at in ways that it did not take

    def anew(self) -> "Caller":
        """The same V, of which nothing is known yet: so that every run of a seed makes the same calls."""
        return Caller(self.function, self.vectorized, self.pool)

    def __call__(self, z: Tensor) -> Tensor:
        """What V answers at z (m, dim), unchanged where V is a torch function of z's precision."""
        if not self.vectorized:
            found = torch.tensor(list(self.one_by_one(z)), dtype=torch.float64, device=z.device)
            return found if self.digits is None else found.to(z.dtype)
        parts = [self._batch(part) for part in z.split(LARGEST_BATCH)] if len(z) > LARGEST_BATCH else [self._batch(z)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def one_by_one(self, z: Tensor) -> Iterator[float]:
        """The values at the rows of z in turn, each as soon as it and those before it are there."""
        at = 0
        try:
            if self.way is None and len(z):
                # What the trial finds is the first answer: V is asked no more often than there are points.
                yield number(self._trial(z[0], POINTS))
                at = 1
            for value in self._each([self._converted(point, self.way) for point in z[at:]]):
                yield number(value)
                at += 1
        except InputError:
            raise
        except Exception as error:
            raise failed(error, f"at the point {[float(f'{x:.6g}') for x in z[at].tolist()]}") from error

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
            raise failed(error, f"on points of shape {tuple(z.shape)}") from error

    def _trial(self, z: Tensor, ways: Sequence[tuple[str, Any]]) -> Any:
        first: Exception | None = None
        for way in ways:
            try:
                with warnings.catch_warnings():
                    # NumPy's functions take torch's tensors, slowly and with this warning: V is written for arrays.
                    warnings.filterwarnings("error", message="__array_wrap__")
                    value = self._answer(z, way)
            except BrokenExecutor:
                raise
            except Exception as error:  # whatever V raises, another way may suit it
                first = first or error
                self.vain += len(z) if z.ndim > 1 else 1
                continue
            self.way = way
            # A single number tells nothing of the precision that it came from.
            self.digits = precision(value, z, way) if z.ndim > 1 else torch.float64
            return value
        if isinstance(first, InputError):
            raise first
        where = f"on points of shape {tuple(z.shape)}" if z.ndim > 1 else f"at the point {z.tolist()}"
        raise failed(first, where) from first

    def _answer(self, z: Tensor, way: tuple[str, Any]) -> Any:
        # Gradients are followed only where the points ask for them, as the baselines that need them do.
        with torch.set_grad_enabled(z.requires_grad):
            given = self._converted(z, way)
            if z.ndim == 1:
                return next(iter(self._each([given])))
            value = real(self.function(given), z)
        # SciPy's densities, and what squeezes, drop the axis of a batch of one.
        return value[None] if len(z) == 1 and isinstance(value, Tensor) and not value.ndim else value

    @staticmethod
    def _converted(z: Tensor, way: tuple[str, Any]) -> Any:
        """A copy: what V does to its points is its own affair."""
        arrays, precision = way
        if arrays == "numpy":
            return z.detach().cpu().numpy().astype(precision)
        return z.clone() if precision is None else z.to(OTHER.get(z.dtype, torch.float64))


class Direct(Caller):
    """A function of the package's own, around V (`inner`, where its trials are still to come): called as it is."""

    def __init__(self, function: Callable, inner: Caller | None = None):
        self.function, self.inner, self.vectorized, self.pool = function, inner, True, None
        self.way, self.digits = None, None

    @property
    def vain(self) -> int:
        return self.inner.vain if self.inner is not None else 0

    def anew(self) -> Caller:
        return self

    def __call__(self, z: Tensor) -> Tensor:
        return self.function(z)


class Around(Caller):
    """What stands before a V and passes its questions on; how V is called is known to the inner one alone."""

    def __init__(self, inner: Caller):
        self.inner, self.function, self.vectorized, self.pool = inner, inner.function, inner.vectorized, inner.pool

    @property
    def digits(self) -> torch.dtype | None:
        return self.inner.digits

    @property
    def way(self) -> tuple[str, Any] | None:
        return self.inner.way

    @property
    def vain(self) -> int:
        return self.inner.vain

    def anew(self) -> Caller:
        return self
