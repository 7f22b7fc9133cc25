"""Writes what a visitor's browser loads beside the weights: four graphs, and a list of all files with their digests."""

import hashlib
import json
from pathlib import Path

from experiments.errors import InputError
from experiments.files import atomic
from experiments.study import Report, silent
from experiments.video_diffusion.browser.check import CLIPS, TOLERANCE, difference, probe, real_clips
from experiments.video_diffusion.browser.graph import graph_of
from experiments.video_diffusion.browser.networks import FILES, GRAPHS, networks
from experiments.video_diffusion.memory.bank import RETRIEVED
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import digest_of, read_record
from experiments.video_diffusion.sampling.methods.feature_injection import FeatureInjection
from experiments.video_diffusion.sampling.methods.per_frame_noise import PerFrameNoise
from experiments.video_diffusion.sampling.sampler import CONTINUING

LIST = "walk.json"
MOST = 14 * 10**6  # bytes that a click may load beside the runtime


def export(out: Path, weights: Path = FOLDER, report: Report = silent) -> dict:
    """Write the graphs and walk.json into `out`; returns what walk.json says. Nothing is written unless every graph
    agrees with torch.

    Raises InputError for weights that cannot be used, graphs that differ, and a total above MOST.
    """
    digests = {name: digest_of(weights / f"{name}.safetensors") for name in FILES}
    graphs, differences, probes = {}, {}, {}
    for step, network in enumerate(networks(weights)):
        report(step / len(GRAPHS), network.name)
        file = weights / f"{network.weights}.safetensors"
        record = {"network": network.name, "weights": file.name, "digest": digests[network.weights]}
        record["training"] = json.dumps(_training(file), sort_keys=True)
        graphs[network.name] = graph_of(network, file, record)
        differences[network.name] = difference(network, graphs[network.name], file, real_clips(network, weights))
        probes[network.name] = probe(network)
    files = {f"{name}.onnx": content for name, content in graphs.items()}
    files |= {f"{name}.safetensors": (weights / f"{name}.safetensors").read_bytes() for name in FILES}
    total = sum(map(len, files.values()))
    if total > MOST:
        raise InputError(f"the walk in the browser would load {total / 1e6:.1f} MB; {MOST / 1e6:.0f} MB is the most")
    listed = {
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
        "digests": digests,
        "checked": {
            "clips": CLIPS,
            "tolerance": TOLERANCE,
            "differences": {k: _short(v) for k, v in differences.items()},
        },
        "probes": probes,
        "sampling": _sampling(),
    }
    for name, content in graphs.items():
        _write(out / f"{name}.onnx", content)
    _write(out / LIST, (json.dumps(listed, indent=1, sort_keys=True) + "\n").encode())
    return listed


def run(out: Path, report: Report = silent) -> None:
    """The build's step."""
    export(out, report=report)


def _sampling() -> dict:
    """The constants of the methods, for the browser to share."""
    return {
        "shift": CONTINUING.shift,
        "ancestral": CONTINUING.ancestral,
        "held": PerFrameNoise.level,
        "injected": FeatureInjection.share,
        "overlap": PerFrameNoise.overlap,
        "retrieved": RETRIEVED,
    }


def _training(file: Path) -> dict:
    """What the weights' own record says of their making, shortened to what a reader asks for."""
    record = read_record(file)
    kept = ("preset", "parameters", "data", "steps", "seconds", "device", "scores")
    return {key: record[key] for key in kept if key in record}


def _short(value: float) -> float:
    """Two digits: the last ones differ between processors."""
    return float(f"{value:.1g}")


def _write(path: Path, content: bytes) -> None:
    with atomic(path) as file:
        file.write(content)
