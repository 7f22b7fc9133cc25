"""The study of long videos: its parts and what they read."""

from pathlib import Path

from experiments.study import Part

_HERE = Path(__file__).parent
PRESETS_FILE = _HERE / "presets.yaml"
NETWORKS = ("autoencoder", "decoder", "denoiser", "history", "judge")


def _part(name: str, *networks: str, records: tuple[str, ...] = ()) -> Part:
    names = [*(f"{network}.safetensors" for network in networks), *(f"{record}.json" for record in records)]
    return Part(f"experiments.video_diffusion.studies.{name}", tuple(_HERE / "checkpoints" / file for file in names))


PARTS = {
    "overview": _part("overview", *NETWORKS, records=("ablation", "milestones", "decisions", "comparison")),
    "clips": _part("clips", "autoencoder", "decoder", "denoiser", "judge"),
    "long_videos": _part("long_videos", *NETWORKS),
    "drift": _part("drift", *NETWORKS),
    "guidance_curves": _part("guidance_curves", "autoencoder", "decoder", "denoiser"),
    "injection_length": _part("injection_length", "autoencoder", "decoder", "denoiser", "judge"),
    "sampler_steps": _part("sampler_steps", "decoder", "denoiser", "judge"),
    "cost": _part("cost", "autoencoder", "denoiser", "history"),
}
