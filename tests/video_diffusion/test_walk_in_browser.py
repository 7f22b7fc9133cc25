"""The walk in the browser computes what the package computes: memory, motion, sampling, and a whole walk."""

import hashlib
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from experiments.video_diffusion.browser.graph import widened
from experiments.video_diffusion.browser.networks import FILES, GRAPHS
from experiments.video_diffusion.data import MazeWalks
from experiments.video_diffusion.data.raycaster import cast
from experiments.video_diffusion.data.walker import RADIUS, Body
from experiments.video_diffusion.memory.bank import filled
from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.memory.reprojection import Views, reproject
from experiments.video_diffusion.memory.retrieval import most_overlapping
from experiments.video_diffusion.model.autoencoder import to_frames, to_images
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.sampling import sampler
from experiments.video_diffusion.sampling.methods.method import Past
from experiments.video_diffusion.sampling.sampler import Scheme, sample
from experiments.video_diffusion.sampling.solvers import multistep
from tests.video_diffusion.walked import METHODS, by_torch, node

ROOT = Path(__file__).parents[2]
SETTINGS = {"shift": 8.0, "ancestral": 1.4, "held": 0.1, "injected": 0.33, "overlap": 5, "retrieved": 6}
pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing: apt-get install -y nodejs")


@pytest.fixture(scope="module")
def remembered():
    """A walk's frames with the true depth of their walls: (Views of bytes, the maze's path)."""
    walks = MazeWalks("test", 120)
    path = walks.path(11)
    frames = torch.from_numpy(walks.draw(path, np.arange(0, 90)))
    depth = torch.from_numpy(1 / cast(path.maze, path.poses[:90], walks.pixels)[0]).float()
    return Views(to_images(frames), depth, torch.from_numpy(path.poses[:90]).float()), path


def told(views: Views) -> list[dict]:
    """The same for the scripts."""
    frames = to_frames(views.images).movedim(-1, 1).flatten(1)
    return [
        {"image": image.tolist(), "inverseDepth": depth.tolist(), "pose": pose.tolist()}
        for image, depth, pose in zip(frames, views.inverse_depth, views.poses, strict=True)
    ]


def test_the_same_views_are_retrieved(remembered):
    views, path = remembered
    for first in (60, 95, 105):
        wanted = torch.from_numpy(path.poses[first : first + 10]).float()
        found = node("retrieval", views=told(views), poses=wanted.tolist(), count=6)
        assert found == most_overlapping(views.poses, views.inverse_depth, wanted, 6).tolist()


def test_they_show_the_same_from_elsewhere(remembered):
    views, path = remembered
    wanted = torch.from_numpy(path.poses[92:102]).float()
    views = views.take(most_overlapping(views.poses, views.inverse_depth, wanted, 6))
    images, known = reproject(views, wanted)
    found = node("reprojection", views=told(views), poses=wanted.tolist())
    image = torch.tensor([one["image"] for one in found]).view_as(images)
    mask = torch.tensor([one["known"] for one in found]).view_as(known)
    assert known.mean() > 0.5, "something is remembered there"
    # Float32 here, float64 there: a pixel on the very edge of a wall may fall to either side.
    assert (mask != known).float().mean() < 2e-3
    assert ((image - images).abs().amax(1, keepdim=True) > 2e-3).float().mean() < 5e-3
    whole = torch.tensor([one["filled"] for one in found]).view_as(images)
    torch.testing.assert_close(whole, filled(image, mask))


def test_the_walker_moves_by_the_same_arithmetic(remembered):
    _, path = remembered

    class Open:  # a maze without walls
        walls = np.zeros((100, 100), bool)

    rng = np.random.default_rng(0)
    asked = [(float(rng.uniform(-0.2, 0.25)), float(rng.uniform(-0.3, 0.3))) for _ in range(60)]
    body, wanted = Body(50.0, 50.0, 0.3), []
    for one in asked:
        body.step(Open, one, 0.5)
        wanted.append((body.x, body.y, body.heading))
    assert np.allclose(node("motion", start=[50, 50, 0.3], asked=asked, inertia=0.5), wanted, atol=1e-9)


