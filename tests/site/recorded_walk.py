"""A walk as the page draws it: what its canvas was given, the stances that were asked for, and what it cost."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Before the page's own scripts: every picture for the piece's canvas, and what its worker tells of each clip, are kept.
KEEP = """
globalThis.kept = { pictures: [], poses: [] };
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
  if (this.canvas.width === 64) kept.pictures.push(image.data.slice());
  return put.call(this, image, ...at);
};
const Plain = globalThis.Worker;
globalThis.Worker = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => data.drawn && kept.poses.push(...data.drawn.poses));
  }
};
"""
TAKE = """() => {
  const all = new Uint8Array(kept.pictures.length * 64 * 64 * 4);
  kept.pictures.forEach((one, k) => all.set(one, k * one.length));
  let text = "";
  for (let k = 0; k < all.length; k += 32768) text += String.fromCharCode(...all.subarray(k, k + 32768));
  return { pictures: btoa(text), poses: kept.poses.slice(0, kept.pictures.length) };
}"""


def keep(page) -> None:
    page.add_init_script(KEEP)


def take(page) -> tuple[np.ndarray, np.ndarray]:
    """Frames (T, 64, 64, 3) uint8 and poses (T, 3): x, y in blocks, heading in radians."""
    found = page.evaluate(TAKE)
    frames = np.frombuffer(base64.b64decode(found["pictures"]), np.uint8).reshape(-1, 64, 64, 4)[..., :3]
    return frames.copy(), np.array(found["poses"])


@dataclass(frozen=True)
class Cost:
    """Of the process of a page with a worker: seconds of one core that the worker's thread and all threads have used,
    memory now and at its peak in megabytes (resident; some 125 of them are there before anything is loaded)."""

    worker: float
    all: float
    now: float
    peak: float


def cost() -> Cost | None:
    """Of the page whose worker has worked most, among the browsers that this process has started."""
    found = [_cost(process) for process in _descendants(os.getpid())]
    return max((one for one in found if one), key=lambda one: one.worker, default=None)


def _cost(process: int) -> Cost | None:
    folder = Path(f"/proc/{process}")
    try:
        if b"--type=renderer" not in (folder / "cmdline").read_bytes():
            return None
        threads = {
            thread: int((thread / "schedstat").read_text().split()[0]) / 1e9 for thread in (folder / "task").iterdir()
        }
        of_workers = [used for thread, used in threads.items() if "Worker" in (thread / "comm").read_text()]
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    except OSError:  # a thread that has ended meanwhile
        return None
    memory = [int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]
    return Cost(max(of_workers, default=0.0), sum(threads.values()), *memory)


def _descendants(process: int) -> list[int]:
    children = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, fresh = [], [process]
    while fresh:
        fresh = [child for one in fresh for child in children.get(one, [])]
        found += fresh
    return found
