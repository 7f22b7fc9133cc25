"""How each of the four networks is trained: its data, its loss, its score on held-out mazes.

    autoencoder → judge (needs no other) → denoiser (on latents) → history encoder (on the frozen denoiser)

A recipe returns the trained module and the numbers that belong in its record.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from tqdm import tqdm

from experiments.presets import load_config
from experiments.results import atomic
from experiments.video_diffusion.autoencoder import Autoencoder, AutoencoderConfig, to_images
from experiments.video_diffusion.checkpoints import load_weights, save_weights
from experiments.video_diffusion.datasets import MazeWalks
from experiments.video_diffusion.history import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.judge import Judge, JudgeConfig, area_under_curve, blur, judge_loss, pairs
from experiments.video_diffusion.network import Denoiser, DenoiserConfig
from experiments.video_diffusion.noise import add_noise, per_frame, preconditioning
from experiments.video_diffusion.training import Trained, TrainingConfig, fit, generator_for, precision

PRESETS_FILE = Path(__file__).with_name("training.yaml")
TRAINING_PRESETS = ("cpu", "gtx1080ti", "gpu")
EPISODE = 64  # frames of a training walk


@dataclass(frozen=True)
class Recipe:
    """One network's entry in training.yaml."""

    episodes: int
    steps: int
    batch: int
    learning_rate: float
    ema: float
    restarts: tuple[int, ...] = ()  # a finished run goes on when its `steps` become a restart and `steps` grow
    network: dict[str, Any] = field(default_factory=dict)

    @property
    def training(self) -> TrainingConfig:
        names = {entry.name for entry in fields(TrainingConfig)}
        return TrainingConfig(**{key: value for key, value in vars(self).items() if key in names})


@dataclass(frozen=True)
class Workshop:
    """Where a training run reads and writes: finished weights in `shipped`, resumable state and caches in `runs`."""

    shipped: Path
    runs: Path
    device: torch.device
    resume: bool = True
    data: str = "maze"  # source of the videos, as `open_source` takes it
    strict: bool = False  # whether an episode that cannot be used stops the training

    def fit(self, name: str, module: nn.Module, loss: Callable[[nn.Module, int], Tensor], recipe: Recipe) -> Trained:
        state = self.runs / f"{name}.state.safetensors"
        return fit(module, loss, recipe.training, state, resume=self.resume, label=name)

    def new(self, kind: type[nn.Module], config: Any) -> nn.Module:
        torch.manual_seed(0)  # initial weights are the one draw that modules take from the global generator
        return kind(config).to(self.device, memory_format=torch.channels_last)

    def autoencoder(self) -> Autoencoder:
        path = self.shipped / "autoencoder.safetensors"
        return load_weights(Autoencoder, AutoencoderConfig, path, str(self.device))

    def denoiser(self) -> Denoiser:
        return load_weights(Denoiser, DenoiserConfig, self.shipped / "denoiser.safetensors", str(self.device))


def train(name: str, preset: str, workshop: Workshop) -> dict[str, Any]:
    """Train one of TRAINERS and write its weights to `workshop.shipped`; returns the scores of its record."""
    recipe = load_config(Recipe, PRESETS_FILE, preset, name, TRAINING_PRESETS)
    trained, scores = TRAINERS[name](recipe, workshop)
    record = {
        "preset": preset,
        "training": asdict(recipe.training),
        "data": repr(MazeWalks("train", EPISODE)) + f" × {recipe.episodes}",
        "steps": trained.steps,
        "seconds": round(trained.seconds),
        "device": trained.device,
        "losses": trained.losses,
        "scores": scores,
    }
    save_weights(trained.module, workshop.shipped / f"{name}.safetensors", record)
    return scores


def train_autoencoder(recipe: Recipe, workshop: Workshop) -> tuple[Trained, dict[str, float]]:
    frames = torch.from_numpy(MazeWalks("train", EPISODE).frames(range(recipe.episodes))).flatten(0, 1)
    module = workshop.new(Autoencoder, AutoencoderConfig(**recipe.network))

    def loss(module: Autoencoder, step: int) -> Tensor:
        pick = torch.randint(len(frames), (recipe.batch,), generator=generator_for(0, step))
        images = to_images(frames[pick].to(workshop.device))
        return module.loss(images, generator_for(1, step, str(workshop.device)))

    trained = workshop.fit("autoencoder", module, loss, recipe)
    return trained, {"psnr": reconstruction_psnr(trained.module, workshop.device)}


def reconstruction_psnr(autoencoder: Autoencoder, device: torch.device, episodes: int = 8) -> float:
    """Mean peak signal-to-noise ratio (dB) on walks through held-out mazes."""
    frames = torch.from_numpy(MazeWalks("validation", EPISODE).frames(range(episodes))).flatten(0, 1)
    images = to_images(frames.to(device))
    with torch.no_grad(), precision(device):
        again = autoencoder.decode(autoencoder.encode(images)).clamp(-1, 1)
    error = ((images - again) / 2).square().mean((1, 2, 3))
    return float((-10 * error.log10()).mean())


