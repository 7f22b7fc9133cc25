// Where the site shows a page.

/** The address that a page's front matter gives it; the list of all projects when it gives none. */
function addressOf(text) {
  const front = /^\ufeff?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*$/m.exec(text)?.[1] ?? "";
  return /^permalink:\s*["']?(\/[^\s"'#]*)/m.exec(front)?.[1] ?? "/projects/";
}

module.exports = { addressOf };
