"""Blocks as fused GPU kernels while a network trains: the same arithmetic with fewer trips to memory.

Block by block and not the network at once: equal blocks share one compilation, which then takes seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from experiments.video_diffusion.training.activation_checkpointing import blocks_of


@contextmanager
def fused(*modules: nn.Module | None) -> Iterator[None]:
    """Inside, the blocks of the modules run compiled (`torch.compile`); weights and their names stay what they are."""
    blocks = [block for module in modules if module is not None for block in blocks_of(module)]
    before = [vars(block).get("forward") for block in blocks]
    for block in blocks:
        block.forward = torch.compile(block.forward, dynamic=False)
    try:
        yield
    finally:
        for block, forward in zip(blocks, before, strict=True):
            del block.forward
            if forward is not None:
                block.forward = forward
