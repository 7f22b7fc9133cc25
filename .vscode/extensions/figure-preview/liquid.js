// Jekyll's tags in a page become what the site would show. Every line keeps its number, or the preview's scrolling and
// the editor's would drift apart.

const PARAMETER = /([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)/g;
const FRONT_MATTER = /^\ufeff?---[ \t]*\n(?:[\s\S]*?\n)?---[ \t]*(?:\n|$)/;
const SIZES = ["width", "height", "min-width", "max-width", "min-height", "max-height"];

// Code and comments come first and are left alone: whoever writes about a tag wants to see it.
const TOKENS = new RegExp(
  [
    /^(?<fence> {0,3}(?<marks>`{3,}|~{3,})[^\n]*\n(?:[\s\S]*?^ {0,3}\k<marks>[`~]*[ \t]*$|[\s\S]*))/,
    /(?<code>(?<!`)(?<ticks>`+)(?!`)[^\n]*?[^`\n]\k<ticks>(?!`))/,
    /(?<html><!--[\s\S]*?-->)/,
    /\{%-?\s*raw\s*-?%\}(?<raw>[\s\S]*?)\{%-?\s*endraw\s*-?%\}/,
    /(?<comment>\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\})/,
    /\{%-?\s*include\s+(?<include>figure|video)\.(?:liquid|html)(?<given>(?:\s+[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|(?!-?%\})[^\s"']+))*)\s*-?%\}/,
    /\{\{-?\s*(?<quote>["'])(?<address>[^"'\n]*)\k<quote>\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.baseurl)\s*-?\}\}/,
    /(?<base>\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\})/,
    /(?<=^#{1,6} .*)[ \t]*\{#(?<id>[\w-]+)\}[ \t]*$/,
    /(?<attributes>^\{:[^\n]*\}[ \t]*$)/,
    /^\[\^(?<note>[\w-]+)\]:/,
    /\[\^(?<reference>[\w-]+)\](?!\()/,
    /(?<!\$)\$\$(?!\$)(?<tex>(?:\\.|[^$\\\n])+?)\$\$(?!\$)/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gm",
);

/** A page's source with its includes as HTML; addresses stay as they are on the site, "/assets/…". */
function expand(source) {
  const front = FRONT_MATTER.exec(source)?.[0] ?? "";
  return front + source.slice(front.length).replace(TOKENS, (whole, ...rest) => replacement(whole, rest.at(-1), rest.at(-3), rest.at(-2)));
}

function replacement(whole, found, offset, source) {
  if (found.fence || found.code || found.html) return whole;
  if (found.raw !== undefined) return found.raw;
  if (found.include) return media(found.include, parameters(found.given), whole) ?? whole;
  if (found.address !== undefined) return rooted(found.address);
  if (found.tex !== undefined) return alone(source, offset, whole.length) ? whole : `$${found.tex.trim()}$`;
  // Footnotes, which the editor's Markdown does not know: what they say stays where it is written.
  if (found.note) return `<sup id="fn-${found.note}">${found.note}</sup>`;
  if (found.reference) return `<sup><a href="#fn-${found.reference}">${found.reference}</a></sup>`;
  if (found.id) return ` <span id="${found.id}"></span>`;
  return whole.replace(/[^\n]/g, ""); // Liquid comments, the base address, kramdown's attributes: nothing to see
}

/** Does a formula stand on lines of its own? Only then kramdown displays it; the editor's maths would display any $$. */
function alone(source, offset, length) {
  const before = source.slice(source.lastIndexOf("\n", offset - 1) + 1, offset);
  const after = source.slice(offset + length).split("\n", 1)[0];
  return /^[\s>]*$/.test(before) && !after.trim();
}

/** Name → text, or true; a parameter whose value is a variable is not known here. */
function parameters(text) {
  const given = {};
  for (const [, name, value] of text.matchAll(PARAMETER)) {
    if (/^["']/.test(value)) given[name] = value.slice(1, -1);
    else if (value === "true") given[name] = true;
    else if (/^\d+$/.test(value)) given[name] = value;
  }
  return given;
}

/** The HTML of one include, or null when it names no file. */
function media(kind, given, whole) {
  const address = given.path ?? given.url;
  if (typeof address !== "string" || !address) return null;
  const path = rooted(address);
  const common = [attribute("title", given.title), attribute("class", given.class), style(given)];
  let inner = `<img src="${escape(path)}" alt="${escape(given.alt ?? given.title ?? "")}"${common.join("")}>`;
  if (kind === "video") {
    const flags = ["autoplay", "loop", "muted"].filter((flag) => given[flag] && given[flag] !== "false");
    const poster = given.poster ? attribute("poster", rooted(given.poster)) : "";
    const label = attribute("aria-label", given.alt ?? given.title);
    inner = /\.(mp4|webm|ogg)$/i.test(path)
      ? `<video src="${escape(path)}" controls${flags.map((flag) => ` ${flag}`).join("")}${poster}${label}${common.join("")}></video>`
      : `<a href="${escape(path)}">${escape(given.title ?? path)}</a>`;
  }
  // A line break inside the tag holds the line's place without ending the block of HTML, as an empty line would.
  const breaks = (whole.match(/\n[ \t]*/g) ?? []).map((line) => `${line}data-line`).join("");
  const caption = typeof given.caption === "string" ? `<figcaption class="caption">${given.caption.replace(/\s+/g, " ")}</figcaption>` : "";
  return `<figure${breaks}>${inner}${caption}</figure>`;
}

/** Where a path lies, counted from the site's root, as the site's own includes do. */
function rooted(path) {
  return /^[a-z][a-z\d+.-]*:|^\/\//i.test(path) ? path : `/${path.replace(/^(?:\.\.\/)+|^\/+/, "")}`;
}

function style(given) {
  const rules = SIZES.filter((name) => typeof given[name] === "string").map(
    (name) => `${name}:${/^\d+$/.test(given[name]) ? `${given[name]}px` : given[name]}`,
  );
  return attribute("style", rules.join(";"));
}

function attribute(name, value) {
  return typeof value === "string" && value ? ` ${name}="${escape(value)}"` : "";
}

/** Text for a quoted attribute; entities that are there already stay, and no character may end the block. */
function escape(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return String(text)
    .replace(/\s+/g, " ")
    .replace(/&(?!#?\w+;)|[<>"]/g, (character) => entities[character]);
}

module.exports = { expand, rooted };
