"""What training.yaml tells of a network: how long it is trained, on what, and how large it is."""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch

from experiments.errors import InputError
from experiments.presets import load_config, read_presets
from experiments.video_diffusion.data import EPISODE
from experiments.video_diffusion.training.loop import generator_for
from experiments.video_diffusion.training.schedule import TrainingConfig

PRESETS_FILE = Path(__file__).parents[1] / "training.yaml"
TRAINING_PRESETS = ("cpu", "gtx1080ti", "gpu", "laptop", "recordings", "doom")


@dataclass(frozen=True)
class Recipe:
    """One network's entry in training.yaml."""

    episodes: int  # windows of `walk_frames` frames
    steps: int
    batch: int  # a process
    learning_rate: float
    ema: float
    restarts: tuple[int, ...] = ()  # a finished run goes on when its `steps` become a restart and `steps` grow
    seed: int = 0
    details: str = ""  # mazes full of what is rare elsewhere, for the lower noise levels
    walk_frames: int = EPISODE  # long ones have a past to remember
    remembered: int = 0  # how many different clips of them come with what memory shows there
    remembering: float = 0.0  # their share of a batch
    worn: float = 0.0  # share of them whose memory is as of frames that a model made
    recalling: float = 0.0  # share of a batch whose clips begin with earlier frames in place of their own
    detail_steps: tuple[tuple[int, int], ...] = ()  # ranges (first, end) in which every other step is on `details`
    checkpointing: bool = False  # recompute activations in the backward pass: less memory, a third more time
    fusion: bool = False  # one GPU compiles blocks and replays whole steps; not Pascal, which Triton does not know
    network: dict[str, Any] = field(default_factory=dict)

    @property
    def training(self) -> TrainingConfig:
        names = {entry.name for entry in fields(TrainingConfig)}
        return TrainingConfig(**{key: value for key, value in vars(self).items() if key in names})

    @property
    def without_motion(self) -> "Recipe":
        """The same for recordings, whose motion nobody knows: nothing is told or remembered, and no past is needed."""
        network = {key: value for key, value in self.network.items() if key != "conditions"}
        nothing = {"remembered": 0, "remembering": 0.0, "worn": 0.0, "recalling": 0.0}
        return replace(self, walk_frames=EPISODE, network=network, **nothing)

    def shares(self, step: int) -> bool:
        """Whether this step is on `details`: every other one of `detail_steps` is."""
        return step % 2 == 1 and any(first <= step < end for first, end in self.detail_steps)

    def generator(self, stream: int, step: int, device: torch.device | str = "cpu") -> torch.Generator:
        """Of step `step`; four streams: 0 the data, 1 the loss, 2 and 3 the same of the score."""
        return generator_for(4 * self.seed + stream, step, str(device))


def networks_in(preset: str) -> list[str]:
    """The networks that a preset trains. Raises InputError for an unknown preset."""
    table = read_presets(PRESETS_FILE, TRAINING_PRESETS)
    if preset not in table:
        raise InputError(f"{PRESETS_FILE}: no preset '{preset}' (known: {', '.join(table)})")
    return list(table[preset])


def recipe_of(name: str, preset: str, steps: int | None = None) -> Recipe:
    """The entry, or the same for another number of `steps`, with the restarts that come before its end. Raises
    InputError for an unknown preset or setting, and for a network that the preset does not train."""
    if name not in (known := networks_in(preset)):
        raise InputError(f"preset '{preset}' trains no {name} (it trains: {', '.join(known)})")
    recipe = load_config(Recipe, PRESETS_FILE, preset, name, TRAINING_PRESETS)
    if steps is None:
        return recipe
    return replace(recipe, steps=steps, restarts=tuple(step for step in recipe.restarts if step < steps))
