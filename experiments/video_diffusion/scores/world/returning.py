"""The return test: where the walk sees a place again that the given frames showed, is what stood there there again?

Read off by the scene reader in the made frame and in the true one: how far the walls are in every direction, the
colours of the floor, the posters. A frame passes when nearly all of it agrees.
"""

from torch import Tensor

from experiments.video_diffusion.scores.readers.scene import Reading

WALLS, FLOOR, POSTERS = 0.8, 0.8, 0.5  # shares that must agree
DEPTH = 0.25  # how far a depth may be off, as a share of it
FAR = 4.0  # blocks: beyond, far is far
SURE = 2.0  # logit of a tile that the truth is sure of


def returned(made: Reading, true: Reading) -> Tensor:
    """Which frames (N,) show what is really there."""
    one, other = (1 / read.inverse_depth.clamp(min=1 / FAR) for read in (made, true))
    walls = ((one / other).log().abs() < DEPTH).float().mean(1) >= WALLS
    sure = true.orange.abs() > SURE
    same = ((made.orange > 0) == (true.orange > 0)) & sure
    floor = same.sum((1, 2)) >= FLOOR * sure.sum((1, 2))
    chances = true.poster.softmax(1)
    hung = (true.poster.argmax(1) > 0) & (chances.amax(1) > 0.6) & (true.inverse_depth > 0.5)
    alike = (made.poster.argmax(1) == true.poster.argmax(1)) & hung
    posters = alike.sum(1) >= POSTERS * hung.sum(1)
    return walls & floor & posters
