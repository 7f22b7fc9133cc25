"""What the walk in the visitor's browser runs on, from npm; without npm the site has its film alone."""

import hashlib
import shutil
from pathlib import Path

from install import machine
from install.machine import last_line, run, say

FOLDER = "theme/runtime"
FILES = [  # the second three are for a GPU
    "onnxruntime-web/dist/ort.wasm.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "onnxruntime-web/dist/ort.jspi.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.jspi.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.jspi.wasm",
    "gifenc/dist/gifenc.esm.js",
]


def runtime() -> None:
    """Install the packages that install/npm locks, by their digests, and copy what the site serves of them."""
    locked = (machine.ROOT / "install/npm/package-lock.json").read_bytes()
    digest = hashlib.sha256(locked + "\n".join(FILES).encode()).hexdigest()
    target = machine.ROOT / FOLDER
    stamp = target / "setup.txt"
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not shutil.which("npm"):
        say("npm is missing, so the walk in the browser will show its film alone; install Node.js to have it")
        return
    say("fetching the runtime of the walk in the browser from npm")
    folder = machine.ROOT / ".cache/runtime"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(machine.ROOT / "install/npm" / name, folder / name)
    command = ["npm", "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
    done = run(*command, check=False)
    if done.returncode:
        say(f"npm cannot bring the runtime ({last_line(done.stderr)}); the walk will show its film alone")
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        half = target / f".half-{Path(name).name}"
        shutil.copy(folder / "node_modules" / name, half)
        half.replace(target / Path(name).name)
    shutil.rmtree(folder)  # 140 MB of builds for other browsers
    stamp.write_text(digest)
