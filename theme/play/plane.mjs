// The plane on a canvas: a density as a shade and particles as dots.

// A canvas of side × side cells, value(index) in 0 … 1, the first row on top. Dark mode inverts it (player.css).
export function shade(side, value) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.className = "density";
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) image.data[4 * i + 3] = 90 * value(i);
  context.putImageData(image, 0, 0);
  return canvas;
}

// coordinate(2 i) and coordinate(2 i + 1): where particle i is, in 0 … 1 from the lower left corner.
export function cloud(context, colour, count, coordinate) {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  context.globalAlpha = 0.8;
  context.beginPath(); // one path for all: a fill each costs phones most of a picture's time
  const radius = width / 90;
  for (let i = 0; i < count; i++) {
    const [x, y] = [coordinate(2 * i) * width, (1 - coordinate(2 * i + 1)) * height];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 7);
  }
  context.fill();
}
