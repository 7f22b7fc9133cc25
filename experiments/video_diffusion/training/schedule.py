"""What a training run is told, and the learning rate that follows from it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingConfig:
    steps: int
    batch: int  # of all processes together
    learning_rate: float = 1e-3
    warmup: int = 100  # steps
    ema: float = 0.998  # decay a step of the averaged weights
    weight_decay: float = 0.01
    clip: float = 1.0  # gradient norm
    restarts: tuple[int, ...] = ()  # steps at which the learning rate starts again at its peak
    seed: int = 0
    save_every: float = 60.0  # seconds between checkpoints


def learning_rate(config: TrainingConfig, step: int) -> float:
    """Linear warm-up, then a cosine to 2 % of the peak; from every restart on again (Loshchilov & Hutter 2017)."""
    edges = (0, *config.restarts, config.steps)
    cycle = max(i for i, edge in enumerate(edges[:-1]) if edge <= step)
    done, length = step - edges[cycle], edges[cycle + 1] - edges[cycle]
    rise = min(1.0, (done + 1) / config.warmup)
    fall = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done / length))
    return config.learning_rate * rise * fall
