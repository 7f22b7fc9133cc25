"""What do networks know beside the views they were trained on? Real walks, shifted smoothly off the lattice.

A walker on four stances a block and sixteen headings sees finitely many views. The same walks are drawn from stances
and headings a little beside them, and every network is asked for what it does well on the lattice. Beside the shipped
networks, which learned from continuous walks, stand those that had learned from the lattice alone: a record, made by
`python -m experiments.video_diffusion off-lattice --weights FOLDER` from weights that the history holds.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from experiments.results import Recorder, Result
from experiments.study import Report
from experiments.video_diffusion.data.maze import Maze
from experiments.video_diffusion.data.maze_walks import Path
from experiments.video_diffusion.data.sources import open_source
from experiments.video_diffusion.data.walker import kept_off
from experiments.video_diffusion.model.noise import add_noise, network_target, per_frame, preconditioning
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.model.shipped_weights import LATTICE, OF_THE_LATTICE
from experiments.video_diffusion.sampling.trained_models import Models, best_device
from experiments.video_diffusion.scores.metrics import psnr, transition_validity
from experiments.video_diffusion.scores.statistics import interval, proportion

SMOOTH = 6.0  # frames over which a shift changes
CLIP, KNOWN = 10, 5  # frames
FIRST = 40_000  # episodes of the test split from here on; no other study draws them


@dataclass(frozen=True)
class Config:
    """`shifts` are standard deviations in blocks and degrees; `levels` those at which the denoiser is asked."""

    shifts: tuple[tuple[float, float], ...] = (
        (0.0, 0.0), (0.002, 0.2), (0.006, 0.4), (0.012, 0.8), (0.03, 2.0), (0.06, 4.0), (0.12, 8.0)
    )  # fmt: skip
    levels: tuple[float, ...] = (0.2, 0.5, 0.8)
    shown: int = 4  # the shift that the page tells of
    estimated_at: float = 0.6  # level of the frames that a clip's known half is continued by
    walks: int = 24
    frames: int = 60
    seed: int = 0


def run(config: Config, recorder: Recorder, report: Report) -> Result:
    """Values: a row a shift, with intervals over walks, and as `lattice` the same of networks of the lattice; arrays:
    one walk at every shift, as it is and decoded again."""
    models = Models(best_device()).check("autoencoder", "denoiser", "judge")
    before = Result.load(OF_THE_LATTICE / "off_lattice.json")
    values, arrays = measured(models, config, recorder, report)
    arrays |= {f"lattice_{name}": array for name, array in before.arrays.items()}
    return recorder.result(values | {"lattice": before.values}, arrays)


def measured(models: Models, config: Config, recorder: Recorder, report: Report) -> tuple[dict, dict[str, np.ndarray]]:
    """Values and arrays of these networks alone."""
    recorder.seeds, recorder.device = (config.seed,), str(models.device)
    rows, decibels, arrays = [], [], {}
    for done, (blocks, degrees) in enumerate(config.shifts):
        report(done / len(config.shifts), f"walks {blocks:g} blocks and {degrees:g}° off the lattice")
        videos = shifted_walks(config, blocks, np.deg2rad(degrees))
        latents = models.encode(videos)
        again = models.decode(latents, alone=True)
        decibels.append(likeness(again, videos))
        rows.append(
            {
                "blocks": blocks,
                "degrees": degrees,
                "autoencoder_psnr": interval(decibels[-1].tolist()),
                "denoiser_error": [interval(error_at(models, latents, t, config.seed)) for t in config.levels],
                "continued_psnr": interval(continued(models, latents, config).tolist()),
                "possible": proportion(transition_validity(models.judge, videos).float().mean(1).tolist()),
            }
        )
        arrays |= {f"walk_{done}": videos[0, ::6].numpy(), f"decoded_{done}": again[0, ::6].numpy()}
    lost = interval((decibels[0] - decibels[config.shown]).tolist())  # the walks are the same, so they are paired
    told = rows[config.shown] | {"lost": lost, "on_lattice": rows[0]["possible"]}
    return {"rows": rows, "shown": told, "levels": list(config.levels), "walks": config.walks}, arrays


def shifted_walks(config: Config, blocks: float, radians: float) -> Tensor:
    """Lattice walks (walks, frames, 64, 64, 3) uint8 with stances and headings shifted by smooth noise of these
    standard deviations, kept off the walls."""
    data, videos = open_source(LATTICE, "test", config.frames), []
    for number in range(FIRST, FIRST + config.walks):
        path = data.path(number)
        poses = shifted_poses(path, blocks, radians, np.random.default_rng([config.seed, number]))
        videos.append(data.draw(replace(path, poses=poses), np.arange(config.frames)))
    return torch.from_numpy(np.stack(videos))


def shifted_poses(path: Path, blocks: float, radians: float, rng: np.random.Generator) -> np.ndarray:
    """Poses (T, 3) of a path, each coordinate moved by smooth noise of this standard deviation, kept off the walls."""
    noise = gaussian_filter1d(rng.standard_normal(path.poses.shape), SMOOTH, axis=0, mode="wrap")
    poses = path.poses + noise / noise.std(0) * (blocks, blocks, radians)
    stances = zip(path.poses[:, :2], poses[:, :2], strict=True)
    poses[:, :2] = [kept_inside(path.maze, *old, *new) for old, new in stances]
    return poses


def kept_inside(maze: Maze, x: float, y: float, shifted_x: float, shifted_y: float) -> tuple[float, float]:
    """A shifted stance; no more than half a block from the lattice's, and kept off the walls on the way there."""
    here = np.array([x, y])
    step = np.clip(np.array([shifted_x, shifted_y]) - here, -0.45, 0.45)
    for _ in range(4):  # in pieces shorter than a walker's radius
        here = np.array(kept_off(maze, *(here + step / 4)))
    return float(here[0]), float(here[1])


def likeness(found: Tensor, truth: Tensor) -> Tensor:
    """PSNR (B,), dB, of videos (B, T, 64, 64, 3) uint8: the mean over their frames."""
    return psnr(found.flatten(0, 1), truth.flatten(0, 1)).unflatten(0, truth.shape[:2]).mean(1)


def error_at(models: Models, latents: Tensor, level: float, seed: int) -> list[float]:
    """Squared error of F, a value a walk, for whole clips at one level; 1 is what the best linear estimate has."""
    clips = latents[:, : latents.shape[1] // CLIP * CLIP].unflatten(1, (-1, CLIP))
    noise = torch.randn(clips[0].shape, generator=torch.Generator().manual_seed(seed)).to(clips)
    found = []
    for walk in clips:
        t = torch.full(walk.shape[:2], level, device=walk.device)
        z = add_noise(walk, noise, t)
        with torch.no_grad(), precision(models.device):
            f = models.denoiser.network(per_frame(preconditioning(t)[0], z) * z, t)
        found.append(float((f - network_target(walk, noise, t)).square().mean()))
    return found


def continued(models: Models, latents: Tensor, config: Config) -> Tensor:
    """PSNR (B,), dB, of five frames estimated in one network call from a noisy version, behind five known ones; against
    the frames as the autoencoder has them."""
    clips = latents[:, :CLIP]
    t = torch.zeros(clips.shape[:2], device=clips.device)
    t[:, KNOWN:] = config.estimated_at
    noise = torch.randn(clips.shape, generator=torch.Generator().manual_seed(config.seed)).to(clips)
    with torch.no_grad():
        estimate = models.denoise(add_noise(clips, noise, t), t)
    made, wanted = (models.decode(part, alone=True)[:, KNOWN:] for part in (estimate, clips))
    return likeness(made, wanted)
