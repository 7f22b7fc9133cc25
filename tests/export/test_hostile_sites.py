"""Whatever a configuration looks like: one clear line and nothing written, or it is understood."""

import pytest

from showcase.build import main
from tests.export.sites import CONFIG, make

PAGE = "---\nlayout: page\ncategory: work\npermalink: /projects/walks/\n---\nA walk.\n"


@pytest.fixture
def export(tmp_path, capsys):
    """export(files of the site) → exit code, stdout, stderr, and whether anything was written"""
    root = tmp_path / "showcase"
    (root / "_projects").mkdir(parents=True)
    (root / "_projects/walks.md").write_text(PAGE)

    def run(**files):
        site = make(tmp_path / "site", "v0.16", **files)
        before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
        code = main(root, ["export", "--to", str(site)])
        after = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
        return code, *capsys.readouterr(), before != after

    return run


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("title: [unclosed\n", "not valid YAML"),
        ("title: a\n\tbaseurl: x\n", "not valid YAML"),
        ("- a\n- list\n", "has a list where a table belongs"),
        ("just words\n", "has a str where a table belongs"),
        ("collections: projects\n", "`collections` is a str"),
        ("url: [a]\n", "`url` is a list"),
        ("collections_dir: content\n", "collections_dir: content"),
        ("a: *unknown\n", "not valid YAML"),
        ("x: " + "y" * (2 << 20) + "\n", "bytes are more than a configuration has"),
    ],
)
def test_one_line_and_nothing_written(export, config, words):
    code, out, err, wrote = export(**{"_config.yml": config})
    assert code == 2 and not out and not wrote and len(err.splitlines()) == 1
    assert "_config.yml" in err and words in err


@pytest.mark.parametrize(
    "config",
    [
        CONFIG.replace("    output: true", "    output: true\n    sort_by: importance"),
        CONFIG.replace("/projects/:name/", "/work/:title/"),
        "base: &base {output: true}\n" + CONFIG.split("collections:")[0] + "collections: {projects: *base}\n",
        "\ufeff" + CONFIG.replace("\n", "\r\n"),
        CONFIG + "plugins:\n",
        CONFIG + "exclude:\n",
    ],
)
def test_what_jekyll_understands_is_understood(export, config):
    code, out, err, wrote = export(**{"_config.yml": config})
    assert code == 0 and wrote and not err and "Not seen" not in out


def test_a_list_of_collections_builds_no_pages(export):
    code, out, *_ = export(**{"_config.yml": CONFIG.split("collections:")[0] + "collections: [projects]\n"})
    assert code == 0 and "output: true" in out


def test_of_several_configurations_jekyll_reads_the_first(export):
    assert export(**{"_config.yaml": "- no table\n"})[0] == 0


@pytest.mark.parametrize("exclude", ["_projects", "['_projects/']", "[a, '_projects/**']"])
def test_however_the_folder_of_projects_is_left_out_it_is_told(export, exclude):
    code, out, *_ = export(**{"_config.yml": f"{CONFIG}exclude: {exclude}\n"})
    assert code == 0 and "`exclude` names _projects" in out
