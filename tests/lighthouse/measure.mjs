// Lighthouse's four scores of the built site, mobile profile, from a server that compresses as GitHub's does.
//   node measure.mjs [FOLDER of the built site] [PATH …]        CHROME_PATH names the browser
// Prints a table; exits with 1 where a score is below the goal. Several runs a page: the median counts.
import { spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { createBrotliCompress, createGzip } from "node:zlib";
import lighthouse from "lighthouse";

const FOLDER = process.argv[2] ?? "../../_site";
const PATHS = process.argv.slice(3);
const RUNS = Number(process.env.RUNS ?? 1);
const GOAL = { performance: 97, accessibility: 100, "best-practices": 100, seo: 100 };
const KINDS = {
  ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml", ".xml": "application/xml",
  ".txt": "text/plain; charset=utf-8", ".png": "image/png", ".webp": "image/webp", ".gif": "image/gif", ".mp4": "video/mp4",
  ".woff2": "font/woff2",
};
const COMPRESSED = new Set([".html", ".css", ".js", ".mjs", ".json", ".svg", ".xml", ".txt"]);

const server = createServer((request, response) => {
  let path = join(FOLDER, normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)));
  if (existsSync(path) && statSync(path).isDirectory()) path = join(path, "index.html");
  const found = existsSync(path);
  if (!found) path = join(FOLDER, "404.html");
  const kind = extname(path);
  const headers = { "content-type": KINDS[kind] ?? "application/octet-stream", "cache-control": "max-age=600" };
  const accepted = request.headers["accept-encoding"] ?? "";
  const coding = COMPRESSED.has(kind) ? (accepted.includes("br") ? "br" : accepted.includes("gzip") ? "gzip" : "") : "";
  if (coding) headers["content-encoding"] = coding;
  response.writeHead(found ? 200 : 404, headers);
  const file = createReadStream(path);
  if (coding) file.pipe(coding === "br" ? createBrotliCompress({ params: { 1: 5 } }) : createGzip()).pipe(response);
  else file.pipe(response);
});

// A headless browser with its debugging port; resolves to the port and a way to end it.
async function browser() {
  const program = process.env.CHROME_PATH ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!program) throw new Error("no Chromium found: set CHROME_PATH");
  const profile = mkdtempSync(join(tmpdir(), "lighthouse-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"];
  const child = spawn(program, flags, { stdio: "ignore" });
  const file = join(profile, "DevToolsActivePort");
  for (let k = 0; k < 600 && !existsSync(file); k++) await new Promise((resolve) => setTimeout(resolve, 100));
  return { port: Number(readFileSync(file, "utf8").split("\n")[0]), end: () => child.kill() };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(address, port) {
  const reports = [];
  for (let k = 0; k < RUNS; k++) {
    const { lhr } = await lighthouse(address, { port, output: "json", logLevel: "error", onlyCategories: Object.keys(GOAL) });
    if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
    reports.push(lhr);
  }
  const scores = Object.fromEntries(Object.keys(GOAL).map((name) => [name, median(reports.map((one) => Math.round(100 * one.categories[name].score)))]));
  const last = reports.at(-1);
  const value = (name) => median(reports.map((one) => one.audits[name].numericValue));
  const failed = Object.keys(GOAL).slice(1).flatMap((name) => last.categories[name].auditRefs)
    .map(({ id }) => last.audits[id]).filter(({ score }) => score !== null && score < 1).map(({ id }) => id);
  return {
    scores, failed, machine: median(reports.map((one) => one.environment.benchmarkIndex)),
    timing: { paint: value("first-contentful-paint"), largest: value("largest-contentful-paint"), blocking: value("total-blocking-time"), shift: value("cumulative-layout-shift"), bytes: value("total-byte-weight") },
  };
}

const pages = PATHS.length ? PATHS : ["/", "/zh/", "/projects/video_diffusion/", "/projects/zh/video_diffusion/", "/projects/pzodmc/", "/projects/zh/pzodmc/"];
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const { port, end } = await browser();
let short = 0;
const speeds = [];
console.log("page".padEnd(34), "perf  acc  best  seo   first paint  largest  blocking  shift    KB");
try {
  for (const path of pages) {
    const { scores, timing, failed, machine } = await measure(origin + path, port);
    speeds.push(machine);
    const numbers = Object.values(scores).map((score) => String(score).padStart(4)).join(" ");
    console.log(path.padEnd(34), numbers, `  ${(timing.paint / 1000).toFixed(2)} s      ${(timing.largest / 1000).toFixed(2)} s   ${Math.round(timing.blocking).toString().padStart(4)} ms   ${timing.shift.toFixed(3)}  ${Math.round(timing.bytes / 1024).toString().padStart(5)}${failed.length ? `  (${failed.join(", ")})` : ""}`);
    if (Object.entries(GOAL).some(([name, goal]) => scores[name] < goal)) short++;
  }
} finally {
  end();
  server.close();
}
console.log(`Speed of this machine while it measured, Lighthouse's benchmark index: ${Math.round(Math.min(...speeds))} to ${Math.round(Math.max(...speeds))}. Below about 1000 it is slow or busy, and blocking times are too long.`);
if (short) console.log(`${short} of ${pages.length} pages are below the goal: performance ${GOAL.performance}, the others 100.`);
process.exit(short ? 1 : 0);
