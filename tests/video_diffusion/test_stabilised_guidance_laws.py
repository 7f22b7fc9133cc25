"""Stabilised guidance on Gaussian walks, where the denoiser is linear and the answer is known."""

import pytest
import torch
from torch.testing import assert_close

from experiments.video_diffusion.model.conditions import NOTHING, Conditions
from experiments.video_diffusion.sampling.methods import Method, Past, ReconstructionGuidance, StabilisedGuidance
from experiments.video_diffusion.sampling.methods.method import Told
from experiments.video_diffusion.sampling.methods.stabilised_guidance import INSIDE, newton_step, own_error
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import heun

FRAMES, KNOWN, STEPS = 10, 5, 24
KEEP = 0.9  # what a frame keeps of the one before
COVARIANCE = KEEP ** (torch.arange(FRAMES)[:, None] - torch.arange(FRAMES)).abs().double()


def walk(z, t, condition=None, memory=None):
    """E[x | z] for frames whose pixels are independent walks x' = 0.9 x + √(1 − 0.81) ε: a K (a² K + t²)⁻¹ z."""
    a, level = 1 - t[0, 0].double(), t[0, 0].double()
    gain = a * COVARIANCE @ torch.linalg.inv(a**2 * COVARIANCE + level**2 * torch.eye(FRAMES, dtype=torch.double))
    return torch.einsum("ij,bj...->bi...", gain.to(z.dtype), z)


@pytest.fixture(scope="module")
def past():
    g = torch.Generator().manual_seed(0)
    history = torch.einsum(
        "ij,bj...->bi...", torch.linalg.cholesky(COVARIANCE), torch.randn(32, FRAMES, 2, 4, 4, generator=g).double()
    )
    return Past(history[:, -KNOWN:], history, torch.randn(32, FRAMES, 2, 4, 4, generator=g).double())


def residuals(method, past, **settings):
    return sample(walk, method, past, Scheme(STEPS, **settings)).diagnostics["residual"]


def rises(residual):
    return (residual[1:] >= residual[:-1]).any(0).double().mean()


def test_the_residual_never_rises_where_that_of_the_published_guidance_does(past):
    assert rises(residuals(ReconstructionGuidance(weight=4.0), past)) > 0.5
    for weight in (0.0, 1.0, 4.0):
        assert rises(residuals(StabilisedGuidance(weight=weight), past)) == 0


def test_it_never_rises_from_one_network_call_of_heun_s_to_the_next(past):
    assert rises(residuals(StabilisedGuidance(), past, solver=heun)) == 0


def test_at_every_step_the_known_frames_are_estimated_as_well_as_in_their_own_video(past):
    residual = residuals(StabilisedGuidance(slack=1.5), past)
    for k in range(1, STEPS):
        levels = torch.full((32, FRAMES), 1 - k / STEPS).double()
        own = own_error(walk, levels, past) / past.known[0].numel()
        assert (residual[k] <= 1.5 * own * (1 + 1e-6)).all()


def test_new_frames_go_on_from_the_known_ones_as_the_walk_does(past):
    """The known answer: E[first new frame | known] = 0.9 × last known frame."""

    def kept(method):
        clip = sample(walk, method, past, Scheme(STEPS)).clip
        last = past.known[:, -1]
        return float((clip[:, KNOWN] * last).sum() / last.square().sum())

    assert abs(kept(Method())) < 0.1
    assert kept(StabilisedGuidance()) == pytest.approx(KEEP, abs=0.05)


def test_every_network_call_is_counted(past):
    counted = []

    def denoise(z, t, condition=None, memory=None):
        counted.append(len(z))
        return walk(z, t)

    calls = sample(denoise, StabilisedGuidance(), past, Scheme(STEPS)).diagnostics["calls"]
    assert calls.sum() == sum(counted) and (calls[0] == 1).all()


def test_one_newton_step_solves_a_problem_whose_residual_is_linear_along_the_gradient():
    z = torch.randn(3, 2, 4, 1, 1, generator=torch.Generator().manual_seed(0)).double()
    centre, scale = 0.3, 2.0
    error = ((z - centre) * scale).square().flatten(1).sum(1)
    moved = z - newton_step(error, INSIDE * error, 2 * scale**2 * (z - centre))
    assert_close(((moved - centre) * scale).square().flatten(1).sum(1), INSIDE * error)


def test_a_correction_is_the_shortest_way_to_the_limit(past):
    """On frames that do not depend on each other the estimate is c z: only the known frames move, straight to the data,
    to where the error is the limit's share."""

    def scaled(z, t, condition=None, memory=None):
        return 0.5 * z

    t = torch.tensor(0.5).double()
    z, _ = StabilisedGuidance(weight=0.0).look(scaled, past.noise, t, past)
    residual = past.known - 0.5 * past.noise[:, :KNOWN]
    limit = 1.5 * own_error(scaled, t.expand(32, FRAMES), past)
    share = (INSIDE * limit / residual.square().flatten(1).sum(1)).sqrt().clamp(max=1)
    assert (share < 1).any()
    late = share < INSIDE**0.5
    moved = z[:, :KNOWN] - past.noise[:, :KNOWN]
    expected = (2 * (1 - share))[:, None, None, None, None] * residual
    assert_close(moved[late], expected[late])
    assert torch.equal(z[:, KNOWN:], past.noise[:, KNOWN:])


def test_what_is_told_of_a_clip_follows_it_into_its_corrections(past):
    """Each clip is told a place of its own. It is asked for alone there whenever it is asked for, in the batch or as
    one of those that are still outside; the video before it is asked for without."""
    places, asked = torch.arange(32.0)[:, None, None].expand(-1, FRAMES, 3), []

    def denoise(z, t, condition=None, memory=None, known=NOTHING):
        asked.append(None if known.poses is None else known.poses[:, 0, 0].tolist())
        assert known.poses is None or len(known.poses) == len(z)
        return walk(z, t)

    told = sample(Told(denoise, Conditions(places)), StabilisedGuidance(), past, Scheme(STEPS))
    plain = sample(walk, StabilisedGuidance(), past, Scheme(STEPS))
    assert torch.equal(told.clip, plain.clip)
    some = [clips for clips in asked if clips is not None and len(clips) < 32]
    assert some and all(clips == sorted(set(clips)) and set(clips) <= set(range(32)) for clips in some)
    assert asked.count(None) == STEPS - 1  # the past's own error, at every level below pure noise
