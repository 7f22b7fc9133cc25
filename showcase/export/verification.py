"""The site built with its own Jekyll, in a copy of it, and what became of the exported pages there."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from experiments.errors import InputError
from showcase.export.plan import Plan
from showcase.export.site import AWAY
from showcase.export.writing import carry_out
from showcase.frontmatter import table as front

LIMIT = 600  # seconds for one build
LINK = re.compile(r"<a\b[^>]*\bhref=[\"']?([^\"' >]+)")
PICTURE = re.compile(r"<(?:img|source|video)\b[^>]*?\b(?:src|srcset|poster)=[\"']([^\"']+)")
SET = re.compile(r"mathjax|katex", re.IGNORECASE)
RAW = re.compile(r"\\\(|\\\[|\$\$")
SCRIPT = re.compile(r"<(script|style|pre|code)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
SHARED = re.compile(r"Conflict:.*?(?=^\s*$|Conflict:|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Report:
    lines: list[str]
    wrong: int


def verify(plan: Plan) -> Report:
    """Build and look. Raises InputError, with the last line of what was said, when the site cannot be built here."""
    if shutil.which("bundle") is None:
        raise InputError("--verify: no Bundler on this machine, so that the site cannot be built here")
    with tempfile.TemporaryDirectory() as place:
        source, made = Path(place, "site"), Path(place, "www")
        _copy(plan.site.folder, source)
        carry_out(plan, source)
        print(f"Building a copy of the site with its own Jekyll, for {LIMIT // 60} minutes at most …", flush=True)
        log = _jekyll(plan, source, made)
        lines, wrong = [], 0
        html = {path: path.read_text(encoding="utf-8", errors="replace") for path in made.rglob("*.html")}
        addresses = {path: str(front(text).get("permalink") or "") for path, text in plan.exported().items()}
        baseurl = str(plan.site.config.get("baseurl") or "").rstrip("/")
        links = {file: _led_to(file, text, made, baseurl) for file, text in html.items()}
        ways = _ways(links, {_file(made, address) for address in addresses.values()})
        for path, address in addresses.items():
            said, bad = _page(html, ways, made, baseurl, address)
            lines.append(f"{path}: {said}")
            wrong += bad
        ours = [change.path.name for change in plan.changes if change.ours]
        for conflict in SHARED.findall(log):
            if any(name in conflict for name in ours):
                lines.append(f"conflict: {' '.join(conflict.split())[:300]}")
                wrong += 1
    return Report([*lines, f"Verified: {len(plan.exported())} pages, {wrong} wrong."], wrong)


def _copy(site: Path, target: Path) -> None:
    left_out = AWAY - {"bin", "test", "tests", ".showcase", ".bundle"}
    shutil.copytree(
        site,
        target,
        symlinks=True,
        ignore=lambda folder, names: left_out & set(names) if Path(folder) == site else (),
    )
    for name in ("vendor", "node_modules"):  # large, and read only
        if (site / name).is_dir():
            (target / name).symlink_to((site / name).resolve(), target_is_directory=True)


def _jekyll(plan: Plan, source: Path, made: Path) -> str:
    command = ["bundle", "exec", "jekyll", "build", "--source", str(source), "--destination", str(made)]
    environment = {**os.environ, "JEKYLL_ENV": "production", "BUNDLE_GEMFILE": str(source / "Gemfile")}
    if not (source / "Gemfile").is_file():
        del environment["BUNDLE_GEMFILE"]
    try:
        run = subprocess.run(
            command,
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"--verify: the site was not built after {LIMIT // 60} minutes") from error
    if run.returncode:
        said = [line.strip() for line in (run.stdout + run.stderr).splitlines() if line.strip()]
        told = next(
            (line for line in said if re.search(r"error|exception|could not find", line, re.I)), (said or ["?"])[-1]
        )
        raise InputError(f"--verify: {plan.site.folder} cannot be built here: {told.replace(str(source), '.')[:300]}")
    return run.stdout + run.stderr


def _page(html: dict[Path, str], ways: dict[Path, Path], made: Path, baseurl: str, address: str) -> tuple[str, bool]:
    """What a reader of this page meets, in words, and whether something of it is wrong."""
    file = _file(made, address)
    if file not in html:
        return "not built", True
    told, wrong, text = ["built"], file not in ways, html[file]
    if file in ways:
        told.append(f"reached from /{ways[file].relative_to(made).as_posix().removesuffix('index.html')}")
    else:
        told.append("no page of the site leads to it")
    if raw := len(RAW.findall(SCRIPT.sub("", text))):
        typeset = bool(SET.search(text))
        told.append("formulas are set by the reader's browser" if typeset else f"formulas raw: {raw}")
        wrong |= not typeset
    if missing := sorted(set(_missing(text, made, baseurl, address))):
        told.append(f"pictures missing: {len(missing)} ({', '.join(missing[:3])})")
        wrong = True
    return "; ".join(told), wrong


def _file(made: Path, address: str) -> Path:
    place = made / address.strip("/")
    return place / "index.html" if address.endswith("/") or not place.suffix else place


def _led_to(page: Path, text: str, made: Path, baseurl: str) -> set[Path]:
    """The files of the site that a page links."""
    here = f"{baseurl}/{page.relative_to(made).as_posix()}"
    paths = (urlsplit(urljoin(here, unescape(link))).path for link in LINK.findall(text))
    return {_file(made, unquote(path[len(baseurl) :])) for path in paths if path.startswith(f"{baseurl}/")} - {page}


def _ways(links: dict[Path, set[Path]], exported: set[Path]) -> dict[Path, Path]:
    """Exported page → the page that leads to it, where the site's own pages lead there, at once or by another one."""
    ways: dict[Path, Path] = {}
    waiting = sorted(set(links) - exported)
    while waiting:
        page = waiting.pop(0)
        for target in sorted(links[page] & exported - ways.keys()):
            ways[target] = page
            waiting += [target] if target in links else []
    return ways


def _missing(text: str, made: Path, baseurl: str, address: str) -> Iterator[str]:
    for given in PICTURE.findall(text):
        for one in given.split(","):
            link = unescape(one.strip().split(" ")[0])
            if not link or re.match(r"[a-z]+:|//|\{", link):
                continue
            there = unquote(urlsplit(urljoin(f"{baseurl}{address}", link)).path)
            if not there.startswith(f"{baseurl}/") or not (made / there[len(baseurl) :].lstrip("/")).is_file():
                yield link
