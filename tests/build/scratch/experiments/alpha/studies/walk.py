"""A walk; it waits while a file named `wait` lies in the repository's root."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Config:
    steps: int = 10


def run(config, recorder, report):
    with Path("ran.log").open("a") as log:
        log.write(f"walk {recorder.preset}\n")
    recorder.seeds = (1,)
    while Path("wait").exists():
        report(0.5, "waiting")
        time.sleep(0.05)
    path = np.random.default_rng(1).normal(size=config.steps).cumsum()
    return recorder.result({"end": float(path[-1])}, {"path": path})
