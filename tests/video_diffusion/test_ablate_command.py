"""The record of the ablation: rows are trained once, and a part leaves the other one alone."""

import argparse
import json
import shutil
from dataclasses import replace

import pytest
import torch

from experiments.video_diffusion.commands import ablate
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.recorded.ablation import train_history
from experiments.video_diffusion.training.recipes import recipe_of
from experiments.video_diffusion.training.tasks import history
from experiments.video_diffusion.training.workspace import Workspace

CPU = torch.device("cpu")


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Runs the command with trainings that only count themselves; returns (the record, what was trained now)."""
    monkeypatch.setattr(ablate, "FOLDER", tmp_path)
    for name in ("autoencoder", "denoiser", "depth", "history"):
        shutil.copy(FOLDER / f"{name}.safetensors", tmp_path)
    trained = []

    def train(choice, steps, preset, workspace):
        trained.append(choice)
        return {"name": f"history_{choice}" if isinstance(choice, int) else choice, "steps": steps}

    parts = {name: replace(part, train=train, summary=lambda rows: {}) for name, part in ablate.PARTS.items()}
    monkeypatch.setattr(ablate, "PARTS", parts)

    def run(part: str, steps: int = 3, fresh: bool = False) -> tuple[dict, list]:
        trained.clear()
        given = {"part": part, "preset": "cpu", "steps": steps, "fresh": fresh, "runs": tmp_path}
        ablate.run(argparse.Namespace(**given, device=CPU, threads=None, jobs=None, cluster=None))
        return json.loads((tmp_path / "ablation.json").read_text()), [*trained]

    return run


def test_rows_are_trained_once_and_again_where_the_conditions_differ(measured):
    assert measured("history")[1] == [1, 2, 4, 16]
    assert measured("history")[1] == []
    assert measured("history", steps=4)[1] == measured("history", steps=4, fresh=True)[1] == [1, 2, 4, 16]


def test_a_part_leaves_the_other_alone_and_all_is_both(measured):
    record, trained = measured("all")
    assert len(trained) == len(record["variants"]["rows"]) + len(record["history"]["rows"]) == len(ablate.VARIANTS) + 4
    assert measured("history", fresh=True)[0]["variants"] == record["variants"]


def test_history_rows_begin_with_what_the_shipped_encoder_knows(tmp_path, monkeypatch):
    walks = torch.randn(3, 64, 8, 8, 8, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(Workspace, "latents", lambda *_: walks)
    monkeypatch.setattr(
        history,
        "held_out",
        lambda loss, frames, *_: float(loss(walks[:2, :frames], torch.Generator().manual_seed(0)).detach()),
    )
    workspace = Workspace(FOLDER, tmp_path, CPU)
    task = history.history_task(recipe_of("history", "cpu"), workspace)
    untrained = task.scores()["validation_loss"]
    task.module.load_state_dict(Models(CPU).history.state_dict())
    shipped = task.scores()["validation_loss"]
    rows = {tokens: train_history(tokens, 1, "cpu", workspace) for tokens in (1, 16)}
    assert rows[16]["loss"] == pytest.approx(shipped, abs=0.1 * abs(shipped - untrained))
    assert abs(rows[1]["loss"] - shipped) > abs(rows[16]["loss"] - shipped)
    assert rows[1]["loss_without"] == rows[16]["loss_without"] == untrained  # its last layers are zero
