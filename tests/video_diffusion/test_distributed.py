"""N processes with a batch of B each are one process with a batch of N·B."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from torch.testing import assert_close

from experiments.errors import InputError
from experiments.video_diffusion.model.autoencoder import Autoencoder, AutoencoderConfig
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.history_encoder import HistoryConfig, HistoryEncoder
from experiments.video_diffusion.model.video_decoder import VideoDecoder
from experiments.video_diffusion.model.weight_files import load_weights, read_record
from experiments.video_diffusion.scores.judge import Judge, JudgeConfig, judge_loss
from experiments.video_diffusion.training.distributed import SharedDraws
from experiments.video_diffusion.training.recipes import TRAINING_PRESETS
from experiments.video_diffusion.training.tasks.task import crop
from experiments.video_diffusion.training.train import share

SMALL = DenoiserConfig(width=16, inner_width=32, heads=2, blocks=1, inner_blocks=1)
SCRIPT = Path(__file__).with_name("train_preset.py")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shares(draw, size: int = 2) -> list:
    """What each of `size` processes draws."""
    found = []
    for rank in range(size):
        with SharedDraws(rank, size):
            found.append(draw())
    return found


def test_the_shares_of_a_draw_are_the_draw():
    for draw in (
        lambda n: torch.randn(n, 3, generator=seeded()),
        lambda n: torch.rand((n,), generator=seeded()),
        lambda n: torch.randint(5, (n, 2), generator=seeded()),
        lambda n: torch.randint(-4, 9, torch.Size([n]), generator=seeded()),
    ):
        assert torch.equal(torch.cat(shares(lambda draw=draw: draw(4), 3)), draw(12))


def test_a_batch_is_shared_evenly_or_refused():
    assert share(16, 4) == 4
    with pytest.raises(InputError, match="3 processes cannot share a batch of 16"):
        share(16, 3)


def judged():
    torch.manual_seed(0)
    judge, videos = Judge(JudgeConfig(widths=(8, 8, 8))), torch.rand(4, 30, 3, 32, 32, generator=seeded())
    return lambda batch: judge_loss(judge, videos, batch, seeded(1))


def denoised():
    torch.manual_seed(0)
    denoiser, walks = Denoiser(SMALL), torch.randn(6, 20, 8, 8, 8, generator=seeded())
    torch.nn.init.normal_(denoiser.leave[-1].weight, std=0.1)
    return lambda batch: denoiser.loss(crop(walks, 10, batch, seeded(1)), seeded(2))


@pytest.mark.parametrize("task", [judged, denoised])
def test_the_mean_of_the_shares_of_a_loss_is_the_loss(task):
    loss = task()
    assert_close(torch.stack(shares(lambda: loss(4))).mean(), loss(8))


def settings(batch: int, cycles: list[int]) -> dict:
    *restarts, steps = cycles
    common = {"episodes": 4, "steps": steps, "restarts": restarts, "batch": batch, "learning_rate": 0.003, "ema": 0.9}
    networks = {
        # Which pixels are the worst may change with rounding, and the gradient jumps when it does.
        "autoencoder": {"widths": [8, 8, 8], "decoder_blocks": [1, 1, 1], "worst": 0.0},
        "decoder": {},
        "denoiser": {"width": 16, "inner_width": 32, "heads": 2, "blocks": 1, "inner_blocks": 1},
        "history": {"tokens": 2},
    }
    return {name: common | {"checkpointing": True, "network": network} for name, network in networks.items()}


def train(folder: Path, name: str, batch: int, processes: int, *cycles: int, more: tuple[str, ...] = ()) -> Path:
    """Train up to the last of `cycles`, from where the folder's state stands; returns the weights."""
    presets = folder / "presets.yaml"
    presets.write_text(yaml.safe_dump(dict.fromkeys(TRAINING_PRESETS, settings(batch, list(cycles)))))
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    # bfloat16 would round the shares' gradients one by one.
    plain = {"ATEN_CPU_CAPABILITY": "avx2", "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
    command = [*start, str(SCRIPT), str(presets), "train", name, "--out", str(folder / "out"), "--runs", str(folder)]
    done = subprocess.run(
        [*command, "--device", "cpu", *more], env=os.environ | plain, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "out" / f"{name}.safetensors"


KINDS = {
    "autoencoder": (Autoencoder, AutoencoderConfig),
    "decoder": (VideoDecoder, AutoencoderConfig),
    "denoiser": (Denoiser, DenoiserConfig),
    "history": (HistoryEncoder, HistoryConfig),
}


@pytest.mark.slow
def test_two_processes_train_as_one_with_both_batches(tmp_path, at_length):
    """Loss curves and averaged weights: batch statistics, clipping, averages, checkpointing and resumption included."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    train(tmp_path / "two", "autoencoder", 4, 2, 5)
    for name, (kind, config) in list(KINDS.items())[: len(KINDS) if at_length else 1]:
        batch, more = (8, ("--split-batch",)) if name == "history" else (4, ())
        one = train(tmp_path / "one", name, 8, 1, 5, 10)
        two = train(tmp_path / "two", name, batch, 2, 5, 10, more=more)
        records = read_record(one), read_record(two)
        assert [record["processes"] for record in records] == [1, 2]
        assert records[0]["training"] == records[1]["training"]
        assert_close(
            *(torch.tensor(record["losses"]) for record in records), rtol=2e-4, atol=2e-4
        )  # sums in another order
        weights = [load_weights(kind, config, path).state_dict() for path in (one, two)]
        for key, value in weights[0].items():
            assert_close(weights[1][key], value, rtol=5e-3, atol=5e-4, msg=key)  # stored in half precision
