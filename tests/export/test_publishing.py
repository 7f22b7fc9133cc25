"""The workflow that publishes the site: only what was checked, tested and built, at the address where it will be."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
WORKFLOW, WEEKLY = (
    yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8")) for name in ("pages", "newest")
)
BUILD, PUBLISH = (WORKFLOW["jobs"][name] for name in ("build", "publish"))
NEWEST = WEEKLY["jobs"]["newest"]
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
    for job in (BUILD, PUBLISH, NEWEST):
        runs = [step["run"] for step in job["steps"] if "run" in step]
        asked = {word for run in runs for words in re.findall(r"make ((?:[a-z-]+ ?)+)", run) for word in words.split()}
        assert asked <= set(targets)
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)


def test_the_caches_are_of_files_that_there_are():
    patterns = [step["with"]["cache-dependency-path"] for step in BUILD["steps"] if "cache" in step.get("with", {})]
    assert len(patterns) == 2
    for pattern in patterns:
        heads = re.search(r"\{(.*)\}", pattern)
        for head in heads[1].split(",") if heads else [""]:
            path = pattern.replace(heads[0], head) if heads else pattern
            assert list(ROOT.glob(path)), path


def test_the_workflow_has_one_version_of_each_gem_that_the_gemfile_asks_for():
    gem = re.compile(r'^gem "([\w-]+)"(?:, "([^"]+)")?', re.MULTILINE)
    asked, pinned = (dict(gem.findall((ROOT / path).read_text())) for path in ("Gemfile", ".github/Gemfile"))
    assert asked.keys() <= pinned.keys() and BUILD["env"]["BUNDLE_GEMFILE"].endswith("/.github/Gemfile")
    least, number = asked["jekyll"].removeprefix(">= ").split("."), pinned["jekyll"].split(".")
    assert [int(part) for part in least] <= [int(part) for part in number] < [5]


def test_once_a_week_the_newest_packages_are_tried_and_what_broke_is_told():
    assert WEEKLY[True]["schedule"], "YAML reads `on` as true"
    assert WEEKLY["permissions"] == {"contents": "read", "issues": "write"}, "it publishes nothing"
    *before, last = NEWEST["steps"]
    assert last["if"] == "failure()" and "gh issue create" in last["run"]
    runs = [step["run"] for step in before if "run" in step]
    order = ["make lock NEWEST=1", "make check", "make test test-slow test-faults", "make figures PRESET=quick"]
    assert [next(i for i, run in enumerate(runs) if words in run) for words in order] == [0, 1, 2, 3]
    assert NEWEST["defaults"]["run"]["shell"] == "bash", "or a failure before `| tee` is none"


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


@pytest.mark.jekyll
def test_without_plugins_every_page_says_how_to_publish_and_has_its_address(tmp_path):
    """GitHub's "Deploy from a branch" runs Jekyll in its safe mode: no plugin of ours."""
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    for name in (
        "_config.yml",
        "Gemfile",
        "_layouts",
        "_includes",
        "_pages",
        "_data",
        "_plugins",
        "_projects",
        "theme",
    ):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    for mode, told in (("--safe", True), (None, False)):
        command = ["bundle", "exec", "jekyll", "build", "--destination", str(tmp_path / "_site"), *filter(None, [mode])]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, run.stderr
        pages = {path.relative_to(tmp_path / "_site").as_posix(): path for path in (tmp_path / "_site").rglob("*.html")}
        for page in pages.values():
            html = page.read_text(encoding="utf-8")
            assert ("choose Settings → Pages → Source: GitHub Actions." in html) == told, page
            assert ('<p lang="zh-Hans">本站生成时没有运行插件' in html) == told, page
        assert 'lang="zh-Hans"' in pages["zh/index.html"].read_text(encoding="utf-8").split(">", 2)[1]
        assert 'lang="en"' in pages["index.html"].read_text(encoding="utf-8").split(">", 2)[1]
        assert {"projects/index.html", "projects/zh/index.html", "made/zh/index.html"} <= pages.keys()


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.name)
def test_a_linter_for_workflows_finds_nothing(workflow):
    """action-validator, from npm, knows GitHub's own schema."""
    if shutil.which("npx") is None:
        pytest.skip("npm is missing. Install it: apt-get install -y npm")
    folder = ROOT / "tests/export/npm"
    if not (folder / "node_modules").is_dir():
        npm = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(npm, cwd=folder, capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.skip("npm's registry cannot be reached, and the linter for workflows is not here")
    lint = [str(folder / "node_modules/.bin/action-validator"), str(workflow)]
    good = subprocess.run(lint, capture_output=True, text=True, timeout=60)
    assert good.returncode == 0, good.stdout + good.stderr


def test_the_linter_sees_a_mistake(tmp_path):
    linter = ROOT / "tests/export/npm/node_modules/.bin/action-validator"
    if not linter.exists():
        pytest.skip("npm's registry cannot be reached, and the linter for workflows is not here")
    broken = tmp_path / "broken.yml"
    text = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    broken.write_text(text.replace("runs-on:", "run-on:", 1), encoding="utf-8")
    assert subprocess.run([str(linter), str(broken)], capture_output=True, timeout=60).returncode != 0
