"""Jekyll: the one that is there, else through Bundler, else from the system's packages. And a Chromium."""

import os
import re
import shutil

from install import machine
from install.machine import CannotSetUp, apt, run, say

RUBYGEMS = (3, 3, 22)  # from here on it takes gems that are compiled already; see jekyll/jekyll#9563


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
        machine.ROOT / name
        for name in ("vendor/bundle", "vendor", ".bundle", "Gemfile.lock")
        if not (machine.ROOT / name).exists()
    ]
    config = machine.ROOT / ".bundle/config"
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
