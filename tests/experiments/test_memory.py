"""Blocks that are freed and asked for again cost the system no new pages."""

import subprocess
import sys

import pytest

from experiments.memory import keep_freed_memory

COUNT = """
import resource
import numpy as np
from experiments.memory import keep_freed_memory
{keep}
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.ones(8_000_000)  # 64 MB, beyond what glibc keeps by itself
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


def faults(keep: str) -> int:
    done = subprocess.run([sys.executable, "-c", COUNT.format(keep=keep)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be told")
def test_kept_blocks_are_used_again():
    if not keep_freed_memory():
        pytest.skip("another C library")
    assert faults("keep_freed_memory()") * 10 < faults("")
