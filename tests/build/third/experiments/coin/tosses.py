"""Toss a coin and count heads."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Config:
    n: int = 1000
    seed: int = 0


def run(config, recorder, report):
    recorder.seeds = (config.seed,)
    heads = np.random.default_rng(config.seed).random(config.n) < 0.5
    report(1.0, "tossed")
    share = heads.cumsum() / np.arange(1, config.n + 1)
    return recorder.result({"share": float(share[-1])}, {"running": share})
