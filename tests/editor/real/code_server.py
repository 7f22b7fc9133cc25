"""The real Visual Studio Code, as npm has it: code-server, which serves the editor's own workbench to a browser.

No Marketplace is asked. What is native in it is built here, once, in `.cache/code-server` (about two minutes; 500 MB).
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
PLACE = ROOT / ".cache/code-server"
VERSIONS = {"20": "4.99.4", "24": "4.139.1"}  # by Node's major version: VS Code 1.99.3 and 1.139.1
NATIVE = ("node-pty", "@vscode/spdlog", "native-watchdog", "@vscode/native-watchdog", "@vscode/deviceid")
NATIVE += ("@vscode/fs-copyfile", "@parcel/watcher", "kerberos")
LIMIT = 1800  # seconds for one command of the installation; a busy machine takes them
NPM = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund")
GYP = "node_modules/npm/node_modules/node-gyp/bin/node-gyp.js"


class Missing(Exception):
    """What keeps the editor from being had here, in one line."""


def installed() -> Path:
    """The editor's folder, made where it is missing. Raises Missing."""
    for program in ("node", "npm", "rg", "make", "g++"):
        if shutil.which(program) is None:
            raise Missing(
                f"{program} is missing; on Debian: apt-get install -y nodejs npm ripgrep g++ make libkrb5-dev"
            )
    major = _say("node", "--version").lstrip("v").split(".")[0]
    if major not in VERSIONS:
        raise Missing(f"Node {major}: code-server is for Node {' or '.join(VERSIONS)}")
    folder = PLACE / VERSIONS[major]
    if (folder / "ready").is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"private": true}')
    _run(folder, *NPM, f"code-server@{VERSIONS[major]}")
    editor = folder / "node_modules/code-server/lib/vscode"
    _run(editor, *NPM, "--omit=dev")
    _run(editor / "extensions", *NPM, "--omit=dev")
    for name in NATIVE:
        if (editor / "node_modules" / name / "binding.gyp").is_file():  # not every version has all of them
            _run(editor / "node_modules" / name, "node", str(_gyp()), "rebuild", *_headers())
    search = editor / "node_modules/@vscode/ripgrep/bin/rg"
    if search.parents[1].is_dir():  # newer ones bring the program
        search.parent.mkdir(exist_ok=True)
        search.unlink(missing_ok=True)
        search.symlink_to(shutil.which("rg"))
    # Passwords are not used here; their module alone would have to be downloaded built.
    words = json.loads((folder / "node_modules/argon2/package.json").read_text())
    (folder / "node_modules/argon2" / words["main"]).write_text("module.exports = {};\n")
    (folder / "ready").touch()
    return folder


def version() -> str:
    """Of the editor that was installed."""
    manifest = installed() / "node_modules/code-server/lib/vscode/package.json"
    return json.loads(manifest.read_text())["version"]


@contextmanager
def running(place: Path, *extensions: Path) -> Iterator[str]:
    """Serve the editor with these extensions and nothing else; yields its address. `place` is for all that it keeps."""
    folder, port = installed(), _free_port()
    for extension in extensions:
        told = json.loads((extension / "package.json").read_text())
        name = f"{told['publisher']}.{told['name']}-{told['version']}"
        shutil.copytree(extension, place / "extensions" / name)
    settings = place / "data/User/settings.json"
    settings.parent.mkdir(parents=True)
    quiet = {"workbench.startupEditor": "none", "telemetry.telemetryLevel": "off", "task.allowAutomaticTasks": "off"}
    settings.write_text(json.dumps(quiet))
    command = [
        "node",
        "node_modules/code-server/out/node/entry.js",
        "--auth",
        "none",
        "--bind-addr",
        f"127.0.0.1:{port}",
    ]
    command += ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
    command += ["--user-data-dir", str(place / "data"), "--extensions-dir", str(place / "extensions")]
    (place / "home").mkdir()
    with open(place / "log.txt", "w") as log:
        environment = {**os.environ, "HOME": str(place / "home")}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise Missing("code-server does not start here")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _gyp() -> Path:
    for prefix in (_say("npm", "prefix", "--global"), "/usr/share", "/usr/lib"):
        for place in (
            Path(prefix) / "lib" / GYP,
            Path(prefix) / GYP,
            Path("/usr/share/nodejs/node-gyp/bin/node-gyp.js"),
        ):
            if place.is_file():
                return place
    raise Missing("node-gyp is missing; it comes with npm")


def _headers() -> list[str]:
    """Node's own headers, where they are on the machine: nothing is downloaded then."""
    prefix = Path(os.path.realpath(shutil.which("node"))).parents[1]
    return [f"--nodedir={prefix}"] if (prefix / "include/node/node_api.h").is_file() else []


def _say(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _run(folder: Path, *command: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired as error:
        raise Missing(f"`{' '.join(command[:4])}` in {folder} was not done after {LIMIT // 60} minutes") from error
    if done.returncode:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if re.search(r"err", line, re.IGNORECASE)]
        raise Missing(f"`{' '.join(command[:4])}` failed in {folder}: {(lines or ['?'])[0]}")
