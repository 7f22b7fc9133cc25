"""What V answers and what it raises, as tensors and as one line with its cure."""

from concurrent.futures import BrokenExecutor
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .errors import InputError

OTHER = {torch.float32: torch.float64, torch.float64: torch.float32}


def real(value: Any, z: Tensor) -> Any:
    """V's answer as a tensor beside z, from whatever holds real numbers; anything else as it is. InputError for complex
    ones.
    """
    if isinstance(value, np.ma.MaskedArray):
        value = value.astype(np.float64).filled(np.nan)  # what is masked is no number
    if not isinstance(value, Tensor) and (isinstance(value, list | tuple) or hasattr(value, "__array__")):
        with suppress(TypeError, ValueError):
            found = np.asarray(value)
            if found.dtype.kind not in "cbiu" and found.dtype not in (np.float64, np.float32, np.float16):
                found = found.astype(np.float64)  # lists of numbers, long doubles, another byte order
            value = torch.from_numpy(np.array(found)).to(z.device)
    if isinstance(value, Tensor):
        if value.is_complex():
            raise InputError("V must be real, got complex values; give its real part")
        return value if z.requires_grad else value.detach()
    return value


def number(value: Any) -> float:
    try:
        return float(value.detach() if isinstance(value, Tensor) else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"with vectorized=False V must map one point (dim,) to a number, got {type(value).__name__} "
            f"of shape {tuple(getattr(value, 'shape', ()))}; return float(…) of its only entry, or of their sum"
        ) from error


def precision(value: Any, z: Tensor, way: tuple[str, Any]) -> torch.dtype:
    """The poorer of what V was given and what it gave back."""
    given = z.dtype if way[1] is None else OTHER.get(z.dtype, torch.float64)
    if way[0] == "numpy":
        given = torch.float32 if way[1] is np.float32 else torch.float64
    back = getattr(value, "dtype", None)
    back = torch.float32 if str(back).endswith("float32") else torch.float64
    return torch.float32 if torch.float32 in (given, back) else torch.float64


# What is told of an error beside its own words, by what it says.
CURES = {
    "pickle": "workers get V by its name: define it with def at the top of a module, not as a lambda or in a function",
    "after shutdown": "the pool is closed: sample inside its with block",
    "does not require grad": "V is asked without gradients: put what needs them under torch.enable_grad()",
    "math domain": "return math.inf where the density is zero, which is where V cannot be computed",
    "math range": "return math.inf where V is too large to be computed: it is asked far out too",
}


def failed(error: Exception, where: str) -> InputError:
    """What V raised `where` it was asked, in one line, with the cure where it is known."""
    if isinstance(error, BrokenExecutor):
        return InputError(
            "the pool of workers died: a worker was killed or ran out of memory (start a new pool with fewer workers), "
            "or could not import V (define V in a file, and make the pool under if __name__ == '__main__':); with "
            "checkpoint=… the answers so far are kept, and the same call goes on from there"
        )
    line = f"{type(error).__name__}: {error}".splitlines()[0]
    cure = next((f"; {cure}" for words, cure in CURES.items() if words in str(error)), "")
    return InputError(f"V failed {where}: {line}{cure}")
