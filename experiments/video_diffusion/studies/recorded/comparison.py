"""The methods on as many videos as a verdict needs, more than a build has time for.

What a method made stays on disk, one file a method and seed: a comparison of hours goes on where it was stopped.
"""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from experiments.errors import InputError
from experiments.results import atomic
from experiments.video_diffusion.data import generated
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.extension import HISTORY
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.scores import imagenet
from experiments.video_diffusion.scores.public_metrics import public_scores
from experiments.video_diffusion.scores.statistics import interval
from experiments.video_diffusion.studies.contenders import contender, measured_on, real_videos
from experiments.video_diffusion.studies.fair_rows import NEW, PLANTED, continued, measurable, seams_of
from experiments.video_diffusion.studies.quality_over_time import BEFORE, FRAMES, course, reference_frames, walks_needed
from experiments.video_diffusion.studies.scoring import described, frechet, score

ELSEWHERE = 100  # seed of the walks of the reference


@dataclass(frozen=True)
class Size:
    frames: int = 64
    videos: int = 35  # a seed
    seeds: tuple[int, ...] = (40, 41, 42)  # walks and noises that no study has
    reference: int = 410  # other real walks, that Fréchet distances are taken to
    window: int = 50  # frames, of what is scored along a video


@dataclass(frozen=True)
class Comparison:
    """On held-out walks of the world that `source` names. Raises InputError when a checkpoint is missing or corrupt,
    and for recordings, which have no hundreds of held-out walks."""

    models: Models
    size: Size
    kept: Path  # folder of what the methods made
    source: str = WALKS

    def __post_init__(self):
        if not generated(self.source):
            raise InputError(f"--data {self.source}: walks that are made when asked for are needed, such as 'doom'")

    def videos(self, name: str, seed: int) -> Tensor:
        """Latents (videos, frames, C, 8, 8) that the method `name` made from the walks and noises of `seed`: read if
        these weights and settings made them before."""
        file, made_by = self.kept / f"{name}-{seed}.safetensors", self._made_by(name)
        if file.is_file():
            with safe_open(file, framework="pt") as there:
                if (there.metadata() or {}).get("made_by") == made_by:
                    return there.get_tensor("latents")
        start = self.models.encode(self.walks(seed)[:, :HISTORY])
        generator = torch.Generator().manual_seed(seed)
        made = continued(self.models, contender(name, self.models), start, self.size.frames, generator)
        tensors = {"latents": made.cpu().contiguous()}
        self.kept.mkdir(parents=True, exist_ok=True)
        with atomic(file) as out:
            out.write(save(tensors, {"made_by": made_by}))
        return tensors["latents"]

    def row(self, name: str) -> dict:
        """Scores of all the method's videos, or of what is planted, with intervals over videos (those of Fréchet
        distances over groups of videos); scores of public networks among them where those are on the machine, else
        why not. What cannot be measured of a video, as a change at seams where nothing changes, is left out."""
        videos, seams = self._all(name), seams_of(self.size.frames)
        public, missing = public_scores(self._clips(videos), self._clips(self._real))
        distances = frechet(described(self.models, videos[:, HISTORY - 1 :]), self._described)
        try:
            distances |= self._in_imagenet(videos[:, HISTORY - 1 :])
        except InputError as error:
            missing["imagenet"] = str(error)
        row = score(self.models, videos, seams)
        return measurable(row | distances | public) | {"not_measured": missing}

    def course(self, name: str) -> dict:
        """Scores along all the method's videos, or what is planted."""
        return course(self.models, self._all(name), self._reference_frames, self.size.window)

    def shown(self, name: str) -> Tensor:
        """The first of the method's videos, or of what is planted, (frames, 64, 64, 3): none is chosen."""
        first = replace(self, size=replace(self.size, seeds=self.size.seeds[:1]))
        return first._all(name)[0]

    def walks(self, seed: int) -> Tensor:
        """Real videos (videos, frames, 64, 64, 3), whose first frames every method continues."""
        return real_videos(seed, self.size.frames, self.size.videos, self.source)

    @cached_property
    def measured_on(self) -> dict[str, Any]:
        return measured_on(self.models.folder)

    def _all(self, name: str) -> Tensor:
        """The videos (V, frames, 64, 64, 3) of all seeds: the method's, or what is planted. All have been through the
        autoencoder."""
        if name in PLANTED:
            walks = torch.cat([self.walks(seed) for seed in self.size.seeds])
            latents = self.models.encode(PLANTED[name](walks))
        else:
            latents = torch.cat([self.videos(name, seed) for seed in self.size.seeds])
        return self.models.decode(latents.to(self.models.device))

    def _made_by(self, name: str) -> str:
        """All that latents depend on: not what only scores them, nor the history encoder but where it guides."""
        shaping = ("autoencoder", "denoiser", *(("history",) if name == "history_guidance" else ()))
        weights = {network: self.measured_on["weights"][network] for network in shaping}
        length = {"frames": self.size.frames, "videos": self.size.videos, "new": NEW}
        made_by = [self.source, length, self.measured_on["settings"][name], self.measured_on["scheme"], weights]
        return json.dumps(made_by, sort_keys=True)

    def _clips(self, videos: Tensor) -> Tensor:
        """The generated part of videos (B, T, 64, 64, 3) in clips (N, length, 64, 64, 3) that do not overlap, as long
        as the model's own and begun in the middle of one: else seams would fall between them, where no score looks."""
        length = self.models.denoiser.config.frames
        new = videos[:, HISTORY + length // 2 :]
        return new[:, : new.shape[1] // length * length].unflatten(1, (-1, length)).flatten(0, 1)

    @cached_property
    def _real(self) -> Tensor:
        """As long as the methods' videos: where it begins, a walk is calmer than later on."""
        return real_videos(ELSEWHERE, self.size.frames, self.size.reference, self.source)

    @cached_property
    def _described(self) -> dict[str, Tensor]:
        return described(self.models, self._real[:, HISTORY - 1 :])

    def _in_imagenet(self, videos: Tensor) -> dict:
        """Distances in the features of a public network. Raises InputError without its package."""
        described, change = imagenet.described_and_change(videos)
        return frechet(described, self._imagenet) | {"imagenet_change": interval(change.mean(1).tolist())}

    @cached_property
    def _imagenet(self) -> dict[str, Tensor]:
        return imagenet.described(self._real[:, HISTORY - 1 :])

    @cached_property
    def _reference_frames(self) -> Tensor:
        frames = self.size.videos * len(self.size.seeds) * self.size.window
        count = walks_needed(self.size.reference, frames)
        return reference_frames(self.models, real_videos(ELSEWHERE, BEFORE + FRAMES, count, self.source))
