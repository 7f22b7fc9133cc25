"""Fixtures of the pzodmc tests: one thread, seeded generators."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def seeded():
    return lambda seed=0: torch.Generator().manual_seed(seed)
