"""Memories of a long video behind one interface: each is told what came before every clip, and answers in the
denoiser's place.

For `extend(memory.denoise, …, tell=memory)`. One network, one sampler, one motion; only what is kept of the past
differs. `remembering` is the memory that reprojects; those here keep frames as frames, or as tokens.
"""

import math

import torch
from torch import Tensor

from experiments.video_diffusion.memory.angles import wrapped
from experiments.video_diffusion.memory.poses import relative
from experiments.video_diffusion.memory.reprojection import Views
from experiments.video_diffusion.memory.retrieval import most_overlapping
from experiments.video_diffusion.model.attention import Branch
from experiments.video_diffusion.model.conditions import NOTHING, SLOTS, Conditions
from experiments.video_diffusion.model.memory_encoder import MemoryEncoder
from experiments.video_diffusion.model.noise import add_noise
from experiments.video_diffusion.model.precision import precision
from experiments.video_diffusion.sampling.remembering import Remembering
from experiments.video_diffusion.sampling.trained_models import Models

NEAR = (0.4, math.radians(25))  # blocks, radians: a view from further away is not held
LEVEL = 0.1  # at which a frame of the very pose is held; one as far off as NEAR allows: at FAR_LEVEL
FAR_LEVEL = 0.9


class Forgetting:
    """No memory, and no motion told: the model walks where it likes."""

    def __init__(self, models: Models):
        self.models = models

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        return NOTHING

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        return self.models.denoise(z, t, condition, memory, known)


class Doubting(Remembering):
    """Reprojects the first frames alone: what the model made itself is no evidence of the world."""

    def _remember(self, video: Tensor) -> None:
        if not self.remembered:
            super()._remember(video)


class Recalling(Remembering):
    """Finds earlier frames by the overlap of their views; what is done with them is left to the memories below."""

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        if self.banks:
            self._remember(video)
        return Conditions(self._path(first, frames).to(video))

    def most_overlapping(self, wanted: Tensor, count: int, end: int) -> Tensor:
        """Of the frames before `end` those (B, count) that show most of what lies ahead of poses (B, T, 3); where fewer
        show anything, the last of them stands in."""
        found = []
        for bank, poses in zip(self.banks, wanted, strict=True):
            depth = bank.seen.inverse_depth[:end]
            chosen = most_overlapping(bank.seen.poses[:end], depth, poses.to(depth), count)
            found.append(torch.cat([chosen, chosen.new_full((count - len(chosen),), end - 1)]))
        return torch.stack(found)

    def frames(self, video: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Latents (B, F, C, H, W) of frames (B, F) of a video, and their poses (B, F, 3)."""
        here = torch.arange(len(video))[:, None]
        return video[here.to(video.device), numbers.to(video.device)], self.poses[here, numbers]


class Slotting(Recalling):
    """Retrieved frames stand in the first SLOTS frames of the clip, told apart by their poses alone."""

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        known = super().__call__(video, first, frames)
        self.recalled, poses = self.frames(video, self.most_overlapping(known.poses, SLOTS, first))
        self.noise = _noise_like(self.recalled, first)
        return Conditions(torch.cat([poses.to(video), known.poses[:, SLOTS:]], dim=1))

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        held = t[:, :SLOTS].clamp(max=LEVEL)
        noisy = add_noise(self.recalled, self.noise, held)
        z, t = torch.cat([noisy, z[:, SLOTS:]], dim=1), torch.cat([held, t[:, SLOTS:]], dim=1)
        return self.models.denoise(z, t, condition, memory, known)


class Holding(Recalling):
    """Each new frame begins as the earlier frame of the nearest pose, held at a level that grows with its distance."""

    def __init__(self, models: Models, poses: Tensor):
        super().__init__(models, poses, retrieved=0)

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        known = super().__call__(video, first, frames)
        past = self.poses[:, : video.shape[1]]
        apart = relative(past[:, None], known.poses.to(past)[:, :, None])
        far = apart[..., :2].norm(dim=-1) / NEAR[0] + wrapped(apart[..., 2]).abs() / NEAR[1]
        distance, nearest = far.min(-1)
        self.recalled, _ = self.frames(video, nearest)
        level = LEVEL + (FAR_LEVEL - LEVEL) * distance
        self.level = torch.where(distance < 1, level, 1.0).to(video)  # at level 1 nothing is held
        self.noise = _noise_like(self.recalled, first)
        return known

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        held = (t > self.level)[..., None, None, None]
        z = torch.where(held, add_noise(self.recalled, self.noise, self.level), z)
        return self.models.denoise(z, torch.minimum(t, self.level), condition, memory, known)


class Attending(Recalling):
    """Earlier frames become tokens of `encoder`, which the denoiser reads in front of its attention layers."""

    def __init__(self, models: Models, poses: Tensor, encoder: MemoryEncoder, seen: list[Views] | None = None):
        retrieved = encoder.config.frames if encoder.config.retrieved else 0
        super().__init__(models, poses, retrieved, seen)
        self.encoder, self.branches = encoder, None

    def __call__(self, video: Tensor, first: int, frames: int) -> Conditions:
        known, count = super().__call__(video, first, frames), self.encoder.config.frames
        if self.banks:
            chosen = self.most_overlapping(known.poses[:, frames // 2 :], count, first)
        else:
            chosen = (first - count + torch.arange(count)).clamp(min=0).expand(len(video), -1)
        latents, poses = self.frames(video, chosen)
        with torch.no_grad(), precision(self.models.device):
            self.branches: list[Branch] = self.encoder(latents, poses.to(video), known.poses)
        return known

    def denoise(self, z: Tensor, t: Tensor, condition=None, memory=None, known: Conditions = NOTHING) -> Tensor:
        return self.models.denoise(z, t, self.branches, memory, known)


def _noise_like(latents: Tensor, seed: int) -> Tensor:
    return torch.randn(latents.shape, generator=torch.Generator().manual_seed(seed)).to(latents)
