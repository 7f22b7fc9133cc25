"""What the owner saves while a build, or --fix, rewrites the very page is there afterwards, each sentence once."""

import os
import random
import re
import threading
import time
from pathlib import Path

from tests.faults.trial import copy, left_overs

PLACE = "My own sentence."
PASTED = "![A curve over time](../assets/img/alpha/track.png)"


class Editor(threading.Thread):
    """Saves a page five times a second, each time with one sentence and another front matter; now in place, now by a
    rename, now by moving the old file aside and writing a new one, as editors do. Like them it looks whether the file
    has changed under it, right before it saves."""

    chance = random.Random(0)  # of all editors: one of each would wait as long every time, longer than a quick build

    def __init__(self, page: Path, first: int):
        super().__init__(daemon=True)
        self.page, self.number, self.saved, self.end = page, first, 0, threading.Event()

    def run(self) -> None:
        while not self.end.wait(self.chance.expovariate(5)):
            text, stamp = self.read()
            text = text.replace(PLACE, f"{PLACE} Saved as number {self.number}.")
            text = re.sub(r"^importance: .*$", f"importance: {self.number}", text, flags=re.MULTILINE)
            if self.stamp() == stamp:
                self.save(text, self.page.with_name(f".editor-{self.page.name}"))

    def save(self, text: str, aside: Path) -> None:
        way = self.number % 3
        if way == 0:
            self.page.write_text(text, encoding="utf-8")
        elif way == 1:
            aside.write_text(text, encoding="utf-8")
            os.replace(aside, self.page)
        else:
            os.rename(self.page, aside)
            time.sleep(0.002)
            self.page.write_text(text, encoding="utf-8")
            aside.unlink()
        self.number += 1
        self.saved += 1

    def read(self) -> tuple[str, tuple]:
        while True:
            stamp = self.stamp()
            text = self.page.read_text(encoding="utf-8")
            if stamp == self.stamp() and PLACE in text:
                return text, stamp

    def stamp(self) -> tuple:
        status = self.page.stat()
        return status.st_ino, status.st_mtime_ns, status.st_size


def saves(programs, root: Path, first: int, *arguments: str) -> tuple[int, str]:
    """How many saves there were while one run was at work, and the page after it; nothing of them may be missing."""
    editor = Editor(root / "_projects/alpha.en.md", first)
    programs.start(root, *arguments)
    editor.start()
    run = programs.answer()
    editor.end.set()
    editor.join()
    assert run.code in (0, 1) and "Traceback" not in run.out, run.out
    page = editor.page.read_text(encoding="utf-8")
    found = [int(number) for number in re.findall(r"Saved as number (\d+)\.", page)]
    assert sorted(found) == list(range(first, editor.number)), "each once"
    if editor.saved:
        assert f"importance: {editor.number - 1}\n" in page, "and the newest front matter"
    assert not left_overs(root)
    return editor.saved, page


def wanted(at_length: bool, done: int) -> bool:
    return done < (1200 if at_length else 10)


def test_during_builds(programs, due, at_length, tmp_path):
    root, done, builds = copy(due.root, tmp_path / "repository"), 0, 0
    page = root / "_projects/alpha.en.md"
    page.write_text(page.read_text(encoding="utf-8").replace("lang: en", "lang: en\nimportance: 0"), encoding="utf-8")
    template = root / "showcase/templates/alpha.en.md.j2"
    while wanted(at_length, done):
        builds += 1
        text = template.read_text(encoding="utf-8")
        template.write_text(re.sub(r"^Measured( \d+)?", f"Measured {builds}", text, flags=re.M), encoding="utf-8")
        saved, text = saves(programs, root, done, "--only", "pages", "--only", "alpha")
        done += saved
        assert f"Measured {builds} with preset" in text, "and what the template brought"
        page.write_text(re.sub(r" Saved as number \d+\.", "", text), encoding="utf-8")
        time.sleep(0.01)
    print(f"{done} saves during {builds} builds: 0 lost")


def test_during_fixes(programs, due, at_length, tmp_path):
    root, done, runs = copy(due.root, tmp_path / "repository"), 0, 0
    page = root / "_projects/alpha.en.md"
    text = page.read_text(encoding="utf-8").replace("lang: en", "lang: en\nimportance: 0")
    while wanted(at_length, done):
        runs += 1
        page.write_text(f"{text}\n{PASTED}\n", encoding="utf-8")
        saved, now = saves_during_fix(programs, root, done)
        done += saved
        # An editor that was about to save when the page was mended has put the old link back: it is mended again.
        if "(/assets/img/alpha/track.png)" not in now:
            assert "mended: " in programs.run(root, "--fix").out
            assert "(/assets/img/alpha/track.png)" in page.read_text(encoding="utf-8")
    print(f"{done} saves during {runs} runs of --fix: 0 lost")


def saves_during_fix(programs, root: Path, first: int) -> tuple[int, str]:
    assert programs.run(root).code == 0  # so that --fix finds nothing stale
    page = root / "_projects/alpha.en.md"
    text = page.read_text(encoding="utf-8")
    assert PASTED in text
    return saves(programs, root, first, "--fix")
