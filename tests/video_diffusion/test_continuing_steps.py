"""How few steps are enough is told by the videos themselves, pair by pair."""

import numpy as np
import pytest

from experiments.video_diffusion.studies.continuing_steps import fewest_steps
from experiments.video_diffusion.studies.scoring import over_last


def rows(*means: float, spread: float = 0.02) -> list[dict]:
    rng = np.random.default_rng(0)
    videos = rng.uniform(0.5, 0.9, 24)
    return [
        {"steps": 2**k, "by_video": (videos + mean + spread * rng.standard_normal(24)).tolist()}
        for k, mean in enumerate(means)
    ]


@pytest.mark.parametrize(
    ("means", "fewest"), [((-0.5, -0.2, 0.0, 0.0), 4), ((0.0, 0.0, 0.0, 0.0), 1), ((-0.5, -0.4, -0.3, 0.0), 8)]
)
def test_the_fewest_steps_are_the_first_that_lose_nothing(means, fewest):
    found = over_last(rows(*means), "by_video")
    assert fewest_steps(found) == fewest
    assert found[-1]["gain"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert all("by_video" not in row for row in found)
    assert found[0]["gain"]["value"] == pytest.approx(means[0] - means[-1], abs=0.03)