def train_judge(recipe: Recipe, workshop: Workshop) -> tuple[Trained, dict[str, float]]:
    def walks(split: str, count: int) -> Tensor:
        data = MazeWalks(split, EPISODE)
        return torch.stack([blur(to_images(torch.from_numpy(data.episode(i).frames))).half() for i in range(count)])

    blurred = walks("train", recipe.episodes)
    module = workshop.new(Judge, JudgeConfig(**recipe.network))

    def loss(module: Judge, step: int) -> Tensor:
        return judge_loss(module, blurred, recipe.batch, generator_for(0, step))

    trained = workshop.fit("judge", module, loss, recipe)
    held_out = walks("validation", 200)
    first, second, true = pairs(held_out, 8000, generator_for(2, 0))
    with torch.no_grad():
        batches = zip(first.split(500), second.split(500), strict=True)
        logits = torch.cat([trained.module(*(held_out[i.unbind(1)].float() for i in pair)) for pair in batches])
    threshold = float(logits[true].quantile(0.05))
    trained.module.config = replace(trained.module.config, threshold=threshold)
    passed = float((logits[~true] > threshold).float().mean())
    return trained, {"auc": area_under_curve(logits[true], logits[~true]), "impossible_passed": passed}


def latents(recipe: Recipe, workshop: Workshop, split: str = "train") -> Tensor:
    """Encoded walks (episodes, EPISODE, C, 8, 8) float16; made once and kept in `workshop.runs`."""
    path = workshop.runs / f"latents-{split}-{recipe.episodes}.safetensors"
    if path.exists():
        return load_file(path)["latents"]
    autoencoder, data, parts = workshop.autoencoder(), MazeWalks(split, EPISODE), []
    with torch.no_grad(), precision(workshop.device):
        for number in tqdm(range(recipe.episodes), desc="encoding"):
            images = to_images(torch.from_numpy(data.episode(number).frames).to(workshop.device))
            parts.append(autoencoder.encode(images).half().cpu())
    encoded = torch.stack(parts).contiguous()
    with atomic(path) as file:
        file.write(save({"latents": encoded}))
    return encoded


def crop(walks: Tensor, length: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` random clips (count, length, …) from walks (N, T, …), as float32."""
    which = torch.randint(len(walks), (count,), generator=generator)
    start = torch.randint(walks.shape[1] - length + 1, (count, 1), generator=generator)
    return walks[which[:, None], start + torch.arange(length)].float()


def train_denoiser(recipe: Recipe, workshop: Workshop) -> tuple[Trained, dict[str, float]]:
    walks = latents(recipe, workshop)
    module = workshop.new(Denoiser, DenoiserConfig(**recipe.network))
    frames = module.config.frames

    def loss(module: Denoiser, step: int) -> Tensor:
        clips = crop(walks, frames, recipe.batch, generator_for(0, step)).to(workshop.device)
        return module.loss(clips, generator_for(1, step, str(workshop.device)))

    trained = workshop.fit("denoiser", module, loss, recipe)
    held_out = latents(replace(recipe, episodes=32), workshop, "validation")
    clips = crop(held_out, frames, 256, generator_for(2, 0)).to(workshop.device)
    with torch.no_grad(), precision(workshop.device):
        parts = [module.loss(part, generator_for(3, i, str(workshop.device))) for i, part in enumerate(clips.split(32))]
    return trained, {"validation_loss": float(torch.stack(parts).mean())}


def train_history(recipe: Recipe, workshop: Workshop) -> tuple[Trained, dict[str, float]]:
    walks, denoiser = latents(recipe, workshop), workshop.denoiser().requires_grad_(False)
    base = denoiser.config
    config = HistoryConfig(width=base.inner_width, heads=base.heads, layers=base.inner_blocks, **recipe.network)
    module = workshop.new(HistoryEncoder, config)

    def error(clips: Tensor, encoder: HistoryEncoder | None, generator: torch.Generator) -> Tensor:
        """Mean squared error of F on the frames after the history, with its tokens or without."""
        past, new = clips.split([config.frames, base.frames], dim=1)
        # Where little noise hides the new frames, they tell more than the past: half of the levels lie above 7/8.
        u = torch.rand(len(new), 1, generator=generator, device=new.device)
        t = (1 - u.square() / 2).expand(new.shape[:2])
        noise = torch.randn(new.shape, generator=generator, device=new.device)
        estimate = denoiser(add_noise(new, noise, t), t, encoder(past) if encoder else None)
        return ((estimate - new) / per_frame(preconditioning(t)[2], new)).square().mean()

    def loss(module: HistoryEncoder, step: int) -> Tensor:
        clips = crop(walks, config.frames + base.frames, recipe.batch, generator_for(0, step)).to(workshop.device)
        return error(clips, module, generator_for(1, step, str(workshop.device)))

    trained = workshop.fit("history", module, loss, recipe)
    held_out = latents(replace(recipe, episodes=32), workshop, "validation")
    clips = crop(held_out, config.frames + base.frames, 256, generator_for(2, 0)).to(workshop.device)
    with torch.no_grad(), precision(workshop.device):
        scores = {
            name: torch.stack(
                [
                    error(part, encoder, generator_for(3, i, str(workshop.device)))
                    for i, part in enumerate(clips.split(32))
                ]
            )
            for name, encoder in (("validation_loss", module), ("validation_loss_without_history", None))
        }
    return trained, {name: float(values.mean()) for name, values in scores.items()}


TRAINERS = {
    "autoencoder": train_autoencoder,
    "judge": train_judge,
    "denoiser": train_denoiser,
    "history": train_history,
}
