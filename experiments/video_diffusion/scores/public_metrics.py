"""FID, FVD and temporal LPIPS by the maintained packages, with the public pretrained networks.

The packages are the extra `metrics` (`pip install -e ".[metrics]"`), their weights are downloads of their own. Nothing
is downloaded here: what is not on the machine is told in one line and left out. Videos are (N, T, 64, 64, 3) uint8.

FID: Heusel et al. 2017, torchmetrics. FVD: Unterthiner et al. 2018, cd-fvd (Ge et al. 2024). LPIPS: Zhang et al. 2018,
torchmetrics, here between neighbouring frames.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from experiments.errors import InputError

BATCH = 64  # frames or clips through a network at once
INCEPTION = "weights-inception-2015-12-05-6726825d.pth"
ALEXNET = "alexnet-owt-7be5be79.pth"
I3D = "i3d_pretrained_400.pt"


def public_scores(videos: Tensor, real: Tensor) -> tuple[dict[str, float], dict[str, str]]:
    """The scores that can be had here, and for each other one why not."""
    found, missing = {}, {}
    for name, measure in MEASURES.items():
        try:
            found[name] = measure(videos, real)
        except InputError as error:
            missing[name] = str(error)
    return found, missing


def fid(videos: Tensor, real: Tensor, network: int | torch.nn.Module = 2048) -> float:
    """Fréchet Inception distance of all frames. `network` takes images (N, 3, H, W) uint8; 2048 is Inception's pool
    layer. Raises InputError without package or weights."""
    need("FID", "torchmetrics", "torch_fidelity" if network == 2048 else "torchmetrics")
    if network == 2048:
        need_file("FID", hub(INCEPTION))
    from torchmetrics.image.fid import FrechetInceptionDistance

    distance = FrechetInceptionDistance(feature=network)
    for frames, of_real in ((real, True), (videos, False)):
        for images in frames.flatten(0, 1).permute(0, 3, 1, 2).split(BATCH):
            distance.update(images, real=of_real)
    return float(distance.compute())


def fvd(videos: Tensor, real: Tensor) -> float:
    """Fréchet video distance in the features of I3D. Raises InputError without package or weights."""
    need("FVD", "cdfvd")
    import cdfvd

    need_file("FVD", Path(cdfvd.__file__).parent / "third_party/i3d" / I3D)
    from cdfvd.fvd import cdfvd as Evaluator

    device = "cuda" if torch.cuda.is_available() else "cpu"
    evaluator = Evaluator("i3d", n_real="full", n_fake="full", device=device)
    return float(evaluator.compute_fvd(real.numpy(), videos.numpy()))


def temporal_lpips(videos: Tensor, real: Tensor | None = None, network: Callable | None = None) -> float:
    """Mean LPIPS between neighbouring frames; `real` does not enter. `network` takes two batches of images (N, 3, H, W)
    in [−1, 1] and gives their mean distance. Raises InputError without package or weights."""
    if network is None:
        need("temporal LPIPS", "torchmetrics", "torchvision")
        need_file("temporal LPIPS", hub(ALEXNET))
        from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

        network = LearnedPerceptualImagePatchSimilarity(net_type="alex")
    images = videos.permute(0, 1, 4, 2, 3).float() / 127.5 - 1
    first, second = images[:, :-1].flatten(0, 1), images[:, 1:].flatten(0, 1)
    total = 0.0
    with torch.no_grad():
        for one, other in zip(first.split(BATCH), second.split(BATCH), strict=True):
            total += len(one) * float(network(one, other))
    return total / len(first)


MEASURES = {"fid": fid, "fvd": fvd, "temporal_lpips": temporal_lpips}


def need(score: str, *packages: str) -> None:
    for package in packages:
        if find_spec(package) is None:
            raise InputError(f'{score}: the package {package} is missing; `pip install -e ".[metrics]"` brings it')


def need_file(score: str, path: Path) -> None:
    if not path.is_file():
        raise InputError(f"{score}: the weights {path.name} are missing; put them at {path}")


def hub(name: str) -> Path:
    """Where torch keeps downloaded weights."""
    return Path(torch.hub.get_dir()) / "checkpoints" / name
