"""Training that begins with finished weights: it knows what they know, and its record tells what that took."""

import shutil

import pytest
import torch
from safetensors.torch import save

from experiments.errors import InputError
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import digest_of, load_weights, read_record, save_weights
from experiments.video_diffusion.studies.overview import examples_on_others
from experiments.video_diffusion.training import recipes
from experiments.video_diffusion.training.train import train
from experiments.video_diffusion.training.warm_start import begin, learned, stages_of
from experiments.video_diffusion.training.workspace import Workspace

SMALL = "{width: 16, inner_width: 32, heads: 2, blocks: 1, inner_blocks: 1}"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A recipe of seconds, and places to write."""
    recipe = f"{{episodes: 2, steps: 6, batch: 4, learning_rate: 0.001, ema: 0.9, network: {SMALL}}}"
    presets = tmp_path / "training.yaml"
    presets.write_text("".join(f"{name}: {{denoiser: {recipe}}}\n" for name in recipes.TRAINING_PRESETS))
    monkeypatch.setattr(recipes, "PRESETS_FILE", presets)
    for name in ("first", "second", "runs"):
        (tmp_path / name).mkdir()
        shutil.copy(FOLDER / "autoencoder.safetensors", tmp_path / name)
    return Workspace(tmp_path / "first", tmp_path / "runs", torch.device("cpu"))


def test_the_first_step_is_taken_where_the_finished_weights_stand(shop):
    train("denoiser", "cpu", shop)
    finished = load_weights(Denoiser, DenoiserConfig, shop.path("denoiser"))
    module = Denoiser(finished.config)
    begin(module, shop.path("denoiser"))
    for name, value in finished.state_dict().items():
        assert torch.equal(module.state_dict()[name], value)


def test_the_record_tells_every_stage_and_adds_up_what_was_learned(shop, tmp_path):
    for folder in ("first", "second", "third"):
        (tmp_path / folder).mkdir(exist_ok=True)
        shutil.copy(FOLDER / "autoencoder.safetensors", tmp_path / folder)
    before = None
    for folder in ("first", "second", "third"):
        next_shop = Workspace(tmp_path / folder, tmp_path / f"runs-{folder}", shop.device)
        next_shop.runs.mkdir()
        train("denoiser", "cpu", next_shop, begin_with=before)
        before = tmp_path / folder
    last = before / "denoiser.safetensors"
    record = read_record(last)
    assert [stage["examples"] for stage in stages_of(record)] == [24, 24, 24] and learned(last) == 72
    digests = [digest_of(tmp_path / folder / "denoiser.safetensors") for folder in ("first", "second")]
    assert [stage["digest"] for stage in record["stages"]] == digests


def test_weights_go_on_getting_better_from_what_they_begin_with(shop):
    """Nothing is forgotten at the start: after as many steps the loss is lower than when beginning from nothing."""
    from_nothing = train("denoiser", "cpu", shop)["validation_loss"]
    shop.state("denoiser").unlink()
    assert train("denoiser", "cpu", shop, begin_with=shop.shipped)["validation_loss"] < from_nothing


def test_a_state_that_began_otherwise_is_refused(shop, tmp_path):
    train("denoiser", "cpu", shop)
    other = load_weights(Denoiser, DenoiserConfig, shop.path("denoiser"))
    save_weights(other, tmp_path / "second/denoiser.safetensors", read_record(shop.path("denoiser")))
    with pytest.raises(InputError, match="began with other weights"):
        train("denoiser", "cpu", shop, begin_with=tmp_path / "second")


def test_what_began_with_other_weights_goes_on_without_being_told_again(shop, tmp_path):
    """In a clone without its state, too; the record keeps the stages that were before it."""
    first = tmp_path / "second"
    train("denoiser", "cpu", Workspace(first, tmp_path, shop.device))
    train("denoiser", "cpu", shop, begin_with=first)
    told = read_record(shop.path("denoiser"))
    shop.state("denoiser").unlink()
    longer = recipes.PRESETS_FILE.read_text().replace("steps: 6,", "steps: 9, restarts: [6],")
    recipes.PRESETS_FILE.write_text(longer)
    train("denoiser", "cpu", shop)
    record = read_record(shop.path("denoiser"))
    assert record["steps"] == 9 and [step for step, _ in record["losses"]] == list(range(1, 10))
    assert record["stages"] == told["stages"] and record["origin"] == told["origin"]


def test_weights_of_another_network_and_missing_ones_are_named(tmp_path):
    module = Denoiser(DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1))
    with pytest.raises(InputError, match=r"begin-with .*denoiser\.safetensors is of another network"):
        begin(module, FOLDER / "denoiser.safetensors")
    with pytest.raises(InputError, match="missing or corrupt"):
        begin(module, tmp_path / "denoiser.safetensors")
    (tmp_path / "denoiser.safetensors").write_bytes(save({"x": torch.zeros(1)}, {"record": "{}"}))
    with pytest.raises(InputError, match="another network"):
        begin(module, tmp_path / "denoiser.safetensors")


def test_a_network_that_is_told_nothing_begins_with_one_that_can_be_told():
    """Recordings have no motion: what is left of the shipped denoiser answers as it does when it is told nothing."""
    whole = load_weights(Denoiser, DenoiserConfig, FOLDER / "denoiser.safetensors")
    module = Denoiser(DenoiserConfig(**recipes.recipe_of("denoiser", "recordings").network)).eval()
    begin(module, FOLDER / "denoiser.safetensors")
    z = torch.randn(1, 10, 8, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(module(z, torch.full((1, 10), 0.5)), whole(z, torch.full((1, 10), 0.5)))


def test_what_was_learned_on_other_weights_is_counted_in_examples():
    first = {"examples": 1600, "steps": 100, "earlier": [[40, {}]]}
    second = {"examples": 5000, "steps": 10, "earlier": []}
    assert examples_on_others([first, second]) == 640
    assert examples_on_others([second, first]) == 5640
    assert examples_on_others([second]) == 0
