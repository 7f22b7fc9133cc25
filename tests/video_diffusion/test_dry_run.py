"""The dry run's numbers: what is extrapolated is what a larger batch would have measured."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from experiments.video_diffusion.__main__ import main
from experiments.video_diffusion.training.dry_run import Rehearsal, kept, latent_bytes, line, measure, rehearse
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.resource_estimate import CARDS

CPU = torch.device("cpu")
KINDS = ("autoencoder", "decoder", "judge", "denoiser", "history", "memory-raw")  # the largest of each kind


def workspace(preset: str, runs: Path) -> Rehearsal:
    return Rehearsal(Path(), runs, CPU, preset=preset)


@pytest.mark.parametrize("network", KINDS)
def test_activations_and_arithmetic_grow_along_a_line(network, tmp_path):
    two, four, ten = (measure(workspace("cpu", tmp_path), network, batch, CARDS["gtx1080ti"]) for batch in (2, 4, 10))
    assert line(two[0], four[0], 2, 10) == pytest.approx(ten[0], rel=0.02)
    assert line(two[1], four[1], 2, 10) == pytest.approx(ten[1], rel=1e-6)


def test_a_product_keeps_its_factors_once_and_no_parameter(tmp_path):
    task = workspace("cpu", tmp_path).task("judge", 2)
    x, weight = torch.randn(5, 7, requires_grad=True), next(p for p in task.module.parameters() if p.ndim == 1)
    with kept(task) as bytes_kept:
        y = x * weight[:7]
        (y * y).sum()
    assert bytes_kept == [4 * (5 * 7 + 5 * 7)]  # x and y


@dataclass(frozen=True)
class Checkpointed(Rehearsal):
    on: bool = True

    def recipe(self, network: str) -> Recipe:
        return replace(super().recipe(network), checkpointing=self.on)


@dataclass(frozen=True)
class Untold(Rehearsal):
    """The same recipes, told neither motion nor what memory shows."""

    def recipe(self, network: str) -> Recipe:
        found = super().recipe(network)
        without = {"remembered": 0, "remembering": 0.0, "recalling": 0.0}
        return replace(found, **without, network=found.network | {"conditions": False})


@pytest.mark.parametrize("network", ["denoiser", "history"])
def test_checkpointing_keeps_less(network, tmp_path):
    """At the price of more arithmetic, half as much again at most."""
    plain, again = (
        measure(Checkpointed(Path(), tmp_path, CPU, on=on), network, 2, CARDS["gtx1080ti"]) for on in (False, True)
    )
    assert again[0] < 0.6 * plain[0]
    assert 1.1 < again[1] / plain[1] < 1.5


@pytest.mark.parametrize("network", KINDS)
def test_the_1080_ti_preset_stays_below_ten_gigabytes(network):
    needs = rehearse(network, "gtx1080ti", CPU)
    assert needs.peak_gib(CARDS["gtx1080ti"]) < 10 / 1.0737  # 10 GB in GiB
    assert needs.hours(CARDS["gtx1080ti"]) < 12


def test_a_dry_run_names_its_estimates_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "judge", "--preset", "gtx1080ti", "--dry-run", "--device", "cpu"]) == 0
    assert "estimate for GTX 1080 Ti" in capsys.readouterr().out
    assert not any(tmp_path.iterdir())


def test_what_is_remembered_is_counted_as_memory_and_not_as_arithmetic(tmp_path):
    """The views of 150,000 clips lie beside the denoiser; that they were decoded and encoded is no part of its step."""
    remembering = Rehearsal(Path(), tmp_path, CPU, preset="laptop")
    walks, views = 2 * 2000 * 300 * 8 * 64, 2 * 150_000 * 10 * 9 * 64
    assert latent_bytes(remembering, "denoiser") == walks + views
    assert latent_bytes(remembering, "memory-raw") == walks
    card = CARDS["laptop"]
    untold = Untold(Path(), tmp_path, CPU, preset="laptop")
    plain, told = (measure(shop, "denoiser", 2, card)[1] for shop in (untold, remembering))
    assert plain < told < 1.3 * plain
