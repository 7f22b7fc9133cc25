"""Do the posters of a maze keep their colours from frame to frame?

Five saturated colours of posters (`raycaster.POSTERS`) occur nowhere else in a maze, so that pixels of them can be
counted. Orange is left out: the floor has it.
"""

import torch
from torch import Tensor

HUES = torch.tensor([[342, 374], [40, 64], [170, 208], [212, 255], [275, 335]])  # red, yellow, cyan, blue, purple; in °
SATURATION = 0.45  # above that of sky and grey floor
BRIGHT_SKY = 0.85  # a blue at least as bright may be the sky's
SEEN, GONE = 15, 3  # pixels of a colour that is there, and fewer than these of one that is not


def colour_pixels(videos: Tensor) -> Tensor:
    """Pixels of each of HUES in videos (B, T, H, W, 3) uint8: (B, T, 5)."""
    red, green, blue = (videos.float() / 255).unbind(-1)
    most = torch.maximum(torch.maximum(red, green), blue)
    spread = most - torch.minimum(torch.minimum(red, green), blue)
    safe = spread.clamp(min=1e-4)
    sixth = torch.where(
        most == red,
        ((green - blue) / safe) % 6,
        torch.where(most == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    hue = (60 * sixth)[..., None]
    low, high = HUES.to(videos.device).unbind(1)
    vivid = (spread > SATURATION * most) & ~((most >= BRIGHT_SKY) & (most == blue))
    return (vivid[..., None] & ((hue - low) % 360 < high - low)).sum((2, 3))


def colour_changes(videos: Tensor) -> tuple[Tensor, Tensor]:
    """(changed, compared), each (B, T − 1) bool: neighbouring frames that both show a poster, and those of them in
    which one colour goes while another comes. A poster that leaves as another enters counts too: real video tells how
    often that is."""
    pixels = colour_pixels(videos)
    there, missing = pixels >= SEEN, pixels < GONE
    compared = there[:, :-1].any(-1) & there[:, 1:].any(-1)
    gone = (there[:, :-1] & missing[:, 1:]).any(-1)
    come = (missing[:, :-1] & there[:, 1:]).any(-1)
    return gone & come & compared, compared


def changed_share(videos: Tensor) -> list[float]:
    """For every video (B, T, H, W, 3) that can be compared, the share of its compared pairs that change."""
    changed, compared = colour_changes(videos)
    some = compared.any(1)
    return (changed[some].float().sum(1) / compared[some].sum(1)).tolist()
