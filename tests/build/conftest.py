"""A scratch repository: the real build, two tiny projects. Every test runs the real command in a process of its own."""

import pytest

from tests.build.repository import Tree, clone, scratch


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Tree:
    """A scratch repository, built once. Tests read it; who changes it takes `tree`."""
    tree = scratch(tmp_path_factory.mktemp("built") / "repository")
    tree.first = tree.build()
    tree.runs()
    return tree


@pytest.fixture
def tree(built, tmp_path) -> Tree:
    """A copy of the built repository in another place, as a clone would be: all committed files, no caches."""
    return clone(built, tmp_path / "elsewhere")
