"""Starts the project's programs a hundred times without importing their packages a hundred times.

Reads one JSON request a line, runs it in a child of its own and answers {"code": …, "changes": …}. A request has `cwd`,
`program` (build, export or train), `argv`, `out` (a file for all that is printed), and may have `fault`:

    {"kind": "kill" or "full", "at": N}    before the N-th change of a file below `watched`: SIGKILL, or a full disk
    {"kind": "kill", "after": seconds}     SIGKILL at that time

Time stands still in the children, so that two runs differ in nothing but what was done to them.
"""

import errno
import importlib
import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

HEAVY = {
    "build": ("numpy", "yaml", "jinja2", "merge3", "matplotlib.pyplot", "PIL.Image", "rich.live", "pytask"),
    "train": ("numpy", "torch", "safetensors.torch", "tqdm", "yaml"),
}
CACHES = ("/.cache/", "/.pytask/")
NAMED = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink", "showcase.exchange"}


class Faults:
    """An audit hook that counts the changes of files below `watched`, and lets one of them go wrong."""

    def __init__(self, watched: str, fault: dict, counter: int):
        self.watched, self.fault, self.counter, self.count = watched, fault, counter, 0
        self.process = os.getpid()

    def __call__(self, event: str, given: tuple) -> None:
        if event == "open":
            path, mode, flags = given
            if not (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
                return
        elif event in NAMED:
            path = given[0]
        else:
            return
        if os.getpid() != self.process or not isinstance(path, (str, bytes, os.PathLike)):
            return
        place = os.path.abspath(os.fsdecode(path))
        if not place.startswith(self.watched):
            return
        if not any(cache in place for cache in CACHES):  # what goes wrong there goes wrong at the next change, too
            self.count += 1
            os.pwrite(self.counter, b"%12d" % self.count, 0)
            if self.count == self.fault.get("at") and self.fault["kind"] == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
        if self.fault.get("kind") == "full" and self.count >= self.fault["at"] and event in ("open", "os.mkdir"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fsdecode(path))


def child(request: dict, counter: int) -> int:
    code = Path(__file__).parents[2] if "root_of_build" in request else request["cwd"]
    os.chdir(code)
    os.setsid()
    out = os.open(request["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    sys.path.insert(0, str(code))
    sys.dont_write_bytecode = True
    fault = request.get("fault") or {}
    stand_still()
    sys.addaudithook(Faults(request["watched"], fault, counter))
    if "after" in fault:
        threading.Timer(fault["after"], os.kill, (os.getpid(), signal.SIGKILL)).start()
    if request["program"] == "train":
        recipes = importlib.import_module("experiments.video_diffusion.recipes")
        recipes.PRESETS_FILE = Path(request["presets"])
        return importlib.import_module("experiments.video_diffusion.__main__").main(request["argv"])
    # An export may be of another root than the folder that the code is in.
    return importlib.import_module("showcase.build").main(
        Path(request.get("root_of_build", request["cwd"])), request["argv"]
    )


def stand_still() -> None:
    results = importlib.import_module("experiments.results")
    results.time = SimpleNamespace(perf_counter=lambda: 0.0)
    results.datetime = SimpleNamespace(now=lambda zone: datetime(2026, 1, 1, tzinfo=UTC))


def main(kind: str) -> None:
    for name in HEAVY[kind]:
        importlib.import_module(name)
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        counter = os.memfd_create("changes")
        began = time.monotonic()
        if not (process := os.fork()):
            code = 70
            try:
                code = child(request, counter)
            except SystemExit as stopped:
                code = stopped.code or 0
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        changes = int(os.pread(counter, 12, 0) or 0)
        os.close(counter)
        print(json.dumps({"code": code, "changes": changes, "seconds": time.monotonic() - began}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
