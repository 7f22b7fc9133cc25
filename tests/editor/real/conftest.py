"""A copy of the project in the real editor, driven as its owner drives it: by keys."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import code_server
import pytest

ROOT = Path(__file__).parents[3]
NEEDED = (".vscode", "_data", "_includes", "_layouts", "_pages", "_plugins", "_projects", "assets", "experiments")
NEEDED += (
    "results",
    "showcase",
    "install",
    "theme",
    "build_figures.py",
    "_config.yml",
    "Gemfile",
    "pyproject.toml",
    "pytask.lock",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules")
PAGE = "_projects/pzodmc.en.md"
PATIENCE = 300  # seconds; a busy machine takes them


def pytest_itemcollected(item):
    """In `make test-editor` alone: it takes minutes, and what npm has may be out of reach."""
    item.add_marker("editor")


@dataclass
class Editor:
    """The window. `root` is the folder that is open in it."""

    page: object  # playwright's
    root: Path
    shots: Path

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=15)

    def command(self, name: str) -> None:
        self.press("F1")
        self.page.wait_for_selector(".quick-input-widget input:visible")
        self.type(name)
        self.page.wait_for_selector(".quick-input-list .monaco-list-row")
        self.page.wait_for_timeout(400)
        self.press("Enter")

    def open(self, path: str, line: int = 1) -> None:
        self.press("Control+p")
        self.page.wait_for_selector(".quick-input-widget input:visible")
        self.type(path)
        self.page.wait_for_selector(f'.quick-input-list .monaco-list-row.focused:has-text("{Path(path).name}")')
        self.page.wait_for_timeout(300)
        self.press("Enter")
        self.page.wait_for_selector(f'.tab[data-resource-name="{Path(path).name}"]')
        self.page.wait_for_timeout(500)
        self.go(line)

    def go(self, line: int) -> None:
        self.press("Control+g")
        self.type(str(line))
        self.page.wait_for_timeout(300)
        self.press("Enter")
        self.page.wait_for_timeout(300)

    def insert(self, line: int, *lines: str) -> None:
        """Write lines below a line, without the help that the editor has for who types slowly."""
        self.go(line)
        self.press("End", "End")
        self.page.keyboard.insert_text("\n" + "\n".join(lines))
        self.page.wait_for_timeout(300)

    def save(self) -> None:
        self.press("Control+s")
        self.page.wait_for_selector(".tab.active:not(.dirty)")
        self.page.wait_for_timeout(1000)

    def offered(self) -> list[str]:
        """What the editor offers to complete with, after it was asked."""
        self.press("Control+Space")
        self.page.wait_for_selector(".suggest-widget.visible .monaco-list-row")
        self.page.wait_for_timeout(700)
        rows = self.page.query_selector_all(".suggest-widget .monaco-list-row")
        return [" ".join(row.inner_text().split()) for row in rows]

    def text(self, path: str = PAGE) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def problems(self) -> list[str]:
        """What the editor's list of problems shows."""
        self.command("Problems: Focus on Problems View")
        self.page.wait_for_timeout(700)
        rows = self.page.query_selector_all(".markers-panel .monaco-list-row")
        return [" ".join(row.inner_text().split()) for row in rows]

    def within(self, asked: Callable[[], Any], what: str) -> Any:
        """What is asked for, once it is there."""
        end = time.monotonic() + PATIENCE
        while not (found := asked()):
            if time.monotonic() > end:
                self.shot("failed")
                raise AssertionError(f"not within {PATIENCE} s: {what}")
            self.page.wait_for_timeout(300)
        return found

    def preview(self):
        """The frame of the Markdown preview."""
        found = self.within(lambda: list(filter(_is_preview, self.page.frames)), "a preview")
        self.page.wait_for_timeout(1500)
        return found[-1]

    def shown(self) -> str:
        """The lines of the page that are in sight."""
        return self.page.inner_text(".editor-instance .view-lines").replace("\u00a0", " ")

    def shot(self, name: str) -> None:
        self.page.screenshot(path=str(self.shots / f"{name}.png"))


def _is_preview(frame) -> bool:
    try:
        return frame.evaluate("document.querySelector('.markdown-body') !== null")
    except Exception:  # a frame that goes while it is asked
        return False


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    try:
        code_server.installed()
    except code_server.Missing as missing:
        pytest.skip(str(missing))
    with code_server.running(tmp_path_factory.mktemp("editor"), ROOT / ".vscode/extensions/figure-preview") as address:
        yield address


@pytest.fixture
def editor(address, tmp_path):
    from playwright.sync_api import sync_playwright

    root, shots = tmp_path / "portfolio", ROOT / ".cache/editor-shots"
    shots.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        source = ROOT / name
        shutil.copytree(source, root / name, ignore=LEFT_OUT) if source.is_dir() else shutil.copy(source, root / name)
    (root / ".venv").symlink_to((ROOT / ".venv").resolve())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 950})
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{address}/?folder={root}")
        page.wait_for_selector(".monaco-workbench .explorer-folders-view .monaco-list-row")
        page.wait_for_timeout(3000)
        yield Editor(page, root, shots)
        browser.close()
