"""How much harm is done: a sample in `make test`, all of it with `make test-faults` (`pytest -m faults`)."""

from dataclasses import dataclass

import pytest

from tests.build.repository import Tree, scratch
from tests.faults.trial import Programs, clone, content, copy, left_overs


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/faults" in item.path.as_posix():
            item.add_marker("faults")


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    server = Programs("build", tmp_path_factory.mktemp("log"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def due(tmp_path_factory, programs) -> Tree:
    """A built repository in which much is due: a study, figures and pages, one of them edited by its owner."""
    tree = scratch(tmp_path_factory.mktemp("due") / "repository")
    tree.edit("showcase/projects.py", ', Project("beta")', ",")
    tree.edit("experiments/alpha/studies/draws.py", "pool.apply(sample, (config.n, 0))", "sample(config.n, 0)")
    tree.edit("experiments/alpha/studies/draws.py", 'with get_context("spawn").Pool(1) as pool:', "if True:")
    first = programs.run(tree.root)
    assert first.code == 0, first.out
    tree.edit("_projects/alpha.en.md", "A second sentence stands here.", "My own sentence.")
    tree.edit("experiments/alpha/sampler.py", "normal", "uniform")
    for lang in ("en", "zh"):
        tree.edit(f"showcase/templates/alpha.{lang}.md.j2", "A second sentence", "A third sentence. A second sentence")
    return tree


@pytest.fixture(scope="session")
def undisturbed(due, programs, tmp_path_factory) -> "Undisturbed":
    """How the build of `due` ends when nothing happens to it."""
    root = copy(due.root, tmp_path_factory.mktemp("undisturbed") / "repository")
    run = programs.run(root)
    assert run.code == 0 and not left_overs(root), run.out
    for place in (root, clone(root, root.with_name("clone"))):
        check = programs.run(place, "--check")
        assert check.code == 0, check.out
    return Undisturbed(content(root), run.changes, run.seconds)


@dataclass
class Undisturbed:
    content: dict[str, bytes]
    changes: int
    seconds: float

    def places(self, at_length: bool, few: int) -> list[int]:
        """Which of the changes are to go wrong: all of them, or a few at even distances."""
        return list(range(1, self.changes + 1, 1 if at_length else max(1, self.changes // few)))
