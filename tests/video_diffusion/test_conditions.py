"""Motion and memory as conditions: left out they change nothing, told they are seen by the frames that they are of."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from experiments.errors import InputError
from experiments.video_diffusion.memory.poses import compose
from experiments.video_diffusion.model.conditions import Conditions, motion_features
from experiments.video_diffusion.model.denoiser import Denoiser, DenoiserConfig
from experiments.video_diffusion.model.noise import KNOWN_LEVEL, training_levels
from experiments.video_diffusion.model.weight_files import save_weights
from experiments.video_diffusion.sampling.extension import extend
from experiments.video_diffusion.sampling.methods import PerFrameGuidance, PerFrameNoise
from experiments.video_diffusion.sampling.sampler import Scheme
from experiments.video_diffusion.training.warm_start import begin

SMALL = DenoiserConfig(width=16, inner_width=24, inner_blocks=1, heads=1, conditions=True)


def denoiser(seed: int = 0, awake: bool = True, **changes) -> Denoiser:
    """One whose zero layers have been given weights, as training would."""
    torch.manual_seed(seed)
    module = Denoiser(replace(SMALL, **changes))
    if awake:
        for name, parameter in module.named_parameters():
            if not name.startswith("expected_error") and parameter.abs().max() == 0:
                torch.nn.init.normal_(parameter, std=0.05)
    return module.eval()


def clips(count: int = 3):
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(count, 10, 8, 8, 8, generator=generator)
    t = torch.rand(count, 10, generator=generator)
    poses = torch.randn(count, 10, 3, generator=generator).cumsum(1) * 0.2
    views = torch.randn(count, 10, 9, 8, 8, generator=generator)
    return z, t, poses, views


def test_without_conditions_the_network_is_the_one_from_before_them():
    """Same weights, with and without the new parts: same estimate, bit by bit."""
    new, old = denoiser(), denoiser(conditions=False)
    old.load_state_dict({key: value for key, value in new.state_dict().items() if not key.startswith(Denoiser.grown)})
    z, t, _, _ = clips()
    with torch.no_grad():
        assert torch.equal(new(z, t), old(z, t))


def test_a_condition_told_of_no_clip_is_none():
    z, t, poses, views = clips()
    nobody = torch.zeros(3, dtype=torch.bool)
    module = denoiser()
    with torch.no_grad():
        told = module(z, t, known=Conditions(poses, views, nobody, nobody))
        torch.testing.assert_close(told, module(z, t))
        some = module(z, t, known=Conditions(poses, views, torch.tensor([True, False, False]), nobody))
    assert not torch.allclose(some[0], told[0])
    torch.testing.assert_close(some[1:], told[1:])


def test_new_parts_add_nothing_before_training():
    z, t, poses, views = clips()
    module = denoiser(awake=False)
    torch.nn.init.normal_(module.leave[-1].weight)
    with torch.no_grad():
        assert torch.equal(module(z, t, known=Conditions(poses, views)), module(z, t))


def test_where_the_world_begins_does_not_matter():
    _, _, poses, _ = clips()
    world = torch.tensor([5.0, -3.0, 1.1])
    torch.testing.assert_close(motion_features(compose(world, poses)), motion_features(poses), atol=1e-4, rtol=1e-4)


def test_a_walk_and_its_reversal_tell_opposite_motions():
    """What lies ahead of a frame in one of them lies behind it in the other: before and after change places."""
    _, _, poses, _ = clips()
    there, back = motion_features(poses), motion_features(poses.flip(1)).flip(1)
    torch.testing.assert_close(there[..., :7], back[..., 7:14])
    torch.testing.assert_close(there[..., 7:14], back[..., :7])


def test_a_network_without_conditions_refuses_them():
    z, t, poses, _ = clips()
    with pytest.raises(InputError, match="without motion and memory"):
        denoiser(conditions=False)(z, t, known=Conditions(poses))


def test_training_begins_with_weights_from_before_the_conditions(tmp_path: Path):
    old = denoiser(3, conditions=False)
    save_weights(old, tmp_path / "denoiser.safetensors", {})
    new = denoiser(4, awake=False)
    begin(new, tmp_path / "denoiser.safetensors")
    z, t, poses, views = clips()
    with torch.no_grad():
        torch.testing.assert_close(new(z, t, known=Conditions(poses, views)), old(z, t), atol=0.02, rtol=0.02)
    save_weights(denoiser(inner_width=40), tmp_path / "denoiser.safetensors", {})
    with pytest.raises(InputError, match="of another network"):
        begin(new, tmp_path / "denoiser.safetensors")


@pytest.mark.parametrize("method", [PerFrameNoise(), PerFrameGuidance()])
def test_every_clip_of_a_long_video_is_told_its_own_part(method):
    """The frames of a clip, and the part of them that a method denoises alone, come with the poses they have."""
    path = torch.arange(40.0)[None, :, None].expand(1, 40, 3)
    asked = []

    def spy(z, t, condition, memory, known):
        asked.append(known.poses[0, :, 0].tolist())
        assert known.poses.shape[:2] == z.shape[:2]
        return torch.zeros_like(z)

    def tell(video, first, frames):
        assert first == video.shape[1] - method.overlap
        return Conditions(path[:, first : first + frames])

    start = torch.randn(1, 10, 8, 8, 8)
    made = extend(spy, method, start, 20, Scheme(2), generator=torch.Generator().manual_seed(0), tell=tell)
    assert torch.equal(made.latents[:, :10], start)  # given frames stay untouched
    assert [5 + k for k in range(10)] in asked and [10 + k for k in range(10)] in asked
    if isinstance(method, PerFrameGuidance):
        assert [10 + k for k in range(5)] in asked  # the history forgotten


def test_a_share_of_the_training_clips_goes_on_from_known_frames():
    generator = torch.Generator().manual_seed(0)
    t = training_levels(4000, 10, 0.2, generator, continuing=0.5)
    continuing = (t[:, :5].amax(1) <= KNOWN_LEVEL) & (t[:, 5:] == t[:, 5:6]).all(1) & (t[:, 9] > KNOWN_LEVEL)
    assert float(continuing.float().mean()) == pytest.approx(0.8 * 0.5, abs=0.03)
    before = training_levels(4000, 10, 0.2, torch.Generator().manual_seed(0))
    after = training_levels(4000, 10, 0.2, torch.Generator().manual_seed(0), continuing=0.0)
    assert torch.equal(before, after)
