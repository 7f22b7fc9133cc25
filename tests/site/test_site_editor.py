"""What .vscode/ offers works with this site: snippets render, settings put pictures where pages look for them."""

import json
import re
from pathlib import Path

import pytest
import specimen

from showcase.build import parse
from showcase.export import parse as export_arguments

VSCODE = Path(__file__).parents[2] / ".vscode"


def read(name: str) -> dict:
    return json.loads((VSCODE / name).read_text(encoding="utf-8"))


def test_every_file_is_plain_json():
    for name in ("settings.json", "tasks.json", "extensions.json", "pages.code-snippets"):
        assert read(name), name


@pytest.mark.parametrize("page", ["video_diffusion.en.md", "video_diffusion.zh.md", "pzodmc.en.md"])
def test_pasted_pictures_land_in_the_project_s_folder(page):
    """VS Code replaces ${documentBaseName/PATTERN/REPLACEMENT/} in the destination."""
    target = read("settings.json")["markdown.copyFiles.destination"]["/_projects/**/*.md"]
    pattern, replacement = re.search(r"\$\{documentBaseName/([^}]+?)/([^}]+?)/\}", target).groups()
    stem = Path(page).stem
    folder = re.sub(r"\$\{[^}]+\}", re.sub(pattern, replacement.replace("$1", r"\1"), stem), target)
    assert folder == f"/assets/img/{page.split('.')[0]}/"


def test_snippets_find_the_project_from_the_page_s_name():
    """One transform for all: no snippet knows a project, so that a new one needs no edit here."""
    pattern, replacement = re.search(
        r"\$\{TM_FILENAME_BASE/(.+?)/(.+?)/\}", json.dumps(read("pages.code-snippets"))
    ).groups()
    assert re.sub(pattern, replacement.replace("$1", r"\1"), "pzodmc.zh") == "pzodmc"


def test_every_command_of_a_task_is_one_that_the_build_knows():
    for task in read("tasks.json")["tasks"]:
        if "build_figures.py" in task["command"]:
            arguments = [word.strip("'") for word in task["command"].split()[2:]]
            assert task["windows"]["command"].split()[2:] == task["command"].split()[2:]
            if arguments[:1] == ["export"]:
                export_arguments(arguments[1:])
            else:
                parse(arguments)


def test_the_background_task_knows_when_jekyll_is_ready():
    serve = next(task for task in read("tasks.json")["tasks"] if task["label"] == "Serve the site")
    background = serve["problemMatcher"]["background"]
    said = "  Server running... press ctrl-c to stop."
    assert re.search(background["endsPattern"], said) and re.search(background["beginsPattern"], "Generating... ")
    error = "  Liquid Exception: Could not locate the included file 'x.liquid' in _projects/pzodmc.en.md"
    match = re.search(serve["problemMatcher"]["pattern"]["regexp"], error)
    assert match[2] == "_projects/pzodmc.en.md"


def test_tasks_depend_on_tasks_that_exist():
    tasks = {task["label"]: task for task in read("tasks.json")["tasks"]}
    assert all(task.get("dependsOn", label) in tasks for label, task in tasks.items())


@pytest.mark.jekyll
def test_snippets_become_pages(site):
    """specimen.py builds a page from every snippet, expanded."""
    page = site.pages[specimen.SNIPPETS_URL]
    assert len(page.all("img", class_="img-fluid rounded z-depth-1")) == 3 and len(page.all("video")) == 1
    assert all(site.file(link).is_file() for link in page.links if "/assets/" in link)
    assert "<!--injection.seams-->" in page.html  # a number's name, in front of which the next build writes it
    assert [name for name in page.ids if name in specimen.IDS] == list(specimen.IDS)
    assert "${" not in page.html and "$0" not in page.html
