"""Do the posters of a maze keep their colours from frame to frame?

Five saturated colours of posters (`raycaster.POSTERS`) occur nowhere else in a maze, so that pixels of them can be
counted. Orange is left out: the floor has it.
"""

import torch
from torch import Tensor

HUES = torch.tensor([[342, 374], [40, 64], [170, 208], [212, 255], [275, 335]])  # red, yellow, cyan, blue, purple; in °
SATURATION = 0.45  # above that of sky and grey floor
BRIGHT_SKY = 0.85  # a blue at least as bright may be the sky's
# Pixels of a colour that is there, and one more than those of a colour that is not.
NEAR, FAR = (15, 3), (5, 1)


def colour_pixels(videos: Tensor) -> Tensor:
    """Pixels of each of HUES in videos (B, T, H, W, 3) uint8: (B, T, 5)."""
    return torch.stack([_colour_pixels(video) for video in videos])  # one at a time stays in a CPU's cache


def _colour_pixels(video: Tensor) -> Tensor:
    red, green, blue = (video.float() / 255).unbind(-1)
    most = torch.maximum(torch.maximum(red, green), blue)
    spread = most - torch.minimum(torch.minimum(red, green), blue)
    vivid = (spread > SATURATION * most) & ~((most >= BRIGHT_SKY) & (most == blue))
    red, green, blue, most, spread = (part[vivid] for part in (red, green, blue, most, spread))
    sixth = torch.where(
        most == red,
        ((green - blue) / spread) % 6,
        torch.where(most == green, (blue - red) / spread + 2, (red - green) / spread + 4),
    )
    low, high = HUES.to(video.device).unbind(1)
    pixel, hue = ((60 * sixth[:, None] - low) % 360 < high - low).nonzero().unbind(1)
    frame = vivid.nonzero()[pixel, 0]
    return torch.bincount(len(HUES) * frame + hue, minlength=len(video) * len(HUES)).unflatten(0, (-1, len(HUES)))


def colour_changes(pixels: Tensor, size: tuple[int, int] = NEAR) -> tuple[Tensor, Tensor]:
    """(changed, compared), each (B, T − 1) bool, of `colour_pixels` (B, T, 5): neighbouring frames that both show a
    poster, and those of them in which one colour goes while another comes. A poster that leaves as another enters
    counts too: real video tells how often that is. With `size` FAR, posters of a few pixels count as well."""
    seen, gone = size
    there, missing = pixels >= seen, pixels < gone
    compared = there[:, :-1].any(-1) & there[:, 1:].any(-1)
    goes = (there[:, :-1] & missing[:, 1:]).any(-1)
    comes = (missing[:, :-1] & there[:, 1:]).any(-1)
    return goes & comes & compared, compared


def changed_share(pixels: Tensor, size: tuple[int, int] = NEAR) -> list[float]:
    """For every video whose `colour_pixels` (B, T, 5) can be compared, the share of its compared pairs that change."""
    changed, compared = colour_changes(pixels, size)
    some = compared.any(1)
    return (changed[some].float().sum(1) / compared[some].sum(1)).tolist()
