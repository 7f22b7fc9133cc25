"""A training that is killed or runs out of disk ends, given the same command again, with the weights of an undisturbed
one, bit by bit; asked to stop it says in one line what is kept."""

import random
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import yaml
from safetensors import safe_open

from experiments.video_diffusion.commands.train import kept
from tests.faults.trial import Programs

SCRIPT = Path(__file__).parents[1] / "video_diffusion/train_preset.py"
ROOT = Path(__file__).parents[2]
COMMON = {"episodes": 2, "batch": 2, "learning_rate": 0.003, "ema": 0.9}


def presets(path: Path, steps: int) -> Path:
    from experiments.video_diffusion.training.recipes import TRAINING_PRESETS

    network = {"widths": [8, 8, 8], "decoder_blocks": [1, 1, 1], "worst": 0.0}
    recipe = {"autoencoder": COMMON | {"steps": steps, "network": network}}
    path.write_text(yaml.safe_dump(dict.fromkeys(TRAINING_PRESETS, recipe)))
    return path


def weights(folder: Path) -> dict[str, bytes]:
    with safe_open(folder / "out/autoencoder.safetensors", framework="pt") as file:
        return {key: file.get_tensor(key).numpy().tobytes() for key in file.keys()}  # noqa: SIM118


@pytest.fixture(scope="module")
def trainings(tmp_path_factory):
    server = Programs("train", tmp_path_factory.mktemp("log"))
    yield server
    server.close()


def test_killed_before_any_change_of_a_file_or_at_any_time(trainings, at_length, tmp_path):
    def run(folder: Path, fault: dict | None = None):
        folder.mkdir(exist_ok=True)
        command = ("train", "autoencoder", "--out", f"{folder}/out", "--runs", f"{folder}/runs", "--device", "cpu")
        told = {"presets": str(presets(folder / "presets.yaml", 6)), "watched": folder}
        return trainings.run(ROOT, *command, "--threads", "1", fault=fault, **told)

    whole = run(tmp_path / "whole")
    assert whole.code == 0, whole.out
    told = kept(Namespace(names=["autoencoder"], preset="cpu", runs=tmp_path / "whole/runs"))
    assert "autoencoder.state.safetensors holds step 6: the same command goes on from there." in told
    expected, chance = weights(tmp_path / "whole"), random.Random(0)
    places = range(1, whole.changes + 1, 1 if at_length else max(1, whole.changes // 2))
    faults = [{"kind": kind, "at": at} for at in places for kind in ("kill", "full")]
    faults += [{"kind": "kill", "after": chance.uniform(0, whole.seconds)} for _ in range(20 if at_length else 1)]
    for number, fault in enumerate(faults):
        folder = tmp_path / str(number)
        cut = run(folder, fault)
        assert cut.code in (-9, 0, 2) and "Traceback" not in cut.out, f"{fault}: {cut.out}"
        again = run(folder)
        assert again.code == 0, f"{fault}: {again.out}"
        assert weights(folder) == expected, fault
    print(f"training cut {len(faults)} times, the random ones of seed 0: the same weights, bit by bit")


def listening() -> None:
    """What runs in the background of a shell ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_says_what_is_kept(tmp_path, number):
    command = [sys.executable, str(SCRIPT), str(presets(tmp_path / "presets.yaml", 1_000_000)), "train"]
    command += ["autoencoder", "--out", f"{tmp_path}/out", "--runs", f"{tmp_path}/runs", "--device", "cpu"]
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}, preexec_fn=listening
    )
    begun, said = tmp_path / "runs", ""
    while process.poll() is None and "autoencoder" not in said:  # the bar of the training has begun
        said += process.stderr.read(1)
    process.send_signal(number)
    try:
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 128 + number and "Traceback" not in said + err and begun.is_dir()
    assert "Stopped. No state was written yet: the same command begins anew." in err
