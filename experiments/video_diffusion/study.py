"""The study of long videos: its parts and what they read."""

from pathlib import Path

from experiments.study import Part

_HERE = Path(__file__).parent
PRESETS_FILE = _HERE / "presets.yaml"


def _part(name: str, *networks: str, records: tuple[str, ...] = ()) -> Part:
    names = [*(f"{network}.safetensors" for network in networks), *(f"{record}.json" for record in records)]
    return Part(f"experiments.video_diffusion.studies.{name}", tuple(_HERE / "checkpoints" / file for file in names))


PARTS = {
    "overview": _part("overview", "autoencoder", "denoiser", "history", "judge", records=("ablation", "milestones")),
    "clips": _part("clips", "autoencoder", "denoiser", "judge"),
    "long_videos": _part("long_videos", "autoencoder", "denoiser", "history", "judge"),
    "drift": _part("drift", "autoencoder", "denoiser", "history", "judge"),
    "guidance_curves": _part("guidance_curves", "autoencoder", "denoiser"),
    "injection_length": _part("injection_length", "autoencoder", "denoiser", "judge"),
    "sampler_steps": _part("sampler_steps", "autoencoder", "denoiser", "judge"),
    "cost": _part("cost", "autoencoder", "denoiser", "history"),
}
