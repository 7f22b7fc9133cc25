"""What all tests share: one browser a process, which tests run together, and which only where they are asked for."""

import os
import shutil
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

# Each by a target of its own; of a slow test that takes `at_length`, `make test` has a sample.
ASKED_FOR = {"slow": "make test-slow", "walk": "make test-walk", "editor": "make test-editor"}
BUILDS = ("site", "plain_site", "safe_site")  # fixtures of tests/site, each a build of half a minute
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
COUNTS: Counter[str] = Counter()


def pytest_itemcollected(item):
    """A file's tests share what is made for them, and so do those of one built site: they run in one process."""
    file = item.path.relative_to(Path(__file__).parent)
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    asked = [*item.fixturenames, *(value for value in given if isinstance(value, str))]
    shared = [name for name in BUILDS if name in asked] if file.parts[0] == "site" else []
    item.add_marker(pytest.mark.xdist_group(shared[0] if shared else file.as_posix()))


def pytest_runtest_setup(item):
    for name, command in ASKED_FOR.items():
        asked = item.config.getoption("-m") == name or (name == "slow" and "at_length" in item.fixturenames)
        if item.get_closest_marker(name) and not asked:
            pytest.skip(f"takes long: {command}")


@pytest.fixture(scope="session")
def at_length(request) -> bool:
    """Whether a law is to be tried as often as it can be, or, as in `make test`, a few times."""
    return request.config.getoption("-m") in ("slow", "faults")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium: $CHROMIUM, or the system's; with a Chinese font, so that pages are as readers see them."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("Chromium is missing. Install it (apt-get install -y chromium) or set CHROMIUM to its path")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install playwright")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=CHROMIUM_ARGS, env=chinese_font(tmp_path_factory.mktemp("fonts"))
        )
        yield chromium
        chromium.close()


def chinese_font(folder: Path) -> dict[str, str]:
    """The environment in which a browser finds the Chinese font that came with the Python packages."""
    settings = folder / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{files('pylopdf_fonts_zh_cn')}</dir><cachedir>{folder}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return {**os.environ, "FONTCONFIG_FILE": str(settings)}


@pytest.fixture(scope="session")
def counts() -> Counter[str]:
    """What the random tests did, printed at the end of the run."""
    return COUNTS


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["counts"] = dict(COUNTS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    COUNTS.update(getattr(node, "workeroutput", {}).get("counts", {}))


def pytest_terminal_summary(terminalreporter):
    if COUNTS:
        terminalreporter.write_sep("-", "random edits")
        edits = sum(times for name, times in COUNTS.items() if name.startswith("edit: "))
        terminalreporter.write_line(f"{edits} edits on {COUNTS['pages']} pages in {COUNTS['rebuilds']} rebuilds")
        terminalreporter.write_line(", ".join(f"{name} {times}" for name, times in sorted(COUNTS.items())))
