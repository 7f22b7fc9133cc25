"""Mean of n draws, taken in a process of its own, as parts do that measure memory."""

from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from experiments.alpha import sample


@dataclass(frozen=True)
class Config:
    n: int = 20
    fail: bool = False


def run(config, recorder, report):
    with Path("ran.log").open("a") as log:
        log.write(f"draws {recorder.preset}\n")
    recorder.seeds = (0,)
    if config.fail:
        raise ValueError("the draws went wrong")
    with get_context("spawn").Pool(1) as pool:
        draws = pool.apply(sample, (config.n, 0))
    report(0.5, "half way")
    return recorder.result({"mean": float(draws.mean())}, {"draws": draws})
