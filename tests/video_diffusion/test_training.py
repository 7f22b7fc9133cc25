"""Training: resumption to the same curve, and checkpoints that are whole or refused."""

import math
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import nn
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import load_weights, read_record, save_weights
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.training.activation_checkpointing import blocks_of, recompute
from experiments.video_diffusion.training.loop import fit, generator_for
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.schedule import TrainingConfig, learning_rate
from experiments.video_diffusion.training.state import EMBEDDED, goes_on, read_state, revive
from experiments.video_diffusion.training.tasks import denoiser_task
from experiments.video_diffusion.training.train import train
from experiments.video_diffusion.training.workspace import Workspace

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
    first, last = (sum(loss for _, loss in part) for part in (trained.losses[:5], trained.losses[-5:]))
    assert last < 0.15 * first
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


def test_a_state_from_before_a_field_had_its_default(tmp_path):
    config = asdict(CONFIG)
    del config["restarts"], config["weight_decay"]
    assert goes_on(config, CONFIG)
    assert not goes_on(config, replace(CONFIG, weight_decay=0.5))


def test_a_state_that_learned_from_other_data_is_refused(tmp_path):
    state, here = tmp_path / "state", {"source": "Recordings", "data": "1"}
    fit(line(), regression(), CONFIG, state, origin=here)
    fit(line(), regression(), CONFIG, state, origin=here)
    with pytest.raises(InputError, match="learned from other data"):
        fit(line(), regression(), CONFIG, state, origin=here | {"data": "2"})


def test_a_new_cycle_may_learn_on_other_weights_and_says_so(tmp_path, caplog):
    state, longer = tmp_path / "state", replace(CONFIG, steps=60, restarts=(CONFIG.steps,))
    old, new = ({"data": "1", "autoencoder": weights} for weights in "ab")
    assert fit(line(), regression(), CONFIG, state, origin=old).earlier == []
    with pytest.raises(InputError, match="on other weights"):
        read_state(state, CONFIG, new)
    with pytest.raises(InputError, match="learned from other data"):
        read_state(state, longer, new | {"data": "2"})
    with pytest.raises(KeyboardInterrupt):
        fit(line(), regression(50), longer, state, origin=new)
    assert "goes on at step 40 on other weights" in caplog.text
    with pytest.raises(InputError, match="on other weights"):
        read_state(state, longer, old)
    caplog.clear()
    assert [step for step, _ in fit(line(), regression(), longer, state, origin=new).earlier] == [40]
    assert not caplog.text


def test_a_state_without_an_origin_learned_from_mazes(tmp_path):
    state = tmp_path / "state"
    fit(line(), regression(), CONFIG, state)
    with safe_open(state, framework="pt") as file:
        old = {key: value for key, value in file.metadata().items() if key != "origin"}
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a mapping)
    state.write_bytes(save(tensors, old))
    read_state(state, CONFIG, {"source": "MazeWalks", "data": "1"})
    with pytest.raises(InputError, match="learned from other data"):
        read_state(state, CONFIG, {"source": "Recordings", "data": "1"})


@pytest.mark.parametrize("kind", ["denoiser", "autoencoder"])
def test_recomputed_activations_give_the_same_gradients(kind):
    def gradients(again: bool) -> list[torch.Tensor]:
        module = small() if kind == "denoiser" else Autoencoder(AutoencoderConfig(widths=(8, 8, 8)))
        g = torch.Generator().manual_seed(1)
        for p in module.parameters():
            torch.nn.init.normal_(p, std=0.1, generator=g)
        if again:
            assert len(blocks_of(recompute(module))) > 2
        x = torch.randn(*((2, 10, 8, 8, 8) if kind == "denoiser" else (2, 3, 64, 64)), generator=g)
        module.loss(x, g).backward()
        return [p.grad for p in module.parameters()]

    for one, other in zip(gradients(False), gradients(True), strict=True):
        assert torch.equal(one, other)


def test_a_balanced_loss_is_the_plain_one_and_its_gradient_is_divided_by_the_usual_error():
    """With û = 4 at every level: ∇ error / 4 for the network, and 1 − error / 4 for log û."""
    x, (plain, balanced) = torch.randn(3, 10, 8, 8, 8), (small(balanced=False), small())
    torch.nn.init.constant_(balanced.expected_error.layer.bias, math.log(4))
    losses = []
    for module in (plain, balanced):
        torch.nn.init.normal_(module.leave[-1].weight, generator=torch.Generator().manual_seed(0))
        losses.append(module.loss(x, torch.Generator().manual_seed(1)))
        losses[-1].backward()
    assert_close(losses[0], losses[1])
    named = dict(balanced.named_parameters())
    for name, parameter in plain.named_parameters():
        assert_close(named[name].grad, parameter.grad / 4, rtol=1e-4, atol=1e-6)
    assert_close(balanced.expected_error.layer.bias.grad, 1 - losses[0].detach()[None] / 4)


