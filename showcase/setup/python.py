"""The environment `.venv` with the torch that fits this machine."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec

from showcase.setup import machine
from showcase.setup.machine import apt, run, say

VENV = machine.ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup.json"
PYTORCH = "https://download.pytorch.org/whl"
PASCAL = re.compile(r"GTX 10|TITAN X|Tesla P|Quadro P|\bP100\b", re.IGNORECASE)


def python(test: bool) -> None:
    """Make .venv and install what pyproject.toml names, torch first."""
    project = tomllib.loads((machine.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = {"base": project["dependencies"] + project["optional-dependencies"]["site"]}
    if test:
        needs["test"] = project["optional-dependencies"]["test"]
    digests = {
        name: hashlib.sha256(json.dumps([sys.version, lines]).encode()).hexdigest() for name, lines in needs.items()
    }
    done = json.loads(STAMP.read_text()) if PYTHON.exists() and STAMP.exists() else {}
    if digests.items() <= done.items():
        return
    if not PYTHON.exists():
        make_venv()
    say("installing the Python packages; the first time this takes a few minutes")
    torch = next(line for line in needs["base"] if re.match(r"torch\b", line))
    pip("install", *torch_arguments(torch))
    # From here on torch is what it is: no other package may pull another build in.
    chosen = VENV / "torch.txt"
    chosen.write_text(f"torch=={installed('torch')}\n")
    pip("install", "--constraint", str(chosen), *(line for lines in needs.values() for line in lines))
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
        say(f"an NVIDIA GPU of compute capability {capability}: taking the last torch that serves it")
        return [f"{requirement},<2.15", "--index-url", f"{PYTORCH}/cu126"]
    if capability is not None or sys.platform != "linux":
        return [requirement]
    if offered := re.search(r"[\w.]+\+cpu", pip("index", "versions", "torch", check=False, show=False).stdout):
        return [f"torch=={offered[0]}"]
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
    return run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, *quiet, check=check)


def installed(package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return run(str(PYTHON), "-c", code).stdout.strip()