def test_walls_read_from_frames_stop_where_the_maze_s_walls_do(remembered):
    views, path = remembered
    for number in (20, 50, 80):
        start = path.poses[number].tolist()
        body, asked = Body(*start), [(0.2, 0.0)] * 25
        found = node("motion", start=start, asked=asked, inertia=0.5, views=told(views))
        for one in asked:
            body.step(path.maze, one, 0.5)
        end = found[-1]
        assert math.hypot(end[0] - body.x, end[1] - body.y) < 0.1, (number, end, body)
        assert np.abs(np.array(end[:2]) - np.round(end[:2])).max() > RADIUS - 0.06


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("steps", [1, 4, 7])
def test_a_clip_is_sampled_alike(monkeypatch, method, steps):
    frames, frame = 10, 12
    generator = torch.Generator().manual_seed(steps)
    overlap = METHODS[method].overlap
    noise, known = (
        torch.randn(1, frames, frame, generator=generator),
        torch.randn(1, overlap, frame, generator=generator),
    )
    fresh = torch.randn(steps, 1, frames, frame, generator=generator)
    given = iter(fresh)
    monkeypatch.setattr(sampler.torch, "randn", lambda *_, **__: next(given))

    def denoise(z, t, *_):
        return z.tanh() * (1 - 0.3 * t[..., None])

    scheme = Scheme(steps, multistep, SETTINGS["shift"], SETTINGS["ancestral"])
    monkeypatch.setattr("experiments.video_diffusion.sampling.methods.method.add_noise", _noised)
    wanted = sample(denoise, METHODS[method], Past(known, known, noise), scheme, generator=generator).clip
    found = node(
        "sampling", method=method, steps=steps, settings=SETTINGS, frames=frames, frame=frame,
        known=known.flatten().tolist(), noise=noise.flatten().tolist(), fresh=fresh.flatten(1).tolist(),
    )  # fmt: skip
    assert torch.allclose(torch.tensor(found), wanted.flatten(), atol=2e-5)


def _noised(x, noise, t):
    return (1 - t[..., None]) * x + t[..., None] * noise


def test_weights_are_widened_alike():
    for name in FILES:
        file = FOLDER / f"{name}.safetensors"
        assert node("widened", file=str(file)) == hashlib.sha256(widened(file)).hexdigest()


def files_of_a_walk() -> dict[str, str]:
    files = {f"{name}.onnx": str(ROOT / f"assets/walk/{name}.onnx") for name in GRAPHS}
    return files | {f"{name}.safetensors": str(FOLDER / f"{name}.safetensors") for name in FILES}


needs_runtime = pytest.mark.skipif(
    not (ROOT / "theme/runtime/ort.wasm.min.mjs").exists(), reason="python3 install runtime"
)


@needs_runtime
def test_networks_that_answer_rightly_are_told_from_those_that_do_not():
    probes = json.loads((ROOT / "assets/walk/walk.json").read_text())["probes"]
    assert node("walk", files=files_of_a_walk(), settings=SETTINGS, probes=probes) == [True, False]


@pytest.mark.slow
@needs_runtime
def test_a_walk_is_the_same_as_with_torch(at_length):
    """Four clips for a fixed seed and keys: latents within .03, pictures within 2 of 255 in 99.9 % of places."""
    clips = [
        {"asked": [[1, 0]] * 10, "way": "frames", "memory": True, "steps": 4},
        {"asked": [[1, 1]] * 5, "way": "frames", "memory": True, "steps": 4},
        {"asked": [[0, -1]] * 5, "way": "injection", "memory": False, "steps": 4},
        {"asked": [[-1, -1]] * 5, "way": "frames", "memory": True, "steps": 3},
    ]
    for seed in (5, 6, 7) if at_length else (5,):
        assert same_walk(seed, clips)


def same_walk(seed: int, clips: list[dict]) -> bool:
    found = node("walk", files=files_of_a_walk(), settings=SETTINGS, seed=seed, clips=clips)
    along = [drawn["path"] for drawn in found]
    for drawn, (latents, pictures, views) in zip(found, by_torch(seed, clips, along, SETTINGS), strict=True):
        apart = np.abs(np.array(drawn["latents"]) - latents.numpy().ravel())
        other = np.abs(np.array(drawn["views"]) - views.numpy().ravel()) > 0.05
        colours = np.array(drawn["pictures"]).reshape(-1, 64, 64, 4)[..., :3]
        off = np.abs(colours - pictures.numpy().astype(int)) > 2
        if apart.max() >= 0.03 or other.mean() >= 1e-3 or off.mean() >= 1e-3:
            return False
    return True


def test_only_relative_poses_are_told():
    """The browser tells poses from the clip's first frame: the network sees the same."""
    poses = torch.tensor([[2.0, 3.0, 0.5], [2.2, 3.1, 0.7]])
    moved = poses - torch.tensor([2.0, 3.0, 0.0])
    assert torch.allclose(relative(poses[:1], poses), relative(moved[:1], moved), atol=1e-6)
