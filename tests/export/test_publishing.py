"""The workflow that publishes the site: only what was checked, tested and built, at the address where it will be."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8"))
BUILD, PUBLISH = (WORKFLOW["jobs"][name] for name in ("build", "publish"))
COMMANDS = [step["run"] for step in BUILD["steps"] if "run" in step]


def test_nothing_is_published_before_it_was_checked_tested_and_built():
    assert PUBLISH["needs"] == "build"
    order = [
        next(i for i, run in enumerate(COMMANDS) if words in run) for words in ("make check", "make test", "jekyll")
    ]
    assert order == sorted(order)
    assert BUILD["steps"][-1]["uses"].startswith("actions/upload-pages-artifact@")


def test_a_proposed_change_is_never_published():
    guarded = [PUBLISH, *(step for step in BUILD["steps"] if "pages" in step.get("uses", ""))]
    assert len(guarded) == 3
    assert all(each["if"] == "github.event_name != 'pull_request'" for each in guarded)
    assert WORKFLOW["permissions"] == {"contents": "read", "pages": "read"}


def test_it_uses_what_there_is():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    assert {words for run in COMMANDS for words in re.findall(r"make (\w+)", run)} <= set(targets)
    for job in (BUILD, PUBLISH):
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)


@pytest.mark.jekyll
def test_the_site_is_built_for_its_address(tmp_path):
    """The very command of the workflow, on one page, as GitHub's shell would run it."""
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    for name in ("Gemfile", "_config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "index.md").write_text("---\n---\n{{ '/x' | absolute_url }}\n", encoding="utf-8")
    where = {"ORIGIN": "https://ada.github.io", "BASE": "/portfolio"}
    run = subprocess.run(
        ["bash", "-e", "-c", COMMANDS[-1]],
        cwd=tmp_path,
        env={**os.environ, **where},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    assert "https://ada.github.io/portfolio/x" in (tmp_path / "_site/index.html").read_text(encoding="utf-8")
