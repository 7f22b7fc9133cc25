"""What the README promises is there: files, commands, snippets, tasks."""

import json
import re
import subprocess
from pathlib import Path

from showcase.build import parse
from showcase.export import parse as parse_export

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TREE = re.search(r"## What is where\n\n```\n(.*?)```", README, re.DOTALL)[1]
UNLISTED = {".ci", ".gitattributes", ".gitignore", "LICENSE", "README.md"}


def listed() -> list[str]:
    """The tree's entries, each below the last one that is indented less."""
    found, parents = [], []
    for line in TREE.splitlines():
        names = re.split(r"\s{2,}", line.strip())[0].split(" ")
        depth = (len(line) - len(line.lstrip())) // 2
        above = "".join(parents[:depth])
        found += [above + name for name in names]
        parents[depth:] = [names[0]]
    return found


def test_the_tree_is_the_repository_s():
    assert [name for name in listed() if not (ROOT / name).exists()] == []
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    top = {path.split("/")[0] for path in tracked} - UNLISTED
    assert top <= {name.rstrip("/") for name in listed()}, "something is not in the tree"


def test_every_command_is_one_that_works():
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1].split()
    code = "\n".join(max(pair) for pair in re.findall(r"```sh\n(.*?)```|(?<!`)`([^`\n]+)`", README, re.DOTALL))
    assert set(re.findall(r"^make (\w+)", code, re.MULTILINE)) <= set(targets)
    commands = re.findall(r"^python build_figures\.py([^#\n]*)", code, re.MULTILINE)
    assert commands
    for words in (command.replace("NAME", "pzodmc").split() for command in commands):
        parse_export(words[1:]) if words[:1] == ["export"] else parse(words)
    modules = re.findall(r"^python -m ([\w.]+)", code, re.MULTILINE)
    assert modules and all((ROOT / name.replace(".", "/") / "__main__.py").is_file() for name in modules)


def test_snippets_and_tasks_have_the_names_that_it_tells():
    snippets = json.loads((ROOT / ".vscode/pages.code-snippets").read_text(encoding="utf-8")).values()
    told = re.search(r"\*\*Snippets\.\*\* (.*), then", README)[1]
    assert re.findall(r"`([\w-]+)`", told) == [snippet["prefix"] for snippet in snippets]
    manifest = json.loads((ROOT / ".vscode/extensions/figure-preview/package.json").read_text(encoding="utf-8"))
    assert f"*{manifest['displayName']}*" in README


def test_links_lead_somewhere():
    for link in re.findall(r"\]\((?!https?:|#)([^)]+)\)", README):
        assert (ROOT / link).exists()
