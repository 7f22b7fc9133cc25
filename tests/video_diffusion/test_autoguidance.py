"""Autoguidance, on data of unit variance: a denoiser that takes them to vary less makes clips that vary too little."""

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.noise import per_frame
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.methods.autoguidance import Autoguidance
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import multistep
from tests.video_diffusion.test_sampling import start


def taking_data_to_have(deviation: float):
    """The exact denoiser of such data."""

    def denoise(z, t):
        a, t = 1 - per_frame(t, z), per_frame(t, z)
        return a * deviation**2 / ((a * deviation).square() + t.square()) * z

    return denoise


TRAINED, GUIDE = taking_data_to_have(0.9), taking_data_to_have(0.8)


def spread(method: Method, scheme: Scheme) -> float:
    return float(sample(TRAINED, method, start(32), scheme).clip.std())


@pytest.mark.parametrize("scheme", [Scheme(24), Scheme(24, multistep, shift=8.0)])
def test_it_gives_back_the_variety_that_both_denoisers_miss(scheme):
    alone, guided = spread(Method(), scheme), spread(Autoguidance(guide=GUIDE, weight=1.0, until=0.0), scheme)
    assert alone < 0.9
    assert abs(guided - 1) < (1 - alone) / 2


def test_the_guide_counts_at_its_level_and_above_alone():
    asked = []

    def guide(z, t):
        asked.append(float(t[0, 0]))
        return GUIDE(z, t)

    spread(Autoguidance(guide=guide, until=0.5), Scheme(24))
    levels = Scheme(24).grid()[:-1]
    assert_close(torch.tensor(asked), levels[levels >= 0.5])


@pytest.mark.parametrize(
    "method",
    [Autoguidance(guide=TRAINED, until=0.0), Autoguidance(guide=GUIDE, weight=0.0), Autoguidance(guide=GUIDE, until=2)],
    ids=["a guide no worse", "no weight", "no level"],
)
def test_without_a_difference_it_is_plain_sampling(method):
    plain = sample(TRAINED, Method(), start(2)).clip
    assert_close(sample(TRAINED, method, start(2)).clip, plain, atol=1e-12, rtol=1e-12)
