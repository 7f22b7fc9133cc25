"""Training on several devices as one: `torchrun --nproc-per-node N -m experiments.video_diffusion train …`.

N processes with a batch of B each take the same steps as one process with a batch of N·B. Three things make it so:
gradients are averaged (`DistributedDataParallel`), each process draws the randomness of the whole batch and keeps its
share (`SharedDraws`), and batch statistics are those of the whole batch (`SharedStatistics`).
Without torchrun everything here does nothing. All processes must see the same folders; the first one alone writes.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.overrides import TorchFunctionMode

# One process may prepare data for all; the others wait for it so long.
PATIENCE = timedelta(days=1)


@contextmanager
def process_group(device: torch.device) -> Iterator[torch.device]:
    """Join the processes that torchrun started, if it did; yields this process's device."""
    if "RANK" not in os.environ:
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield device
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """This process's number; 0 writes."""
    return dist.get_rank() if dist.is_initialized() else 0


def size() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


@contextmanager
def first_process_first() -> Iterator[None]:
    """The body runs in process 0, then in the others, which find what it wrote."""
    if rank() > 0:
        dist.barrier()
    yield
    if size() > 1 and rank() == 0:
        dist.barrier()


def mean_over_processes(value: float, device: torch.device) -> float:
    """The mean of one number of each process."""
    if size() == 1:
        return value
    total = torch.tensor(value, dtype=torch.float32, device=device)
    dist.all_reduce(total)
    return float(total) / size()


class SharedDraws(TorchFunctionMode):
    """Inside, a random tensor is drawn for the batch of all processes and this process's rows of it are returned.

    A mode, so that a loss need not know of processes. It must draw with explicit generators, seeded alike in every
    process, and the first axis of every draw must be the batch.
    """

    def __init__(self, rank: int, size: int):
        super().__init__()
        self.rank, self.size = rank, size

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if function not in (torch.randn, torch.rand, torch.randint) or self.size == 1:
            return function(*args, **kwargs)
        bounds, shape = [], args
        if function is torch.randint:
            bounds, shape = list(args[:-1]), args[-1:]
        shape = shape[0] if isinstance(shape[0], (tuple, list)) else shape
        whole = function(*bounds, (shape[0] * self.size, *shape[1:]), **kwargs)
        return whole[self.rank * shape[0] : (self.rank + 1) * shape[0]]


class SharedStatistics(nn.BatchNorm2d):
    """Batch normalisation without weights, by the statistics of the whole batch (also on a CPU, where
    `nn.SyncBatchNorm` does not go)."""

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or size() == 1:
            return super().forward(x)
        moments = torch.stack([x.mean((0, 2, 3)), x.square().mean((0, 2, 3))])
        mean, square = all_reduce(moments) / size()
        variance = square - mean.square()
        with torch.no_grad():
            count = size() * x.numel() / x.shape[1]
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
            self.num_batches_tracked += 1
        return (x - mean[:, None, None]) / (variance[:, None, None] + self.eps).sqrt()


class Loss(nn.Module):
    """A loss function as a module, so that `DistributedDataParallel` sees the call and the parameters behind it."""

    def __init__(self, module: nn.Module, loss: Callable[[nn.Module, int], Tensor]):
        super().__init__()
        self.module, self.loss = module, loss

    def forward(self, step: int) -> Tensor:
        with SharedDraws(rank(), size()):
            return self.loss(self.module, step)


def shared(module: nn.Module, loss: Callable[[nn.Module, int], Tensor]) -> Callable[[int], Tensor]:
    """step → this process's share of the loss, whose gradient is that of the whole batch."""
    whole = Loss(module, loss)
    if size() == 1:
        return whole
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.__class__ = SharedStatistics
    device = next(module.parameters()).device
    devices = [device.index] if device.type == "cuda" else None
    return nn.parallel.DistributedDataParallel(whole, device_ids=devices)
