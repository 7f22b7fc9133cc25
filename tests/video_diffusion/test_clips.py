import torch

from experiments.video_diffusion.data import EPISODE, open_source
from experiments.video_diffusion.model.shipped_weights import WALKS
from experiments.video_diffusion.sampling.methods import Method
from experiments.video_diffusion.sampling.methods.autoguidance import Autoguidance
from experiments.video_diffusion.sampling.trained_models import Models
from experiments.video_diffusion.studies.clips import Config, generate, real_clips


def test_real_clips_come_from_anywhere_in_a_walk_as_those_of_training_do():
    clips, walks = real_clips("test", 40, 6, 10).numpy(), open_source(WALKS, "test", EPISODE)
    starts = []
    for clip, number in zip(clips, range(40, 46), strict=True):
        frames = walks.episode(number).frames
        starts += [first for first in range(EPISODE - 9) if (frames[first : first + 10] == clip).all()]
    assert len(starts) >= 6 and max(starts) - min(starts) > 20
    assert (real_clips("test", 40, 6, 10, slice(2, 4)).numpy() == clips[2:4]).all()


def test_clips_with_and_without_guidance_start_from_the_same_noises():
    models, config = Models(torch.device("cpu")), Config(clips=3, steps=3)
    free, unmoved, guided = (
        generate(models, models.denoise, method, config)
        for method in (Method(), Autoguidance(guide=models.guide_denoise, weight=0.0), models.autoguidance())
    )
    assert free.shape == (3, 10, 64, 64, 3) and torch.equal(free, unmoved)
    assert not torch.equal(free, guided)
