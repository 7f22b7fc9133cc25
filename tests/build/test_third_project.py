"""A further project is a study, a figures file, a template a language and one line; taken out, it leaves nothing.

`third/` holds all that the smallest project needs; the README points to it.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
THIRD = HERE / "third"
LISTED = 'Project("beta"))'
SITE = ("_config.yml", "Gemfile", "_layouts", "_includes", "_pages", "_plugins", "_data/strings.yml", "theme")
SHARED = {"_data/figures.json", "_data/evidence.json", "pytask.lock"}  # by the build


@pytest.fixture(scope="module")
def with_third(built, tmp_path_factory):
    """A scratch repository that a third project has come to."""
    tree = type(built)(tmp_path_factory.mktemp("third") / "repository")
    shutil.copytree(built.root, tree.root)
    tree.before = everything(tree)
    shutil.copytree(THIRD, tree.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    tree.edit("showcase/projects.py", LISTED, 'Project("beta"), Project("coin"))')
    tree.build()
    return tree


def everything(tree) -> dict[str, bytes]:
    """What would be committed: no caches."""
    found = (path.relative_to(tree.root) for path in tree.root.rglob("*") if path.is_file())
    kept = (path for path in found if not {".cache", ".pytask", "__pycache__"} & set(path.parts))
    return {path.as_posix(): (tree.root / path).read_bytes() for path in kept if path.name != "ran.log"}


def test_it_needs_nothing_but_its_own_files_and_one_line(with_third):
    after = everything(with_third)
    changed = {path for path, content in with_third.before.items() if after.get(path) != content}
    assert changed == {"showcase/projects.py", *SHARED}
    assert with_third.due() == {}
    page = (with_third.root / "_projects/coin.zh.md").read_text(encoding="utf-8")
    assert yaml.safe_load(page.split("---\n")[1])["permalink"] == "/projects/zh/coin/"
    assert "share.png" in page and "<!--tosses.share|.2f-->" in page


@pytest.mark.jekyll
def test_its_page_is_on_the_site(with_third, tmp_path):
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    source, site = tmp_path / "source", tmp_path / "www"
    shutil.copytree(with_third.root, source, ignore=shutil.ignore_patterns("showcase", "experiments", ".*"))
    for name in SITE:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, source / name)
    command = ["bundle", "exec", "jekyll", "build", "--destination", str(site)]
    run = subprocess.run(command, cwd=source, env=os.environ, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    for address, heading in (("coin", "A fair coin"), ("zh/coin", "一枚公平的硬币")):
        html = (site / "projects" / address / "index.html").read_text(encoding="utf-8")
        assert heading in html and 'src="/assets/img/coin/share.png"' in html
    assert 'href="/projects/coin/"' in (site / "projects/index.html").read_text(encoding="utf-8")
    assert (site / "assets/img/coin/share.png").is_file()


def test_taken_out_it_leaves_no_trace(with_third, tmp_path):
    tree = type(with_third)(tmp_path / "elsewhere")
    shutil.copytree(with_third.root, tree.root, ignore=shutil.ignore_patterns(".cache", ".pytask", "__pycache__"))
    tree.edit("showcase/projects.py", 'Project("beta"), Project("coin"))', LISTED)
    for path in [*tree.root.rglob("coin"), *tree.root.rglob("coin.*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    tree.build()
    left = everything(tree)
    assert {path for path in left if left[path] != with_third.before.get(path)} == set()
    assert left.keys() == with_third.before.keys()
