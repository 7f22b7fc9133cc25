"""The last commit of each script behind a figure or a table, as git tells it.

A commit cannot name itself: what is committed together with its script knows no commit yet. So a commit is told only
for a script that stands on disk as it was committed, is remembered in `_data/evidence.json` beside a digest of the
code, and counts for as long as that digest does. Nothing here makes a build stale that git has no new answer for:
outside git, in a shallow clone or after an edit of a comment the remembered commit stays.
"""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from showcase.catalog import entries
from showcase.projects import Project
from showcase.sources import code_behind, locate

EVIDENCE = Path("_data/evidence.json")


@dataclass(frozen=True)
class Script:
    """A file that runs or draws; `digest` is that of its code, `moment` ISO 8601, UTC."""

    path: str
    digest: str
    commit: str = ""
    moment: str = ""


@dataclass(frozen=True)
class Scripts:
    """The scripts of one project: of its runs by part, of its figures by name."""

    runs: dict[str, Script]
    figures: dict[str, Script]

    def behind(self, parts: Iterable[str], figures: Iterable[str] = ()) -> list[Script]:
        """The scripts of these runs and figures, each once."""
        found = [self.runs.get(part) for part in parts] + [self.figures.get(name) for name in figures]
        return list(dict.fromkeys(filter(None, found)))

    def all(self) -> list[Script]:
        return self.behind(self.runs, self.figures)


NONE = Scripts({}, {})


def scripts_of(root: Path, project: Project, ask: bool = True) -> Scripts:
    """The project's scripts; with `ask`, git is asked for commits that are not remembered."""
    if locate(f"experiments.{project.name}.study", root) is None:
        return NONE
    modules = {part: plan.module for part, plan in project.study.PARTS.items()}
    drawn = {entry.name: entry.module for entry in entries(root, project)}
    remembered, made = _remembered(root), {}
    for module in {*modules.values(), *drawn.values()}:
        if path := locate(module, root):
            name, digest = path.relative_to(root).as_posix(), code_behind(root, module)[module]
            known = remembered.get(name, {})
            made[module] = Script(name, digest, **(known.get("last", {}) if known.get("digest") == digest else {}))
    if ask and (unknown := [script.path for script in made.values() if not script.commit]):
        told = _told_by_git(root, sorted(unknown))
        made = {module: Script(s.path, s.digest, *told.get(s.path, (s.commit, s.moment))) for module, s in made.items()}
    return Scripts(*({name: made[m] for name, m in table.items() if m in made} for table in (modules, drawn)))


def latest(scripts: Iterable[Script]) -> Script | None:
    """The script committed last; None while one of them has no commit."""
    found = list(scripts)
    return max(found, key=lambda script: script.moment) if found and all(script.commit for script in found) else None


def record(scripts: Iterable[Script]) -> dict[str, dict]:
    """What `_data/evidence.json` remembers."""
    return {
        script.path: {"digest": script.digest}
        | ({"last": {"commit": script.commit, "moment": script.moment}} if script.commit else {})
        for script in sorted(scripts, key=lambda script: script.path)
    }


def _remembered(root: Path) -> dict[str, dict]:
    try:
        return json.loads((root / EVIDENCE).read_text(encoding="utf-8"))["scripts"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _told_by_git(root: Path, paths: list[str]) -> dict[str, tuple[str, str]]:
    """Path → (commit, moment) for files as they were committed; nothing outside git or without its history."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        if git("rev-parse", "--is-shallow-repository") != "false":
            return {}
        edited = git("diff", "--name-only", "--relative", "HEAD", "--", *paths).splitlines()
        told = {}
        for path in paths:
            if path not in edited and (line := git("log", "-1", "--format=%H %ct", "--", path)):
                commit, seconds = line.split()
                told[path] = commit[:10], datetime.fromtimestamp(int(seconds), UTC).isoformat()
        return told
    except (OSError, subprocess.CalledProcessError):
        return {}
