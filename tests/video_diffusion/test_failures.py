"""The failure gallery must find what was planted: a walk thrown back, a freeze, a dimmed and a blurred video."""

import pytest
import torch
from torch.nn import functional as F

from experiments.video_diffusion.data import open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.failures import KINDS, SHOWN, WANTED, detail, failures, worst

SEAMS = [10, 15, 20, 25, 30]
VIDEO, SEAM = 3, 20  # where a failure is planted


@pytest.fixture(scope="module")
def judge():
    return Models(torch.device("cpu")).judge


@pytest.fixture(scope="module")
def real():
    return torch.from_numpy(open_source(WALKS, "test", 36).frames(range(900, 906)))


def planted(real, kind):
    video = real.clone()
    if kind == "jump":
        video[VIDEO, SEAM:] = real[VIDEO, SEAM - 8 : -8]
    elif kind == "stall":
        video[VIDEO, SEAM] = video[VIDEO, SEAM - 1]
    elif kind == "dimming":
        video[VIDEO] = (real[VIDEO] * torch.linspace(1, 0.25, 36)[:, None, None, None]).to(torch.uint8)
    else:
        images = real[VIDEO, 20:].permute(0, 3, 1, 2).float()  # real walks lose detail too, in front of a wall
        soft = F.avg_pool2d(images, 31, stride=1, padding=15, count_include_pad=False)
        video[VIDEO, 20:] = soft.permute(0, 2, 3, 1).to(torch.uint8)
    return video


@pytest.mark.parametrize("kind", KINDS)
def test_the_worst_place_is_where_the_failure_was_planted(judge, real, kind):
    found = worst(judge, kind, "planted", planted(real, kind), SEAMS)
    assert found["video"] == VIDEO
    if kind in ("jump", "stall"):
        assert found["seam"] == SEAM and SEAM in found["frames"] and SEAM - 1 in found["frames"]
    else:
        assert found["frames"][-1] == 35
    assert found["score"] > worst(judge, kind, "honest", real, SEAMS)["score"] + 0.1


def test_a_jump_scores_far_above_any_honest_seam(judge, real):
    """Who stands still or turns back shows what he showed before, so that an honest seam may score above zero."""
    planted_score, honest = (worst(judge, "jump", "", video, SEAMS)["score"] for video in (planted(real, "jump"), real))
    assert planted_score > max(0, honest) + 5


def test_the_gallery_names_each_open_failure_s_worst_method_and_shows_its_frames(judge, real):
    names = dict(enumerate(["stall", "dimming", "texture"]))
    videos = {kind: planted(real, kind) for kind in names.values()}
    videos |= {method: planted(real, "jump") for _, method in WANTED if method}
    rows, arrays = failures(judge, videos, dict.fromkeys(videos, SEAMS), real)
    assert [row["kind"] for row in rows] == [kind for kind, _ in WANTED]
    assert [row["method"] for row in rows[3:]] == ["stall", "dimming", "texture"]
    for number, row in enumerate(rows):
        shown = videos[row["method"]][row["video"], row["frames"]]
        assert arrays[f"failure_{number}"].shape == (SHOWN, 64, 64, 3)
        assert (arrays[f"failure_{number}"] == shown.numpy()).all()


def test_a_method_that_does_not_fail_is_not_in_the_gallery(judge, real):
    videos = {method: real for _, method in WANTED if method} | {"other": real}
    assert failures(judge, videos, dict.fromkeys(videos, SEAMS), real) == ([], {})


def test_what_real_video_does_as_well_is_no_failure(judge, real):
    videos = {method: real for _, method in WANTED if method} | {"dark": planted(real, "dimming")}
    darker = (planted(real, "dimming") * 0.8).to(torch.uint8)
    darker[:, :10] = real[:, :10]
    for beside, kinds in ((real, {"dimming"}), (darker, set())):
        rows, _ = failures(judge, videos, dict.fromkeys(videos, SEAMS), beside)
        assert {row["kind"] for row in rows} & {"jump", "dimming"} == kinds


def test_detail_does_not_see_light_but_sharpness(real):
    brighter = (real.float() * 0.5 + 100).to(torch.uint8)
    assert torch.allclose(detail(brighter), 0.5 * detail(real), rtol=0.1, atol=2e-3)
    assert float(detail(torch.full((1, 1, 64, 64, 3), 90, dtype=torch.uint8))) == pytest.approx(0, abs=1e-6)
