"""The lock of the Python packages, `requirements/`: whether it fits pyproject.toml, and its renewal.

`site.txt` and `test.txt` hold one version of each package for every system and every Python, with the digests of its
files. `torch.txt` holds torch's version alone: its builds for CPU, CUDA and Pascal come from different places, of which
`make setup` chooses one. It is raised by hand, since results were measured with it.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from install import machine
from install.machine import CannotSetUp, last_line, run, say

FOLDER = Path("requirements")
TORCH = FOLDER / "torch.txt"
# They come with torch: which of them, its build decides.
WITH_TORCH = re.compile(r"(torch|triton|(nvidia|cuda)-[\w-]+)==")
DECIDING = ("torch", "numpy", "scipy", "matplotlib", "pillow", "imageio-ffmpeg", "opencv-python-headless", "onnx")
STAMP = "# For pyproject.toml with sha256:"


def wanted() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by the name of the file that locks it."""
    project = tomllib.loads((machine.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return {"site": project["dependencies"] + extras["site"], "test": extras["test"]}


def locked(name: str) -> Path:
    """The file that locks these packages. Raises CannotSetUp where it was made for other ones."""
    path = machine.ROOT / FOLDER / f"{name}.txt"
    if not path.is_file() or _stamp(wanted()[name]) not in path.read_text(encoding="utf-8").splitlines():
        raise CannotSetUp(f"{FOLDER / path.name} does not fit the packages of pyproject.toml; run: make lock")
    return path


def torch() -> str:
    """The requirement of torch.txt, such as `torch==2.13.0`."""
    lines = (machine.ROOT / TORCH).read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("torch"))


def version(package: str) -> str | None:
    """The locked version; None for a package that is not locked."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((machine.ROOT / FOLDER).glob("*.txt"))]
    found = re.search(rf"^{re.escape(package)}==([^\s;]+)", "\n".join(texts), re.MULTILINE)
    return found and found[1]


def unlike_here() -> list[str]:
    """Of the packages that results and pictures depend on to the last bit: those installed in another version."""
    found = {package: (version(package), _installed(package)) for package in DECIDING}
    return [f"{package} {here} (locked: {lock})" for package, (lock, here) in found.items() if lock and here != lock]


def _installed(package: str) -> str:
    try:
        return metadata.version(package).partition("+")[0]  # 2.13.0+cpu is a build of 2.13.0
    except metadata.PackageNotFoundError:
        return "not at all"


def renew(newest: bool) -> None:
    """Lock what pyproject.toml asks for; versions that still fit stay, unless the newest are asked for."""
    tools = machine.ROOT / ".cache/uv"
    if not (tools / "bin/uv").exists():
        say("fetching uv, which finds versions that fit together")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(tools)], check=True)
        run(str(tools / "bin/python"), "-m", "pip", "install", "--quiet", "uv")
    done: list[Path] = []
    for name, lines in wanted().items():
        path = machine.ROOT / FOLDER / f"{name}.txt"
        asked = tools / f"{name}.in"
        asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        made = tools / path.name
        made.unlink(missing_ok=True)
        if path.is_file() and not newest:
            made.write_bytes(path.read_bytes())  # uv keeps the versions that it finds in its output
        command = [str(tools / "bin/uv"), "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--universal"]
        command += ["--generate-hashes", "--fork-strategy", "fewest", "--python-version", "3.11", "--output-file"]
        command += [str(made), str(asked), *(f"--constraint={other}" for other in (machine.ROOT / TORCH, *done))]
        compiled = run(*command, check=False)
        if compiled.returncode:
            raise CannotSetUp(f"{path.name} cannot be made: {last_line(compiled.stderr)}")
        known = {line for other in done for line in other.read_text().splitlines() if "==" in line}
        packages = re.findall(r"^\S.*\n(?:[ \t].*\n?)*", made.read_text(encoding="utf-8"), re.MULTILINE)
        kept = [text for text in packages if not WITH_TORCH.match(text) and text.splitlines()[0] not in known]
        path.write_text("\n".join([_stamp(lines), *map(str.rstrip, kept)]) + "\n", encoding="utf-8")
        done.append(path)
        say(f"{FOLDER / path.name} locks {len(kept)} packages")


def _stamp(lines: list[str]) -> str:
    return STAMP + hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()
