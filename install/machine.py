"""Commands run on this machine, what they say in one line, and the packages of its system."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class CannotSetUp(Exception):
    """One line: what is missing, and the command that brings it."""


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
        raise CannotSetUp(f"{why}, and `{' '.join(install)}` failed: {last_line(done.stderr)}")


def run(*command: str, check: bool = True, env: dict | None = None) -> subprocess.CompletedProcess:
    """Run in the repository's root. Raises CannotSetUp with the last line of what the command said."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise CannotSetUp(f"{command[0]} cannot be started ({error.strerror})") from error
    if check and done.returncode:
        raise CannotSetUp(f"`{' '.join(command[:6])} …` failed: {last_line(done.stderr)}")
    return done


def last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "E:"))]
    return (errors or lines or ["without a word"])[-1].strip()


def say(words: str) -> None:
    print(f"setup: {words}", flush=True)
