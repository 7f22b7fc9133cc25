"""Scores of generated video, each with a known floor (independent clips) and ceiling (real video).

Videos are (B, T, 64, 64, 3) uint8 tensors. A transition is a pair of neighbouring frames; there are T − 1 a video.
"""

import cv2
import numpy as np
import torch
from scipy import linalg
from torch import Tensor

from experiments.video_diffusion.model.autoencoder import to_images
from experiments.video_diffusion.scores.judge import Judge, blur


def blurred(videos: Tensor) -> Tensor:
    """Images (B, T, 3, 32, 32) as the judge sees them."""
    return torch.stack([blur(to_images(video)) for video in videos])


def psnr(frames: Tensor, truth: Tensor) -> Tensor:
    """Peak signal-to-noise ratio (N,), dB, of frames (N, …) uint8 against others; 70 where they are equal."""
    error = (frames.float() - truth.float()).square().flatten(1).mean(1) / 255**2
    return -10 * error.clamp(min=1e-7).log10()


def transition_validity(judge: Judge, videos: Tensor) -> Tensor:
    """Which transitions (B, T − 1) the judge finds possible; about 95 % of a real video's are."""
    with torch.no_grad():
        return torch.stack([judge.possible(*judge.windows(video)) for video in blurred(videos)])


def frame_features(judge: Judge, videos: Tensor) -> Tensor:
    """Features (B, T, d) of single frames: the judge's view of a frame paired with itself."""
    with torch.no_grad():
        return torch.stack([judge.features(video, video) for video in blurred(videos)])


def clip_features(judge: Judge, videos: Tensor) -> Tensor:
    """Features (B, T − 1, d) of transitions."""
    with torch.no_grad():
        return torch.stack([judge.features(*judge.windows(video)) for video in blurred(videos)])


def frechet_distance(first: Tensor, second: Tensor) -> float:
    """Of two feature sets (N, d) and (M, d). Biased upwards for few: compare only at equal numbers, beside the same
    distance between two real sets."""
    return moment_distance(moments(first), moments(second))


def moments(features: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d) of features (N, d)."""
    found = features.double().numpy()
    return found.mean(0), np.cov(found, rowvar=False)


def moment_distance(first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]) -> float:
    """‖μ₁ − μ₂‖² + tr(C₁ + C₂ − 2 (C₁C₂)^½) of two `moments`, as in Heusel et al. 2017."""
    (mean, one), (other, two) = first, second
    # tr (C₁C₂)^½ = tr (C₁^½ C₂ C₁^½)^½, whose argument is symmetric and has real eigenvalues.
    root = linalg.sqrtm(one + 1e-9 * np.eye(len(one))).real
    middle = np.sqrt(np.clip(linalg.eigvalsh(root @ two @ root), 0, None)).sum()
    away = mean - other
    return float(away @ away + np.trace(one) + np.trace(two) - 2 * middle)


def frame_change(videos: Tensor) -> Tensor:
    """Mean absolute change (B, T − 1) from frame to frame, on the scale 0 to 1."""
    images = videos.float() / 255
    return (images[:, 1:] - images[:, :-1]).abs().mean((2, 3, 4))


def seam_ratio(videos: Tensor, seams: list[int], start: int) -> Tensor:
    """Change at the seams over change elsewhere in the generated part (from frame `start`), one a video (B,).

    Ideal is 1. Below 1 the video stalls at its seams, above 1 it jumps.
    """
    change = frame_change(videos)
    at, elsewhere = split_transitions(videos.shape[1], seams, start)
    return change[:, at].mean(1) / change[:, elsewhere].mean(1)


def split_transitions(frames: int, seams: list[int], start: int) -> tuple[list[int], list[int]]:
    """Transition numbers at seams, and elsewhere in the generated part."""
    at = [seam - 1 for seam in seams]
    return at, [k for k in range(start, frames - 1) if k not in at]


def optical_flow(videos: Tensor) -> tuple[Tensor, Tensor]:
    """Farnebäck flow: mean magnitude (B, T − 1) in pixels, and its standard deviation over time (B,)."""
    magnitude = torch.tensor([[_flow(a, b) for a, b in zip(v[:-1], v[1:], strict=True)] for v in videos.numpy()])
    return magnitude, magnitude.std(1)


def _flow(first: np.ndarray, second: np.ndarray) -> float:
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (first, second)]
    flow = cv2.calcOpticalFlowFarneback(*grey, None, 0.5, 3, 15, 3, 5, 1.2, 0)
    return float(np.linalg.norm(flow, axis=-1).mean())


def brightness(videos: Tensor) -> Tensor:
    """Mean brightness (B, T) of each frame, 0 to 1."""
    return videos.float().mean((2, 3, 4)) / 255


def contrast(videos: Tensor) -> Tensor:
    """Standard deviation (B, T) of each frame over places and colours, 0 to 1."""
    return videos.float().std((2, 3, 4)) / 255
