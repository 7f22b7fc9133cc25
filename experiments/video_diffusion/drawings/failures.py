"""Where long videos fail: the worst places, found by a rule and not by taste."""

from matplotlib.figure import Figure

from experiments.results import Result
from experiments.video_diffusion.drawings.names import COLOURS, LABELS
from experiments.video_diffusion.drawings.strips import draw_strips

KINDS = {
    "jump": "jumps back",
    "stall": "stands still",
    "dimming": "gets darker",
    "texture": "loses its texture",
}


def failures(result: Result) -> Figure:
    """One row a failure: the frames around a seam, or from first to last where it comes slowly."""
    rows = []
    for number, found in enumerate(result.values["failures"]):
        title = f"{LABELS[found['method']]}: {KINDS[found['kind']]}"
        frames, seam = found["frames"], found["seam"]
        close = frames == list(range(frames[0], frames[-1] + 1))
        seams = [frames.index(seam)] if close and seam in frames[1:] else []
        rows.append((title, COLOURS[found["method"]], result.arrays[f"failure_{number}"], seams))
    if all(seams for *_, seams in rows):
        return draw_strips(rows, "every frame before and after an orange bar, the seam")
    return draw_strips(rows, "rows with a seam show every frame, the others the whole video")