def test_a_network_may_have_grown_since_a_restart_and_nowhere_else(tmp_path):
    class Grown(nn.Linear):
        def __init__(self):
            super().__init__(3, 1)
            self.more = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return super().forward(x) + self.more

    state, longer = tmp_path / "state", replace(CONFIG, steps=60, restarts=(CONFIG.steps,))
    before = fit(line(), regression(), CONFIG, state)
    with pytest.raises(InputError, match="another network"):
        fit(Grown(), regression(), CONFIG, state)
    after = fit(Grown(), regression(), longer, state)
    assert after.steps == 60 and after.module.more != 0 and after.losses[0] == before.losses[0]
    plain = fit(line(), regression(), longer, tmp_path / "plain")
    assert_close(after.module.weight, plain.module.weight, atol=0.05, rtol=0)


@pytest.fixture
def finished(tmp_path):
    """(weights, trained): a run whose weights were kept and whose state was not."""
    trained = fit(line(), regression(), CONFIG, tmp_path / "first", origin={"data": "1"})
    trained.module.config = CONFIG
    record = {"training": asdict(CONFIG), "origin": {"data": "1"}, "earlier": [], "steps": 40, "seconds": 7}
    save_weights(trained.module, tmp_path / "weights", record | {"losses": trained.losses})
    return tmp_path / "weights", trained


def test_finished_weights_go_on_where_no_state_was_kept(tmp_path, finished, caplog):
    weights, before = finished
    state, longer = tmp_path / "state", replace(CONFIG, steps=60, restarts=(40,))
    revive(weights, state, longer)
    assert "goes on from" in caplog.text and "at step 40, with a new optimizer" in caplog.text
    with pytest.raises(InputError, match="other data"):
        read_state(state, longer, {"data": "2"})
    progress, tensors = read_state(state, longer, {"data": "1"})
    assert (progress["step"], progress["seconds"], progress["losses"]) == (40, 7, before.losses)
    for name, value in before.module.state_dict().items():
        for kind in ("model", "average"):
            assert_close(tensors[f"{kind}.{name}"], value, rtol=1e-3, atol=1e-4)
    after = fit(line(), regression(), longer, state, origin={"data": "1"})
    assert after.losses[: len(before.losses)] == before.losses and after.losses[-1][0] == 60
    error, left = ((module.weight - 1).norm() for module in (after.module, before.module))
    assert error < 0.6 * left


def test_weights_from_before_origins_were_noted_learned_from_the_embedded_mazes(tmp_path, finished):
    weights, before = finished
    record = {key: value for key, value in read_record(weights).items() if key not in ("origin", "digest")}
    save_weights(before.module, weights, record)
    state, longer = tmp_path / "state", replace(CONFIG, steps=60, restarts=(40,))
    revive(weights, state, longer)
    assert read_state(state, longer, EMBEDDED)[0]["step"] == 40
    with pytest.raises(InputError, match="other data"):
        read_state(state, longer, {"source": "Recordings"})


@pytest.mark.parametrize(
    "changes", [{"steps": 60}, {"steps": 60, "restarts": (30,)}, {"steps": 60, "restarts": (40,), "batch": 4}]
)
def test_weights_of_another_training_are_left_alone(tmp_path, finished, changes):
    revive(finished[0], tmp_path / "state", replace(CONFIG, **changes))
    finished[0].write_bytes(b"broken")
    revive(finished[0], tmp_path / "state", replace(CONFIG, steps=60, restarts=(40,)))
    revive(tmp_path / "none", tmp_path / "state", CONFIG)
    assert not (tmp_path / "state").exists()


def small(**changes) -> Denoiser:
    torch.manual_seed(0)
    return Denoiser(DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1, **changes))


