"""A method's price is told beside that of independent clips, so that a changing machine does not set it."""

from types import SimpleNamespace

import pytest
import torch

from experiments.video_diffusion.studies import cost


def test_a_machine_that_slows_down_does_not_change_the_ratio(monkeypatch):
    clock, pace = [0.0], [1.0]

    def made(denoise, method, *_, **__):
        clock[0] += pace[0] * (1.0 if method.overlap == 0 else 2.5)
        pace[0] *= 1.1

    monkeypatch.setattr(cost, "extend", made)
    monkeypatch.setattr(cost, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    row = cost.measure(
        "feature_injection", torch.zeros(1, 10, 8, 8, 8), cost.Config(repeats=8), torch.get_num_threads()
    )
    assert row["relative_time"] == pytest.approx(2.5 * 1.1)
    assert row["seconds_per_frame"] == pytest.approx(2.5 * 1.1**2 / (cost.Config.videos * 10))
