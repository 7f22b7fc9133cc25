// What `--check` finds, for the editor to show, and how it is mended. Plain functions, without the editor.
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

/** The project's Python in a folder; undefined before it was set up. */
function python(folder, exists = fs.existsSync) {
  return [".venv/bin/python", ".venv/Scripts/python.exe"].map((place) => path.join(folder, place)).find((place) => exists(place));
}

/** Run the build in a folder with these arguments: [exit code, what it printed]. */
function build(folder, ...given) {
  return new Promise((resolve) => {
    const command = python(folder);
    if (!command) return resolve([127, ""]);
    execFile(command, ["build_figures.py", ...given], { cwd: folder, maxBuffer: 1 << 26 }, (error, out, err) =>
      resolve([error ? (typeof error.code === "number" ? error.code : 1) : 0, out || err]),
    );
  });
}

/** The faults of all pages, by path; null when they could not be looked for. */
async function faults(folder) {
  const [code, out] = await build(folder, "--check", "--json");
  if (code > 1) return null;
  try {
    return byPath(JSON.parse(out));
  } catch {
    return null;
  }
}

function byPath(listed) {
  const found = new Map();
  for (const fault of listed) found.set(fault.path, [...(found.get(fault.path) ?? []), fault]);
  return found;
}

/** What may be done about a fault whose place now holds `text`: an edit, a run of `--fix`, or nothing. */
function remedy(fault, text) {
  if (fault.by_fix) return { title: "Mend it with --fix", fix: true };
  if (fault.cure === null || text !== fault.was) return null;
  return { title: fault.cure ? `Write ${fault.cure}` : `Take ${fault.was} away`, text: fault.cure };
}

/** One after the other, however often it is asked for: what is asked for during a run is one more run after it. */
function inTurn(work) {
  let running, again;
  const go = async () => {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  };
  return () => {
    again = true;
    return (running ??= go());
  };
}

module.exports = { build, byPath, faults, inTurn, python, remedy };
