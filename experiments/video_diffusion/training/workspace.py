"""Where a training run reads and writes: videos, cached latents, resumable state, finished weights."""

import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from tqdm import tqdm

from experiments.results import atomic
from experiments.video_diffusion.data import EPISODE, Dataset, MazeWalks, Recordings, open_source
from experiments.video_diffusion.data.maze_walks import AHEAD
from experiments.video_diffusion.data.pick import EVERY_FRAME
from experiments.video_diffusion.memory.depth_reader import DepthReader, DepthReaderConfig
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig, to_images
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.model.weight_files import digest_of, load_weights
from experiments.video_diffusion.training.activation_checkpointing import recompute
from experiments.video_diffusion.training.distributed import first_process_first

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workspace:
    """Finished weights lie in `shipped`, resumable state and caches in `runs`."""

    shipped: Path
    runs: Path
    device: torch.device
    resume: bool = True
    data: str = "maze"  # source of the videos, as `open_source` takes it
    strict: bool = False  # whether an episode that cannot be used stops the training
    frames: int = EPISODE  # of a window that clips are taken from

    def new(self, kind: type[nn.Module], config: Any, checkpointing: bool = False) -> nn.Module:
        """An untrained network, on the device."""
        torch.manual_seed(0)  # initial weights are the one draw that modules take from the global generator
        module = kind(config).to(self.device, memory_format=torch.channels_last)
        return recompute(module) if checkpointing else module

    def autoencoder(self) -> Autoencoder:
        """The finished one. Raises InputError when there is none."""
        return load_weights(Autoencoder, AutoencoderConfig, self.path("autoencoder"), str(self.device))

    def denoiser(self) -> Denoiser:
        """The finished one. Raises InputError when there is none."""
        return load_weights(Denoiser, DenoiserConfig, self.path("denoiser"), str(self.device))

    def depth_reader(self) -> DepthReader:
        """The finished one. Raises InputError when there is none."""
        return load_weights(DepthReader, DepthReaderConfig, self.path("depth"), str(self.device))

    def path(self, network: str) -> Path:
        return self.shipped / f"{network}.safetensors"

    def state(self, network: str) -> Path:
        return self.runs / f"{network}.state.safetensors"

    @property
    def of_mazes(self) -> bool:
        return isinstance(self.open("train"), MazeWalks)

    def open(self, split: str) -> Dataset:
        return open_source(self.data, split, self.frames, self.strict)

    def windows(self, split: str, count: int) -> Tensor:
        """The first `count` windows (N, frames, 64, 64, 3) uint8 of a split; fewer where there are no more."""
        return torch.from_numpy(np.stack(list(self._windows(split, count))))

    def count(self, split: str, most: int) -> int:
        """How many windows a split has, counted up to `most`; recordings are read for it."""
        return sum(1 for _ in self._windows(split, most))

    def _windows(self, split: str, count: int) -> Iterator[np.ndarray]:
        data = self.open(split)
        # Beside a GPU, which encodes them faster than a core draws them, the cores have nothing else to do.
        ahead = self._on_gpu and isinstance(data, MazeWalks) and count > AHEAD
        episodes = data.drawn(count, os.cpu_count()) if ahead else data.episodes()
        yield from islice((window for episode in episodes for window in episode.windows(self.frames)), count)

    def origin(self, split: str, *networks: str) -> dict[str, str]:
        """What a state or a cache is made from: the videos of a split, and the weights of finished networks."""
        data = self.open(split)
        known = {"source": type(data).__name__, "data": data_digest(data)}
        return known | {name: digest_of(self.path(name)) for name in networks}

    def digest(self, split: str, *networks: str) -> str:
        """Changes with the videos of a split and with the weights of these networks."""
        return hashlib.sha256(repr(self.origin(split, *networks)).encode()).hexdigest()[:16]

    def latents(self, split: str, count: int) -> Tensor:
        """Encoded windows (N, frames, C, 8, 8) float16; made once and kept in `runs`."""
        long = "" if self.frames == EPISODE else f"x{self.frames}"
        path = self.runs / f"latents-{split}-{count}{long}.safetensors"
        autoencoder = self.autoencoder()
        with first_process_first():
            if path.exists() and (cached := self._cached(path, autoencoder, split)) is not None:
                return cached
            windows = iter(tqdm(self._windows(split, count), total=count, desc="encoding", file=sys.stderr))
            together = 16 if self._on_gpu else 1
            groups = iter(lambda: list(islice(windows, together)), [])
            encoded = torch.cat([self._encode(autoencoder, group) for group in groups])
            with atomic(path) as file:
                file.write(save({"latents": encoded}, self.origin(split, "autoencoder")))
            return encoded

    @property
    def _on_gpu(self) -> bool:
        return self.device.type == "cuda"

    def _encode(self, autoencoder: Autoencoder, windows: list[np.ndarray]) -> Tensor:
        frames = torch.from_numpy(np.concatenate(windows)).to(self.device)
        with torch.no_grad(), precision(self.device):
            return autoencoder.encode(to_images(frames)).half().cpu().unflatten(0, (len(windows), -1)).contiguous()

    def _cached(self, path: Path, autoencoder: Autoencoder, split: str) -> Tensor | None:
        """The cache, if it is what would be made now: its first window is made again and compared."""
        try:
            with safe_open(path, framework="pt") as file:
                cached, known = file.get_tensor("latents"), file.metadata() or {"source": "MazeWalks"}
        except (SafetensorError, OSError) as error:
            log.warning("%s: broken (%s); encoding again", path, type(error).__name__)
            return None
        now = self.origin(split, "autoencoder")
        first = self._encode(autoencoder, list(self._windows(split, 1)))[0]
        # Latents have variance 1; devices and precisions differ by a hundredth.
        alike = cached.shape[1:] == first.shape and float((cached[0].float() - first.float()).abs().mean()) < 0.05
        if alike and all(known.get(key, value) == value for key, value in now.items()):
            return cached
        log.warning("%s: made from other videos or by another autoencoder; encoding again", path)
        return None


def data_digest(data: Dataset) -> str:
    """Changes with the settings of embedded mazes, and with the names and sizes of recorded files."""
    parts = [repr(data)]
    if isinstance(data, Recordings):
        how = str(data.resize) if data.pick == EVERY_FRAME else f"{data.resize} {data.pick}"
        parts = [how, *(f"{path.relative_to(data.source)} {_bytes(path)}" for path in data.paths)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in (path.iterdir() if path.is_dir() else [path]))
