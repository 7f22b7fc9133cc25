// A walk to keep: its last frames as a GIF of full frames.
const SCALE = 4;

// pictures: RGBA bytes of size × size; fps: frames a second. Returns a Blob. engine: the folder of gifenc.
export async function gif(pictures, size, fps, engine) {
  const { GIFEncoder, quantize, applyPalette } = await import(new URL("gifenc.esm.js", engine));
  const encoder = GIFEncoder();
  const delay = Math.round(1000 / fps);
  for (const picture of pictures) {
    const large = enlarged(picture, size);
    const palette = quantize(large, 256);
    encoder.writeFrame(applyPalette(large, palette), size * SCALE, size * SCALE, { palette, delay });
    await new Promise((done) => setTimeout(done)); // the page goes on
  }
  encoder.finish();
  return new Blob([encoder.bytes()], { type: "image/gif" });
}

function enlarged(picture, size) {
  const [from, side] = [new Uint32Array(picture.slice().buffer), size * SCALE];
  const to = Uint32Array.from({ length: side * side }, (_, k) =>
    from[Math.floor(k / side / SCALE) * size + Math.floor((k % side) / SCALE)]);
  return new Uint8ClampedArray(to.buffer);
}

// An MP4 of the same, where the browser can record one: it plays the frames once, at their speed, and each of them is handed
// over by itself. H.264 where there is a choice, for every player knows it.
const MP4 = ["video/mp4;codecs=avc1.42001f", "video/mp4"];
const kind = () => MP4.find((one) => globalThis.MediaRecorder?.isTypeSupported?.(one));
export const recordable = () => Boolean(kind());

export async function mp4(pictures, size, fps) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size * SCALE, height: size * SCALE });
  const pen = canvas.getContext("2d");
  const stream = canvas.captureStream(0);
  const recorder = new MediaRecorder(stream, { mimeType: kind(), videoBitsPerSecond: 4e6 });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((done, failed) => Object.assign(recorder, { onstop: done, onerror: ({ error }) => failed(error) }));
  recorder.start();
  for (const picture of pictures) {
    pen.putImageData(new ImageData(enlarged(picture, size), size * SCALE), 0, 0);
    stream.getVideoTracks()[0].requestFrame();
    await new Promise((done) => setTimeout(done, 1000 / fps));
  }
  recorder.stop();
  await ended;
  return new Blob(parts, { type: "video/mp4" });
}

export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
