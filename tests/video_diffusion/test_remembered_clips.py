"""Training clips with a memory are functions of their number, whether made now or kept from before."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.memory import Views, most_overlapping, reproject
from experiments.video_diffusion.memory.bank import encoded_views
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.conditions import SLOTS
from experiments.video_diffusion.model.denoiser import Denoiser
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import save_weights
from experiments.video_diffusion.training.recipes import Recipe
from experiments.video_diffusion.training.remembered_clips import RememberedClips
from experiments.video_diffusion.training.tasks import conditioned
from experiments.video_diffusion.training.tasks.conditioned import ConditionedClips
from experiments.video_diffusion.training.tasks.denoiser import denoiser_task
from experiments.video_diffusion.training.tasks.depth import depth_task
from experiments.video_diffusion.training.wear import Wear
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
    found = ConditionedClips.of(RECIPE, workspace, "train", 2, 10).remembered
    return replace(found, file=tmp_path / "remembered")


def test_a_clip_kept_is_the_clip_made(clips, tmp_path):
    numbers = torch.tensor([3, 7])
    made, kept = clips.clips(numbers), clips.clips(numbers)
    anew = replace(clips, file=tmp_path / "other")
    alone = [anew.clips(number[None]) for number in numbers]
    for a, b, *c in zip(made, kept, *alone, strict=True):
        assert torch.equal(a, b)
        torch.testing.assert_close(a, torch.cat(c), atol=2e-3, rtol=0)  # rounded to half precision
    assert not torch.equal(made[0][0], made[0][1])


def test_views_made_together_are_those_that_one_clip_s_memory_shows(tmp_path):
    """By the shipped networks: an untrained reader puts walls where the last digit decides what is seen."""
    shipped = Workspace(FOLDER, tmp_path, torch.device("cpu"), data="maze:size=3", frames=60)
    clips = ConditionedClips.of(RECIPE, shipped, "train", 2, 10).remembered
    views = clips.clips(torch.arange(8))[2]
    for number, (walk, first, past, count) in enumerate(torch.stack(clips._plan, 1)[:8].tolist()):
        poses, wanted = clips.walks.poses[walk, :past], clips.walks.poses[walk, first : first + 10]
        chosen = most_overlapping(poses, clips.walks.inverse_depth[walk, :past], wanted, count)
        with torch.no_grad():
            with precision(clips.walks.latents.device):  # half of it where the machine multiplies so
                images = clips.autoencoder.decode(clips.walks.latents[walk, chosen].float()).clamp(-1, 1)
            seen = Views(images, clips.reader(images), poses[chosen])
            carried = reproject(seen, wanted)
            with precision(clips.walks.latents.device):
                expected = encoded_views(*carried, clips.autoencoder.encode)
        # Batches round otherwise, and which of two colours is nearest may turn on that.
        assert ((views[number] - expected).abs() > 2e-2 * (1 + expected.abs())).float().mean() < 1e-3


def test_worn_memories_are_off_by_what_they_are_told_to_be_and_functions_of_their_number():
    wear, numbers = Wear(share=0.5), torch.arange(400)
    moved, noise = wear.of(0, numbers, 6, (2, 3, 3))
    again = wear.of(0, numbers[7:8], 6, (2, 3, 3))
    assert torch.equal(moved[7], again[0][0]) and torch.equal(noise[7], again[1][0])
    worn = moved.any(-1)
    assert torch.equal(worn, noise.flatten(2).any(-1))
    assert 0.4 < worn.any(1).float().mean() < 0.6 and 0.4 < worn[worn.any(1)].float().mean() < 0.6
    away = moved[worn] / torch.tensor([wear.place, wear.place, wear.turn])
    torch.testing.assert_close(away.std(0), torch.ones(3), atol=0.1, rtol=0)
    assert 0.3 < noise[worn].std() < 0.5 and noise[worn].flatten(1).std(1).max() < 1.5 * wear.noise


def test_a_worn_clip_shows_less_of_what_is_there(tmp_path):
    """The clips and their poses are the same; what memory shows there has moved."""
    shipped = Workspace(FOLDER, tmp_path, torch.device("cpu"), data="maze:size=3", frames=60)
    clips = ConditionedClips.of(RECIPE, shipped, "train", 2, 10).remembered
    worn = ConditionedClips.of(replace(RECIPE, worn=1.0), shipped, "train", 2, 10).remembered
    numbers = torch.arange(RECIPE.remembered)
    (latents, poses, views), (same, there, moved) = clips.clips(numbers), worn.clips(numbers)
    assert torch.equal(latents, same) and torch.equal(poses, there)
    known = (views[:, :, -1:] > 0.5) & (moved[:, :, -1:] > 0.5)
    error = [(((part[:, :, :-1] - latents) ** 2) * known).sum() / known.sum() for part in (views, moved)]
    assert error[1] > 1.2 * error[0]


def test_a_recalling_clip_begins_with_earlier_frames_of_its_walk(workspace):
    recipe = replace(RECIPE, recalling=0.25)
    source = ConditionedClips.of(recipe, workspace, "train", 2, 10)
    clips, known, recalling = source.draw(8, torch.Generator().manual_seed(0))
    assert recalling.tolist() == [False] * 4 + [True] * 2 + [False] * 2
    assert known.moving[recalling].all() and not known.remembering[recalling].any()
    walks = source.remembered.walks
    for latents, poses in zip(clips[recalling], known.poses[recalling], strict=True):
        at = [int((walks.poses.flatten(0, 1) == pose).all(1).nonzero()[0]) for pose in poses]
        assert all(torch.equal(walks.latents.flatten(0, 1)[i].float(), one) for i, one in zip(at, latents, strict=True))
        assert at[SLOTS:] == list(range(at[SLOTS], at[SLOTS] + 10 - SLOTS)) and max(at[:SLOTS]) < at[-1]


def test_clips_and_poses_belong_together(clips, workspace):
    """The poses of a clip are those of the frames whose latents it has: a walk's own."""
    latents, poses, views = (part[0] for part in clips.clips(torch.tensor([5])))
    walk, first = next(
        (w, f) for w in range(2) for f in range(51) if torch.equal(clips.walks.latents[w, f : f + 10].float(), latents)
    )
    path = workspace.open("train").path(walk)
    np.testing.assert_allclose(poses, path.poses[first : first + 10], rtol=1e-5)
    assert views.shape == (10, 9, 8, 8) and (views[:, -1] >= 0).all() and (views[:, -1] <= 1).all()


def test_a_batch_is_told_what_it_should_be(workspace):
    source = ConditionedClips.of(RECIPE, workspace, "train", 2, 10)
    clips, known, _ = source.draw(8, torch.Generator().manual_seed(0))
    assert clips.shape == (8, 10, 8, 8, 8)
    assert known.remembering.tolist() == [True] * 4 + [False] * 4
    assert known.moving[:4].all() and (known.views[4:] == 0).all()


def test_a_step_of_training_with_conditions_changes_their_weights(workspace, monkeypatch):
    monkeypatch.setattr(conditioned, "HELD_OUT", 16)
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
        ConditionedClips.of(RECIPE, recorded, "train", 1, 10)


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
