"""The study of long videos: its parts and what they read."""

from pathlib import Path

from experiments.exports import Export
from experiments.study import Part
from experiments.video_diffusion.model.shipped_weights import EXTENDING, FOLDER, NETWORKS
from experiments.video_diffusion.studies.records import MEASURED

OVERVIEW = ("comparison", "ablation", "milestones", "decisions", "lattice/comparison")
DOOM = "--data doom --weights experiments/video_diffusion/checkpoints/doom"  # what makes the second world's records
PRESETS_FILE = Path(__file__).with_name("presets.yaml")


def _part(name: str, *networks: str, records: tuple[str, ...] = ()) -> Part:
    # Only `standard` reads the part's own record: one that is missing is told when it is asked for.
    own = [record for record in MEASURED if record == name and (FOLDER / f"{record}.json").is_file()]
    names = [*(f"{network}.safetensors" for network in networks), *(f"{record}.json" for record in (*records, *own))]
    return Part(f"experiments.video_diffusion.studies.{name}", tuple(FOLDER / file for file in names))


def _of_both_worlds() -> tuple[Path, ...]:
    """The second world's networks and records as far as they are there, and what the first's comparison rests on."""
    there = (path for path in (FOLDER / "doom").glob("*") if path.suffix in (".safetensors", ".json", ".npz"))
    here = (*(f"{name}.safetensors" for name in EXTENDING), "comparison.json", "comparison.npz")
    return (*(FOLDER / name for name in here), *sorted(there))


# Figures of the parts that `measure` makes.
SHOWN_IN = {
    "injection_length": ("injection_length", "family"),
    "sampler_steps": ("sampler_steps",),
    "continuing_steps": ("continuing_steps",),
    "memories": ("memories", "memories_by_age", "two_worlds"),
}

# What commands of their own have measured, too long for a build: which keys of a part hold it, which figures show it.
RECORDS = {
    "compare": (("overview.comparison",), ("seam_scores", "family", "drift", "two_worlds")),
    "ablate": (("overview.ablation", "overview.history_tokens"), ("history_tokens",)),
    "milestones": (("overview.milestones",), ("training_lengths", "memory_lengths")),
    "decisions": (("overview.decisions",), ("decisions",)),
    f"compare {DOOM}": (("two_worlds.doom.comparison",), ("two_worlds", "two_worlds_frames")),
    f"measure memories {DOOM}": (("two_worlds.doom.memories",), ("two_worlds", "two_worlds_frames")),
    **{f"measure {part}": ((f"{part}.measured", part), SHOWN_IN.get(part, ())) for part in MEASURED},
}

# The networks of all memories as far as they are there.
REMEMBERING = sorted(path.stem for path in FOLDER.glob("*.safetensors") if path.stem not in ("guide", "history"))

PARTS = {
    "overview": _part("overview", *NETWORKS, records=OVERVIEW),
    "clips": _part("clips", "autoencoder", "decoder", "denoiser", "guide", "judge"),
    "long_videos": _part("long_videos", *EXTENDING),
    "drift": _part("drift", *EXTENDING),
    "guidance_curves": _part("guidance_curves", "autoencoder", "decoder", "denoiser"),
    "injection_length": _part("injection_length", "autoencoder", "decoder", "denoiser", "judge"),
    "sampler_steps": _part("sampler_steps", "decoder", "denoiser", "guide", "judge"),
    "continuing_steps": _part("continuing_steps", "autoencoder", "decoder", "denoiser", "judge"),
    "free_walks": _part("free_walks", "autoencoder", "decoder", "denoiser", "depth", "judge", "scene", "motion"),
    "off_lattice": _part("off_lattice", "autoencoder", "denoiser", "judge", records=("lattice/off_lattice",)),
    "memories": _part("memories", *REMEMBERING),
    "two_worlds": Part("experiments.video_diffusion.studies.two_worlds", _of_both_worlds()),
    "cost": _part("cost", "autoencoder", "denoiser", "history"),
    "walk": _part("walk", "autoencoder", "denoiser", "depth"),
}

# What a visitor's browser runs: graphs beside the weights of continuous walks.
EXPORTS = {
    "walk": Export(
        "experiments.video_diffusion.browser.export",
        tuple(FOLDER / f"{name}.safetensors" for name in ("autoencoder", "denoiser", "depth")),
        Path("assets/walk"),
        ("denoiser.onnx", "encoder.onnx", "decoder.onnx", "depth.onnx", "walk.json"),
    )
}
