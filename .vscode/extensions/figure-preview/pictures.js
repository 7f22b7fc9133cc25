// Paths of pictures and films while writing: in includes, links, HTML and the front matter. No editor in here.
const fs = require("node:fs");
const path = require("node:path");

const MEDIA = /\.(?:png|jpe?g|gif|webp|svg|mp4|webm)$/i;
// Where a path is being typed: what stands before it, and what of it is there already.
const IN_LIQUID = /\{%-?\s*include\s+(?:figure|video)\.liquid\b(?:(?!%\}).)*\b(?:path|poster|url)=["'](?<typed>[^"'<>]*)$/s;
const ELSEWHERE = /(?:\]\(<?|\b(?:src|href|poster)=["'])(?<typed>[^\s"'()<>{}]*)$/;
const IN_FRONT = /^(?:img|og_image|thumbnail):\s*["']?(?<typed>[^\s"']*)$/;

/** Every picture and film below `assets/`, from the folder's root, those of the page's project first. */
function pictures(folder, document) {
  const found = [];
  const look = (place) => {
    for (const entry of entries(path.join(folder, place))) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) look(`${place}/${entry.name}`);
      else if (MEDIA.test(entry.name)) found.push(`${place}/${entry.name}`);
    }
  };
  look("assets");
  const own = `/${path.basename(document).split(".")[0]}/`;
  return found.sort((a, b) => b.includes(own) - a.includes(own) || (a < b ? -1 : 1));
}

function entries(place) {
  try {
    return fs.readdirSync(place, { withFileTypes: true });
  } catch {
    return [];
  }
}

/**
 * Pictures that go on from what is typed: {text, typed}, `typed` being how many characters they replace; null where no
 * path is being typed. `before` is the page up to the cursor, or a good piece of it.
 */
function completions(folder, document, before) {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const bare = IN_LIQUID.exec(before.slice(-2000)) ?? IN_FRONT.exec(line);
  const found = bare ?? ELSEWHERE.exec(line);
  if (!found) return null;
  const typed = found.groups.typed;
  const wanted = typed.replace(/^(?:\.\.\/)+|^\/+/, "").toLowerCase();
  return pictures(folder, document)
    .filter((place) => place.toLowerCase().startsWith(wanted) || path.basename(place).toLowerCase().startsWith(wanted))
    .map((place) => ({ text: bare ? place : `/${place}`, typed: typed.length }));
}

module.exports = { completions, pictures };
