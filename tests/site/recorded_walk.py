"""A walk as the page draws it: the frames that its canvas was given, and the stances that they were asked to be seen from."""

import base64

import numpy as np

# Before the page's own scripts: every picture for the piece's canvas, and what its worker tells of each clip, are kept.
KEEP = """
globalThis.kept = { pictures: [], poses: [] };
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
  if (this.canvas.isConnected || this.canvas.getAttribute("role")) if (this.canvas.width === 64) kept.pictures.push(image.data.slice());
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
    return frames.copy(), np.array(found["poses"])[: len(frames)]
