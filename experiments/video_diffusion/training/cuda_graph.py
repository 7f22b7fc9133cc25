"""A training step as one CUDA graph: the kernels of a small network take less time than their launches."""

from collections.abc import Callable

import torch
from torch import Tensor

WARM = 3  # steps before the capture, in which libraries choose their kernels and the optimizer makes its state


class Replay:
    """step → `update(*draw(step))`, captured once and replayed from then on.

    `draw(step)` gives tensors of the same shapes at every step; what else `update` reads or changes must stay where it
    is in memory. Nothing in `update` may wait for the GPU.
    """

    def __init__(self, draw: Callable[[int], tuple[Tensor, ...]], update: Callable[..., Tensor]):
        self.draw, self.update = draw, update
        self.graph: torch.cuda.CUDAGraph | None = None
        self.inputs: list[Tensor] = []
        self.warmed = 0

    def __call__(self, step: int) -> Tensor:
        drawn = self.draw(step)
        if self.warmed < WARM:
            self.warmed += 1
            return self._aside(drawn)
        if self.graph is None:
            self.inputs, self.graph = [given.clone() for given in drawn], torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graph):
                self.value = self.update(*self.inputs)
        for place, given in zip(self.inputs, drawn, strict=True):
            place.copy_(given)
        self.graph.replay()
        return self.value.clone()

    def _aside(self, drawn: tuple[Tensor, ...]) -> Tensor:
        """The step as it is, on a stream of its own, as a capture wants it."""
        main, aside = torch.cuda.current_stream(), torch.cuda.Stream()
        aside.wait_stream(main)
        with torch.cuda.stream(aside):
            value = self.update(*drawn)
        main.wait_stream(aside)
        return value