def test_weights_survive_the_round_trip_to_half_precision(tmp_path):
    path, module = tmp_path / "denoiser.safetensors", small()
    save_weights(module, path, {"steps": 3})
    again = load_weights(Denoiser, DenoiserConfig, path)
    assert again.config == module.config and read_record(path)["steps"] == 3
    for name, value in module.state_dict().items():
        assert_close(again.state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_a_flipped_bit_is_noticed(tmp_path):
    path = tmp_path / "denoiser.safetensors"
    save_weights(small(), path, {})
    content = bytearray(path.read_bytes())
    content[-1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="digest mismatch"):
        load_weights(Denoiser, DenoiserConfig, path)


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
    assert [file.stem for file in files] == [
        *("autoencoder", "decoder", "denoiser", "depth", "guide", "history", "judge"),
        *("memory-10", "memory-60", "memory-raw", "memory-recurrent", "memory-retrieved"),
        *("motion", "scene"),  # the readers of the rulers
    ]
    assert sum(file.stat().st_size for file in files) <= 24 * 2**20
    for file in files:
        record = read_record(file)
        assert {"training", "losses", "device", "seconds", "steps", "data", "scores"} <= set(record)


def workspace(folder, **options) -> Workspace:
    """With the shipped autoencoder, and places to write below `folder`."""
    for name in ("shipped", "runs"):
        (folder / name).mkdir(exist_ok=True)
    shutil.copy(FOLDER / "autoencoder.safetensors", folder / "shipped")
    return Workspace(folder / "shipped", folder / "runs", torch.device("cpu"), **options)


def test_a_cache_is_used_again_and_a_stale_one_made_again(tmp_path, caplog):
    shop = workspace(tmp_path)
    path, made = tmp_path / "runs/latents-validation-2.safetensors", shop.latents("validation", 2)
    before = path.stat().st_mtime_ns
    assert torch.equal(shop.latents("validation", 2), made) and path.stat().st_mtime_ns == before
    path.write_bytes(save({"latents": made}))  # as caches were, without an origin
    assert torch.equal(shop.latents("validation", 2), made) and not caplog.records
    harder = workspace(tmp_path, data="maze:size=9")
    assert not torch.equal(harder.latents("validation", 2), made)
    assert "other videos" in caplog.text
    for stale in (save({"latents": made + 1}), b"broken"):
        path.write_bytes(stale)
        assert torch.equal(shop.latents("validation", 2), made)


def test_recorded_videos_reach_the_recipes_whole(tmp_path):
    """In windows that together hold every frame, each split from its own files."""
    for split, frames in (("train", 150), ("validation", 64)):
        (tmp_path / "videos" / split).mkdir(parents=True)
        video = np.random.default_rng(frames).integers(256, size=(frames, 64, 64, 3), dtype=np.uint8)
        np.savez(tmp_path / "videos" / split / "walk.npz", video=video)
    shop = workspace(tmp_path, data=str(tmp_path / "videos"))
    recorded = np.load(tmp_path / "videos/train/walk.npz")["video"]
    assert np.array_equal(shop.windows("train", 9)[-1], recorded[-64:])
    assert len(shop.windows("train", 9)) == 3 and len(shop.windows("train", 2)) == 2
    assert shop.latents("validation", 32).shape == (1, 64, 8, 8, 8)
    before = shop.origin("train")
    np.savez(tmp_path / "videos/train/other.npz", video=video)
    assert shop.origin("train") != before


def test_details_are_shown_at_their_steps_and_recorded_videos_never_meet_mazes(tmp_path):
    (tmp_path / "videos/train").mkdir(parents=True)
    np.savez(tmp_path / "videos/train/walk.npz", video=np.zeros((64, 64, 64, 3), np.uint8))
    detailed = Recipe(1, 40, 8, 1e-3, 0.9, details="maze:posters=1", detail_steps=((10, 14),))
    module = small()

    def losses(shop: Workspace, **changes) -> list[float]:
        loss = denoiser_task(replace(detailed, **changes), shop).loss
        return [loss(module, step).item() for step in range(18)]

    for data, expected in (("maze", [11, 13]), (str(tmp_path / "videos"), [])):
        shop = workspace(tmp_path, data=data)
        without = losses(shop, detail_steps=())
        assert losses(shop, steps=10) == without
        differ = [step for step, both in enumerate(zip(losses(shop), without, strict=True)) if both[0] != both[1]]
        assert differ == expected


def test_other_weights_have_another_origin(tmp_path):
    shop = workspace(tmp_path)
    before = shop.origin("train", "autoencoder")
    module = shop.autoencoder()
    save_weights(module, shop.path("autoencoder"), {"steps": 1})
    assert shop.origin("train", "autoencoder") == before  # the record is not the weights
    torch.nn.init.normal_(next(module.parameters()))
    save_weights(module, shop.path("autoencoder"), {"steps": 1})
    assert shop.origin("train", "autoencoder") != before


@pytest.mark.parametrize("name", ["decoder", "denoiser", "history"])
def test_a_corrupt_checkpoint_is_told_before_any_video_is_made(tmp_path, monkeypatch, name):
    shop = workspace(tmp_path)
    shop.path("autoencoder").write_bytes(b"")
    monkeypatch.setattr(Workspace, "_windows", None)
    with pytest.raises(InputError, match="corrupt checkpoint"):
        train(name, "cpu", shop)


def test_a_corrupt_state_is_told_before_any_video_is_made(tmp_path, monkeypatch):
    shop = workspace(tmp_path)
    shop.state("autoencoder").write_bytes(b"broken")
    monkeypatch.setattr(Workspace, "_windows", None)
    with pytest.raises(InputError, match="broken checkpoint"):
        train("autoencoder", "cpu", shop)


def test_models_are_checked_by_name(tmp_path):
    shutil.copy(FOLDER / "judge.safetensors", tmp_path)
    models = Models(torch.device("cpu"), tmp_path)
    assert models.check("judge") is models
    with pytest.raises(InputError, match="denoiser"):
        models.check("judge", "denoiser")


def test_every_seed_stream_and_step_draws_numbers_of_its_own():
    draws = {
        tuple(Recipe(1, 1, 1, 0.1, 0.9, seed=seed).generator(stream, step).get_state().tolist())
        for seed in (0, 1, 2)
        for stream in range(4)
        for step in (0, 1, 50_000)
    }
    assert len(draws) == 36
    assert generator_for(3, 7).get_state().equal(generator_for(3, 7).get_state())
