"""What code a module rests on, and when two codes count as the same."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showcase.sources import code_behind
from showcase.syntax import digest_of


@pytest.fixture
def package(tmp_path):
    """write({path: text}) → root"""

    def write(files):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return tmp_path

    return write


def test_every_way_to_import_a_module_is_followed(package):
    root = package(
        {
            "pkg/__init__.py": "import lazy_loader as lazy\n"
            "__getattr__, __dir__, __all__ = lazy.attach(__name__, ['whole'], {'far': ['Thing']})\n",
            "pkg/a.py": "import pkg.b, os, numpy\nfrom pkg import c, Thing, whole\nfrom . import d\nfrom .e import x\n"
            "def f():\n    from pkg.late import y\n",
            **{f"pkg/{name}.py": "" for name in ("b", "c", "d", "far", "late", "whole", "unused", "types_only")},
            "pkg/e.py": "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from pkg import types_only\nimport pkg.deep.g\n",
            "pkg/deep/__init__.py": "",
            "pkg/deep/g.py": "from ..a import f\n",
        }
    )
    assert set(code_behind(root, "pkg.a")) == {
        "pkg.a", "pkg.b", "pkg.c", "pkg.d", "pkg.e", "pkg.far", "pkg.late", "pkg.whole", "pkg.deep.g",
    }  # fmt: skip


def test_a_whole_package_stands_for_all_its_table_names(package):
    root = package(
        {
            "pkg/__init__.py": "import lazy_loader\nx = lazy_loader.attach(__name__, None, {'far': ['Thing']})\n",
            "pkg/far.py": "",
            "user.py": "import pkg\n",
        }
    )
    assert set(code_behind(root, "user")) == {"user", "pkg", "pkg.far"}


def digest(text):
    return digest_of(ast.parse(text))


def test_documentation_is_no_code():
    plain = "class A:\n    def f(self):\n        return 1\n"
    told = '"""Module."""\n# a\nclass A:\n    """A."""\n    def f(self):\n        "f"\n        return (1)\n'
    assert digest(plain) == digest(told)


@given(
    st.sampled_from([1, 1.0, True, None, "1", b"1", 1j, -1, "", ...]),
    st.sampled_from([1, 1.0, True, None, "1", b"1", 1j]),
)
def test_two_constants_share_a_digest_only_when_they_are_the_same(one, other):
    same = type(one) is type(other) and one == other
    assert (digest(f"x = {one!r}") == digest(f"x = {other!r}")) == same


def test_digest_is_the_same_under_every_python():
    # Taken once: a Python that writes its trees otherwise must not make a clone stale.
    text = 'def f(a, /, *b: int, c=f"{1:>{2}}", **d) -> None:\n    match a:\n        case [x, *_]: yield x\n'
    text += "async def g():\n    return {**{}, 'k': (n := 3)}, [i async for i in h() if i]\n"
    assert digest(text) == "e266f95dfd00528ad9a6328e0c3fa68c041f7e3c83214be41087603293874b9c"
