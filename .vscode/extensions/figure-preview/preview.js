// A markdown-it plugin: pages of the site as Visual Studio Code's Markdown preview can show them.
const { expand } = require("./liquid.js");

const MEDIA = /<(?:img|video|source)\b(?:[^>"']|"[^"]*"|'[^']*')*>/gi;
const PICTURE = /<(?:img|video)\b[^<>]*?\ssrc="([^"<>]*)"[^<>]*>(?:<\/video>)?/gi;
const ADDRESS = /(\s(?:src|poster|srcset)\s*=\s*)(["'])\/(?!\/)([^"']*)\2/gi;
const INDENTED = /^<\/?(?:a|details|div|dl|figure|figcaption|img|p|picture|source|summary|table|video)\b/i;

/**
 * `folderOf(document's uri)` → uri of the opened folder, for which "/" stands in a page.
 * `exists(folder's uri, path)` → whether there is a file at a path counted from that folder.
 */
module.exports = function preview(md, { folderOf = () => undefined, exists = () => true } = {}) {
  md.core.ruler.after("normalize", "liquid", (state) => {
    if (!state.inlineMode) state.src = expand(state.src);
  });
  md.block.ruler.before("code", "indented_html", indentedHtml, { alt: [] });
  md.core.ruler.after("inline", "attributes", ({ tokens }) => tokens.forEach(({ children }) => children && attributes(children)));
  for (const kind of ["html_block", "html_inline"]) {
    const before = md.renderer.rules[kind];
    md.renderer.rules[kind] = (tokens, index, options, env, self) =>
      reachable(before(tokens, index, options, env, self), env ?? {}, folderOf, exists);
  }
  const image = md.renderer.rules.image;
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    // By now the editor has put its own address into src; what the page says it keeps beside.
    const address = tokens[index].attrGet("data-src") ?? tokens[index].attrGet("src") ?? "";
    return absent(address, env ?? {}, folderOf, exists) ?? image(tokens, index, options, env, self);
  };
};

/** kramdown's attributes behind a picture or a link, `{: width="200" .rounded}`: its sizes count here, the rest is no text. */
function attributes(children) {
  for (const [index, token] of children.entries()) {
    const given = token.type === "text" && /^\{:([^{}]*)\}/.exec(token.content);
    const before = children[index - 1];
    if (!given || !["image", "link_close", "code_inline", "em_close", "strong_close"].includes(before?.type)) continue;
    token.content = token.content.slice(given[0].length);
    if (before.type !== "image") continue;
    for (const [, name, value] of given[1].matchAll(/\b(width|height)\s*=\s*"?([\w.%]+)"?/g)) before.attrSet(name, value);
  }
}

/** A box with the path of a picture that is not there; null when it is, or when its address is none of a file here. */
function absent(address, env, folderOf, exists) {
  const path = /^(?:\.\.\/)*\/?(assets\/[^?#]*)/.exec(address)?.[1];
  const folder = path && env.currentDocument && folderOf(env.currentDocument);
  if (!folder || exists(folder, decoded(path))) return null;
  return `<span class="missing-picture">${path.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}</span>`;
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** In kramdown HTML stays HTML however far it is indented; in CommonMark four blanks make code of it. */
function indentedHtml(state, start, end, silent) {
  const text = state.src.slice(state.bMarks[start] + state.tShift[start], state.eMarks[start]);
  if (state.sCount[start] - state.blkIndent < 4 || !INDENTED.test(text)) return false;
  if (silent) return true;
  let next = start + 1;
  while (next < end && !state.isEmpty(next)) next += 1;
  const token = state.push("html_block", "", 0);
  token.map = [start, next];
  token.content = state.getLines(start, next, state.blkIndent, true);
  state.line = next;
  return true;
}

/** "/assets/…" → "../assets/…": the preview resolves against the page, and watches what is in containingImages. */
function reachable(html, env, folderOf, exists) {
  const shown = html.replace(PICTURE, (tag, address) => absent(address, env, folderOf, exists) ?? tag);
  return shown.replace(MEDIA, (tag) =>
    tag.replace(ADDRESS, (_, name, quote, path) => {
      const address = up(env.currentDocument, folderOf) + path;
      env.containingImages?.add(address);
      return `${name}${quote}${address}${quote}`;
    }),
  );
}

/** The way from a document up to the opened folder; pages lie one level below it. */
function up(document, folderOf) {
  const folder = document && folderOf(document);
  const inside = folder && document.path.startsWith(`${folder.path.replace(/\/$/, "")}/`);
  if (!inside) return "../";
  return "../".repeat(document.path.slice(folder.path.replace(/\/$/, "").length).split("/").length - 2) || "./";
}
