"""Training: resumption to the same curve, and checkpoints that are whole or refused."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion.checkpoints import FOLDER, load_weights, read_record, save_weights
from experiments.video_diffusion.network import Denoiser, DenoiserConfig
from experiments.video_diffusion.schedule import TrainingConfig, learning_rate
from experiments.video_diffusion.training import fit, generator_for

CONFIG = TrainingConfig(steps=40, batch=8, learning_rate=0.05, warmup=5, save_every=0.0)


def regression(stop_at: int | None = None):
    """A line through noisy points; raises KeyboardInterrupt at step `stop_at`, as a kill would."""

    def loss(module, step):
        if step == stop_at:
            raise KeyboardInterrupt
        x = torch.randn(CONFIG.batch, 3, generator=generator_for(CONFIG.seed, step))
        return (module(x)[:, 0] - x.sum(1)).square().mean()

    return loss


def line() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


@pytest.mark.parametrize("stop", [1, 17, 39])
def test_a_killed_run_resumes_to_the_same_curve_and_weights(tmp_path, stop):
    whole = fit(line(), regression(), CONFIG, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(line(), regression(stop), CONFIG, tmp_path / "broken")
    resumed = fit(line(), regression(), CONFIG, tmp_path / "broken")
    assert resumed.losses == whole.losses
    for one, other in zip(resumed.module.parameters(), whole.module.parameters(), strict=True):
        assert torch.equal(one, other)


def test_training_learns_and_its_weights_are_the_average(tmp_path):
    trained = fit(line(), regression(), CONFIG, tmp_path / "state")
    assert trained.losses[-1][1] < 0.05 * trained.losses[0][1]
    assert not any(p.isnan().any() for p in trained.module.parameters())


def test_frozen_parameters_stay(tmp_path):
    module = line()
    module.bias.requires_grad_(False)
    before = module.bias.clone()
    fit(module, regression(), CONFIG, tmp_path / "state")
    assert torch.equal(module.bias, before)


def test_the_learning_rate_rises_linearly_and_falls_to_two_percent():
    config = TrainingConfig(steps=1000, batch=1, learning_rate=1.0, warmup=100)
    assert learning_rate(config, 49) == pytest.approx(0.5, rel=0.01)
    assert max(learning_rate(config, s) for s in range(1000)) < 1
    assert learning_rate(config, 1000) == pytest.approx(0.02)
    assert learning_rate(config, 500) == pytest.approx(0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi / 2)))


def test_a_broken_or_foreign_state_is_refused_in_one_line(tmp_path):
    state = tmp_path / "state"
    fit(line(), regression(), CONFIG, state)
    content = state.read_bytes()
    for broken in (content[: len(content) // 2], b"", b"not a checkpoint"):
        state.write_bytes(broken)
        with pytest.raises(InputError, match="broken checkpoint.*--no-resume"):
            fit(line(), regression(), CONFIG, state)
    state.write_bytes(content)
    with pytest.raises(InputError, match="another training configuration"):
        fit(line(), regression(), TrainingConfig(steps=41, batch=8), state)


def small() -> Denoiser:
    torch.manual_seed(0)
    return Denoiser(DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1))


def test_weights_survive_the_round_trip_to_half_precision(tmp_path):
    path, module = tmp_path / "denoiser.safetensors", small()
    save_weights(module, path, {"steps": 3})
    again = load_weights(Denoiser, DenoiserConfig, path)
    assert again.config == module.config and read_record(path)["steps"] == 3
    for name, value in module.state_dict().items():
        assert_close(again.state_dict()[name], value, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("damage", [lambda b: b[:-100], lambda b: b[:20], lambda b: b"", lambda b: b"x" + b[1:]])
def test_a_damaged_checkpoint_names_itself_and_its_cure(tmp_path, damage):
    path = tmp_path / "denoiser.safetensors"
    save_weights(small(), path, {})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"denoiser\.safetensors.*experiments\.video_diffusion train denoiser"):
        load_weights(Denoiser, DenoiserConfig, path)


def test_weights_of_another_network_are_refused(tmp_path):
    path, module = tmp_path / "denoiser.safetensors", small()
    module.config = DenoiserConfig()  # the record now describes a larger network than the weights are of
    save_weights(module, path, {})
    with pytest.raises(InputError, match="another network"):
        load_weights(Denoiser, DenoiserConfig, path)


def test_what_is_shipped_is_small_and_says_how_it_was_made():
    files = sorted(FOLDER.glob("*.safetensors"))
    assert [file.stem for file in files] == ["autoencoder", "denoiser", "history", "judge"]
    assert sum(file.stat().st_size for file in files) <= 16 * 2**20
    for file in files:
        record = read_record(file)
        assert {"training", "losses", "device", "seconds", "steps", "data", "scores"} <= set(record)
