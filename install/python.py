"""The environment `.venv`: the locked packages, and the torch that fits this machine."""

import hashlib
import json
import re
import subprocess
import sys
from importlib.util import find_spec

from install import machine, pins
from install.machine import CannotSetUp, apt, last_line, run, say

VENV = machine.ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup.json"
PYTORCH = "https://download.pytorch.org/whl"
LAST_FOR_PASCAL = "2.14"
PASCAL = re.compile(r"GTX 10|TITAN X|Tesla P|Quadro P|\bP100\b", re.IGNORECASE)


def python(test: bool) -> None:
    """Make .venv and install what requirements/ locks; torch comes last, as no other package asks for it."""
    files = {name: pins.locked(name) for name in (["site", "test"] if test else ["site"])}
    contents = {"torch": pins.torch(), **{name: path.read_text(encoding="utf-8") for name, path in files.items()}}
    digests = {
        name: hashlib.sha256(json.dumps([sys.version, text]).encode()).hexdigest() for name, text in contents.items()
    }
    done = json.loads(STAMP.read_text()) if PYTHON.exists() and STAMP.exists() else {}
    if digests.items() <= done.items():
        return
    if not PYTHON.exists():
        make_venv()
    say("installing the Python packages; the first time this takes a few minutes")
    pip("install", "--require-hashes", *(f"--requirement={path}" for path in files.values()))
    pip("install", *torch_arguments(pins.torch()))
    STAMP.write_text(json.dumps(done | digests))
    say(f"Python packages are ready, with torch {installed('torch')}")


def make_venv() -> None:
    if find_spec("ensurepip") is None:
        apt("python3-venv", "Python's venv module is missing")
    say("making .venv")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def torch_arguments(requirement: str) -> list[str]:
    """What pip is to install: never a build of several gigabytes for a GPU that is not there, or no longer served."""
    if pip("install", "--no-index", "--no-deps", requirement, check=False, show=False).returncode == 0:
        return [requirement]  # there already
    capability = gpu_capability()
    if capability is not None and capability < 7:
        say(f"an NVIDIA GPU of compute capability {capability}: taking the newest torch that serves it")
        asked = [int(part) for part in re.findall(r"\d+", requirement)[:2]]
        served = asked <= [int(part) for part in LAST_FOR_PASCAL.split(".")]
        return [requirement if served else f"torch=={LAST_FOR_PASCAL}.*", "--index-url", f"{PYTORCH}/cu126"]
    if capability is not None or sys.platform != "linux":
        return [requirement]
    offered = pip("index", "versions", "torch", check=False, show=False).stdout
    if f"{requirement.removeprefix('torch==')}+cpu" in offered:
        return [f"{requirement}+cpu"]
    return [requirement, "--index-url", f"{PYTORCH}/cpu"]


def gpu_capability() -> float | None:
    """The lowest compute capability among the NVIDIA GPUs; None where there is none."""
    for query in ("compute_cap", "name"):  # drivers before 2022 know the name only
        try:
            answer = subprocess.run(
                ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader"],
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        lines = [line.strip() for line in answer.stdout.splitlines() if line.strip()]
        if answer.returncode == 0 and lines:
            if query == "name":
                return 6.1 if any(PASCAL.search(line) for line in lines) else 7.0
            if all(re.fullmatch(r"\d+\.\d+", line) for line in lines):
                return min(map(float, lines))
    return None


def pip(*arguments: str, check: bool = True, show: bool = True) -> subprocess.CompletedProcess:
    quiet = ["--quiet"] if show else []
    done = run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, *quiet, check=False)
    if check and done.returncode:
        raise CannotSetUp(trouble(done.stderr))
    return done


def trouble(told: str) -> str:
    """What pip could not do, in one line with its cure."""
    if "DO NOT MATCH THE HASHES" in told:
        package = re.search(r"DO NOT MATCH THE HASHES.*\n\s+(\S+)", told)
        return (
            f"{package[1] if package else 'a package'} is not the file that requirements/ locks: try again, and if it "
            "is said again, do not use this index of packages; `pip cache purge` clears a damaged copy"
        )
    if "NewConnectionError" in told or "from versions: none" in told:
        return "the packages cannot be fetched: connect to a network (or set pip's index, PIP_INDEX_URL), then again"
    return f"pip failed: {last_line(told)}"


def installed(package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return run(str(PYTHON), "-c", code).stdout.strip()
