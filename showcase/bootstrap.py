"""Sets a machine up, with Python's standard library alone: `bootstrap.py python|jekyll|browser|runtime`.

python   the environment .venv with the torch that fits this machine; with --test the packages of the tests as well
jekyll   Jekyll: the one that is there, else through Bundler, else from the system's packages
browser  a Chromium for the tests that open pages
runtime  what the walk in the visitor's browser runs on, from npm; without npm the site has its film alone

Each is quick when there is nothing to do. Where rights are missing it names the command to run and exits with 2.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:
    print(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr)
    sys.exit(2)

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup.json"
PYTORCH = "https://download.pytorch.org/whl"
RUNTIME = ROOT / "theme/runtime"
RUNTIME_FILES = [  # the second three are for a GPU
    "onnxruntime-web/dist/ort.wasm.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "onnxruntime-web/dist/ort.jspi.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.jspi.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.jspi.wasm",
    "gifenc/dist/gifenc.esm.js",
]
RUBYGEMS = (3, 3, 22)  # from here on it takes gems that are compiled already; see jekyll/jekyll#9563
PASCAL = re.compile(r"GTX 10|TITAN X|Tesla P|Quadro P|\bP100\b", re.IGNORECASE)


class CannotSetUp(Exception):
    """One line: what is missing, and the command that brings it."""


def python(test: bool) -> None:
    """Make .venv and install what pyproject.toml names, torch first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
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


def jekyll() -> None:
    """Make `bundle exec jekyll` work."""
    if jekyll_works():
        return
    if shutil.which("bundle"):
        old = rubygems()
        if old and old < RUBYGEMS:
            told = ".".join(map(str, old))
            say(f"RubyGems {told} would compile for minutes and then fail: the system's Jekyll is taken instead")
        elif with_bundler():
            return
    newer = "install Ruby 3.2 or newer with Bundler (https://jekyllrb.com/docs/installation/)"
    apt("jekyll", "Jekyll is missing", newer)
    if not jekyll_works():
        raise CannotSetUp("`bundle exec jekyll --version` still fails; delete Gemfile.lock and vendor/ and try again")


def rubygems() -> tuple[int, ...]:
    """The version of RubyGems; empty where it does not say."""
    if not shutil.which("gem"):
        return ()
    said = run("gem", "--version", check=False).stdout.strip()
    return tuple(map(int, said.split("."))) if re.fullmatch(r"\d+(\.\d+)+", said) else ()


def with_bundler() -> bool:
    """Install Jekyll into vendor/bundle. What fails leaves nothing behind: all is as it was before."""
    say("installing Jekyll with Bundler")
    made = [
        ROOT / name for name in ("vendor/bundle", "vendor", ".bundle", "Gemfile.lock") if not (ROOT / name).exists()
    ]
    config = ROOT / ".bundle/config"
    before = config.read_bytes() if config.is_file() else None
    impatient = {**os.environ, "BUNDLE_TIMEOUT": "15", "BUNDLE_RETRY": "1"}
    done = False
    try:
        run("bundle", "config", "set", "--local", "path", "vendor/bundle", check=False)
        done = run("bundle", "install", "--quiet", env=impatient, check=False).returncode == 0 and jekyll_works()
    finally:
        if not done:
            for path in made:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
            if before is not None:
                config.write_bytes(before)
    return done


def jekyll_works() -> bool:
    return bool(shutil.which("bundle")) and run("bundle", "exec", "jekyll", "--version", check=False).returncode == 0


def browser() -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        apt("chromium", "Chromium is missing")


def runtime() -> None:
    """Install the packages that showcase/runtime locks, by their digests, and copy what the site serves of them."""
    locked = (ROOT / "showcase/runtime/package-lock.json").read_bytes()
    digest = hashlib.sha256(locked + "\n".join(RUNTIME_FILES).encode()).hexdigest()
    stamp = RUNTIME / "setup.txt"
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not shutil.which("npm"):
        say("npm is missing, so the walk in the browser will show its film alone; install Node.js to have it")
        return
    say("fetching the runtime of the walk in the browser from npm")
    folder = ROOT / ".cache/runtime"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "showcase/runtime" / name, folder / name)
    command = ["npm", "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
    done = run(*command, check=False)
    if done.returncode:
        say(f"npm cannot bring the runtime ({_last_line(done.stderr)}); the walk will show its film alone")
        return
    RUNTIME.mkdir(parents=True, exist_ok=True)
    for name in RUNTIME_FILES:
        half = RUNTIME / f".half-{Path(name).name}"
        shutil.copy(folder / "node_modules" / name, half)
        half.replace(RUNTIME / Path(name).name)
    shutil.rmtree(folder)  # 140 MB of builds for other browsers
    stamp.write_text(digest)


def apt(package: str, why: str, otherwise: str = "") -> None:
    """Install a package of Debian or Ubuntu. Raises CannotSetUp, with the command, where that is not ours to do."""
    if not shutil.which("apt-get"):
        raise CannotSetUp(f"{why}: {otherwise or f'install {package} with your package manager'}, then run this again")
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and (not shutil.which("sudo") or run("sudo", "-n", "true", check=False).returncode):
        raise CannotSetUp(f"{why}; run: sudo apt-get update && sudo {' '.join(install)}")
    say(f"{why}: installing the package {package}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(*sudo, "apt-get", "update", "-q", check=False, env=quiet)
    done = run(*sudo, *install, "-q", check=False, env=quiet)
    if done.returncode:
        raise CannotSetUp(f"{why}, and `{' '.join(install)}` failed: {_last_line(done.stderr)}")


def pip(*arguments: str, check: bool = True, show: bool = True) -> subprocess.CompletedProcess:
    quiet = ["--quiet"] if show else []
    return run(str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, *quiet, check=check)


def installed(package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return run(str(PYTHON), "-c", code).stdout.strip()


def run(*command: str, check: bool = True, env: dict | None = None) -> subprocess.CompletedProcess:
    """Run in the repository's root. Raises CannotSetUp with the last line of what the command said."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise CannotSetUp(f"{command[0]} cannot be started ({error.strerror})") from error
    if check and done.returncode:
        raise CannotSetUp(f"`{' '.join(command[:6])} …` failed: {_last_line(done.stderr)}")
    return done


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "E:"))]
    return (errors or lines or ["without a word"])[-1].strip()


def say(words: str) -> None:
    print(f"setup: {words}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["python", "jekyll", "browser", "runtime"])
    parser.add_argument("--test", action="store_true", help="with the packages of the tests")
    args = parser.parse_args()
    try:
        works = {"python": lambda: python(args.test), "jekyll": jekyll, "browser": browser, "runtime": runtime}
        works[args.what]()
    except CannotSetUp as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
