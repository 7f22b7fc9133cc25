"""Training clips with a memory are functions of their number, whether made now or kept from before."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.denoiser import Denoiser
from experiments.video_diffusion.model.weight_files import save_weights
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.remembered_clips import RememberedClips
from experiments.video_diffusion.training.tasks.conditioned import ConditionedClips
from experiments.video_diffusion.training.tasks.denoiser import denoiser_task
from experiments.video_diffusion.training.tasks.depth import depth_task
from experiments.video_diffusion.training.workspace import Workspace

NETWORK = {"width": 16, "inner_width": 24, "inner_blocks": 1, "heads": 1, "conditions": True}
RECIPE = Recipe(2, 4, 8, 1e-3, 0.9, walk_frames=60, remembered=12, remembering=0.5, network=NETWORK)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    """With an untrained autoencoder and depth reader: their weights do not matter here."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("weights")
    small = AutoencoderConfig(widths=(8, 8, 8), decoder_blocks=(1, 1, 1))
    save_weights(Autoencoder(small), folder / "autoencoder.safetensors", {})
    save_weights(DepthReader(DepthReaderConfig(widths=(8, 8, 8, 8))), folder / "depth.safetensors", {})
    return Workspace(folder, tmp_path_factory.mktemp("runs"), torch.device("cpu"), data="maze:size=3", frames=60)


@pytest.fixture
def clips(workspace, tmp_path) -> RememberedClips:
    found = ConditionedClips.of(RECIPE, workspace, "train", workspace.latents("train", 2), 10).remembered
    return replace(found, file=tmp_path / "remembered")


def test_a_clip_kept_is_the_clip_made(clips, tmp_path):
    made = [clips.clip(number) for number in (3, 7)]
    kept = [clips.clip(number) for number in (3, 7)]
    anew = [replace(clips, file=tmp_path / "other").clip(number) for number in (3, 7)]
    for one, two, three in zip(made, kept, anew, strict=True):
        for a, b, c in zip(one, two, three, strict=True):
            assert torch.equal(a, b) and torch.equal(a, c)
    assert not torch.equal(made[0][0], made[1][0])


def test_clips_and_poses_belong_together(clips):
    """The poses of a clip are those of the frames whose latents it has: a walk's own."""
    latents, poses, views = clips.clip(5)
    walk, first = next(
        (w, f) for w in range(2) for f in range(51) if torch.equal(clips.latents[w, f : f + 10].float(), latents)
    )
    path = MazeWalks("train", 60, clips.walks.difficulty).path(walk)
    np.testing.assert_allclose(poses, path.poses[first : first + 10], rtol=1e-5)
    assert views.shape == (10, 9, 8, 8) and (views[:, -1] >= 0).all() and (views[:, -1] <= 1).all()


def test_a_batch_is_told_what_it_should_be(workspace):
    source = ConditionedClips.of(RECIPE, workspace, "train", workspace.latents("train", 2), 10)
    clips, known = source.draw(8, torch.Generator().manual_seed(0))
    assert clips.shape == (8, 10, 8, 8, 8)
    assert known.remembering.tolist() == [True] * 4 + [False] * 4
    assert known.moving[:4].all() and (known.views[4:] == 0).all()


def test_a_step_of_training_with_conditions_changes_their_weights(workspace):
    task = denoiser_task(RECIPE, workspace)
    assert isinstance(task.module, Denoiser)
    for parameter in task.module.parameters():
        if parameter.abs().max() == 0:  # layers that add nothing at first
            torch.nn.init.normal_(parameter, std=0.1)
    task.loss(task.module, 0).backward()
    for name, parameter in task.module.named_parameters():
        if name.startswith(Denoiser.grown):
            assert parameter.grad is not None and parameter.grad.abs().max() > 0, name
    scores = task.scores()
    assert scores.keys() == {"validation_loss", "validation_loss_with_motion", "validation_loss_with_memory"}
    assert len(set(scores.values())) == 3


def test_what_is_behind_recordings_is_not_known(workspace, tmp_path):
    np.savez(tmp_path / "walk.npz", video=np.zeros((70, 64, 64, 3), np.uint8))
    recorded = replace(workspace, data=str(tmp_path / "walk.npz"), runs=tmp_path)
    with pytest.raises(InputError, match="the depth reader learns from mazes alone"):
        depth_task(RECIPE, recorded)
    with pytest.raises(InputError, match="no poses"):
        ConditionedClips.of(RECIPE, recorded, "train", torch.zeros(1, 60, 8, 8, 8), 10)


def test_the_depth_reader_learns(workspace):
    recipe = Recipe(4, 40, 32, 3e-3, 0.9, network={"widths": (8, 8, 8, 8)})
    task = depth_task(recipe, replace(workspace, frames=64))
    optimizer = torch.optim.AdamW(task.module.parameters(), lr=3e-3)
    losses = []
    for step in range(40):
        loss = task.loss(task.module, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-8:]) < 0.75 * np.mean(losses[:4])
