"""Other packages on our problems, each at its own defaults: 1000 draws, log Ẑ, and whether it warned.

All get the same start: the reference N(0, I) in normal coordinates, as prior of a likelihood or as the walkers'
first places, and V a batch at a time.
"""

import io
import logging
import math
import warnings as python_warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

LOWEST = -1e300
# y (m, d) → log exp(−V)/q of the reference q, (m,)
LogRatio = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Found:
    """y (n, d) in normal coordinates with equal weights; warned: whether the package or its own check raised a
    doubt.
    """

    y: np.ndarray
    log_z: float | None
    warned: bool


def resampled(y: np.ndarray, log_weight: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    weight = np.exp(log_weight - log_weight.max())
    ladder = (np.arange(n) + rng.random()) / n
    return y[np.searchsorted(np.cumsum(weight / weight.sum()), ladder).clip(max=len(y) - 1)]


def cube(u: np.ndarray) -> np.ndarray:
    return ndtri(np.clip(u, 1e-16, 1 - 1e-16))


def emcee_(ratio: LogRatio, dim: int, n: int, seed: int) -> Found:
    """Differential evolution and snooker moves, 300,000 calls; its own check: 50 autocorrelation times."""
    import emcee

    rng, walkers = np.random.default_rng(seed), max(40, 2 * dim)
    pool = rng.standard_normal((4000, dim))
    value = ratio(pool)
    start = pool[np.argsort(-value)[: 8 * walkers]]
    start = start[rng.choice(len(start), walkers, replace=False)]

    def log_prob(y: np.ndarray) -> np.ndarray:
        return ratio(y) - 0.5 * (y * y).sum(1)

    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)]
    run = emcee.EnsembleSampler(walkers, dim, log_prob, moves=moves, vectorize=True)
    run.random_state = np.random.RandomState(seed).get_state()  # noqa: NPY002
    steps = 296_000 // walkers
    run.run_mcmc(start, steps, skip_initial_state_check=True)
    chain = run.get_chain(discard=steps // 2, flat=True)
    try:
        run.get_autocorr_time()
        doubt = False
    except emcee.autocorr.AutocorrError:
        doubt = True
    return Found(chain[rng.choice(len(chain), n, replace=False)], None, doubt)


def dynesty_(ratio: LogRatio, dim: int, n: int, seed: int) -> Found:
    import dynesty

    run = dynesty.NestedSampler(
        lambda y: float(ratio(y[None])[0]), cube, dim, nlive=500, rstate=np.random.default_rng(seed)
    )
    run.run_nested(print_progress=False)
    found = run.results
    y = resampled(found.samples, found.logwt, n, np.random.default_rng(seed))
    return Found(y, float(found.logz[-1]), False)


def nautilus_(ratio: LogRatio, dim: int, n: int, seed: int) -> Found:
    import nautilus

    run = nautilus.Sampler(cube, ratio, n_dim=dim, vectorized=True, seed=seed, pool=None)
    done = run.run(n_eff=max(n, 1000), verbose=False)
    y, log_w, _ = run.posterior()
    return Found(resampled(y, log_w, n, np.random.default_rng(seed)), float(run.log_z), not done)


def pocomc_(ratio: LogRatio, dim: int, n: int, seed: int) -> Found:
    import pocomc
    from scipy.stats import norm

    run = pocomc.Sampler(prior=pocomc.Prior([norm(0, 1)] * dim), likelihood=ratio, vectorize=True, random_state=seed)
    run.run(n_total=max(n, 1000), n_evidence=0, progress=False)
    log_w, log_z = run.particles.compute_logw_and_logz(1.0)
    return Found(
        resampled(run.particles.get("x", flat=True), log_w, n, np.random.default_rng(seed)), float(log_z), False
    )


def ultranest_(ratio: LogRatio, dim: int, n: int, seed: int) -> Found:
    import ultranest

    np.random.seed(seed)  # noqa: NPY002
    logging.getLogger("ultranest").setLevel(logging.ERROR)
    run = ultranest.ReactiveNestedSampler([f"z{i}" for i in range(dim)], ratio, cube, vectorized=True)
    found = run.run(show_status=False, viz_callback=False)
    weighted = found["weighted_samples"]
    with np.errstate(divide="ignore"):
        log_w = np.log(np.asarray(weighted["weights"]))
    return Found(
        resampled(np.asarray(weighted["points"]), log_w, n, np.random.default_rng(seed)), float(found["logz"]), False
    )


RIVALS = {"emcee": emcee_, "dynesty": dynesty_, "pocomc": pocomc_, "nautilus": nautilus_, "ultranest": ultranest_}


def quietly(rival: str, ratio: LogRatio, dim: int, n: int, seed: int) -> Found:
    """The rival's run; what it prints is dropped, what it warns of counts."""
    with (
        python_warnings.catch_warnings(record=True) as heard,
        redirect_stdout(io.StringIO()),
        redirect_stderr(io.StringIO()),
    ):
        python_warnings.simplefilter("always")
        found = RIVALS[rival](ratio, dim, n, seed)
    told = any(issubclass(w.category, UserWarning | RuntimeWarning) and "overflow" not in str(w.message) for w in heard)
    return Found(found.y, found.log_z, found.warned or told)


def floor_constant() -> float:
    """Mean of |N(0, 1)|: what one mean of exact draws is off by, in its standard error."""
    return math.sqrt(2 / math.pi)
