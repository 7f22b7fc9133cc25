"""What code a step rests on: its module and every project module behind it, each with a digest.

The digest is taken over the syntax tree without docstrings, so comments, layout and documentation cost no rerun while
any change of code does. The tree is written in a form of our own: `ast.dump` differs between Python versions, and the
committed lock file must read the same under all of them.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

from experiments.errors import InputError


def code_behind(module: str, root: Path) -> dict[str, str]:
    """Dotted name → digest, for `module` and what it imports, directly or not, from the files below `root`.

    Imports inside functions count; those under TYPE_CHECKING, which never run, do not.
    """
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and (path := locate(name, root)):
            digest, imports = _read(path, name, root)
            found[name] = digest
            waiting += imports
    return dict(sorted(found.items()))


def locate(module: str, root: Path) -> Path | None:
    """The file of a module of this repository; None when it is no such module."""
    path = root.joinpath(*module.split("."))
    for candidate in (path.with_name(path.name + ".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def digest_of(tree: ast.AST) -> str:
    """SHA-256 of a syntax tree without docstrings and positions."""
    return hashlib.sha256(_plain(tree).encode()).hexdigest()


def config_fields(module: str, root: Path) -> list[str] | None:
    """Field names of the module's `Config`, read without importing it; None when they cannot be read so."""
    path = locate(module, root)
    for node in _parse(path).body if path else ():
        if isinstance(node, ast.ClassDef) and node.name == "Config" and not node.bases:
            return [line.target.id for line in node.body if isinstance(line, ast.AnnAssign)]
    return None


@cache
def _read(path: Path, module: str, root: Path) -> tuple[str, tuple[str, ...]]:
    tree = _parse(path)
    return digest_of(tree), tuple(sorted(_imports(tree, module, path, root)))


@cache
def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise InputError(f"{path}:{error.lineno}: not valid Python ({error.msg})") from error


def _plain(node: object) -> str:
    """A node as text: fields that are empty are left out, as newer Pythons add such fields."""
    if isinstance(node, list):
        return "[" + ",".join(map(_plain, node)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, []) and name != "ctx"}
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and _documented(node):
        fields["body"] = node.body[1:]
    return type(node).__name__ + "(" + ",".join(f"{name}={_plain(fields[name])}" for name in sorted(fields)) + ")"


def _documented(node: ast.AST) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _imports(tree: ast.Module, module: str, path: Path, root: Path) -> set[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in _running(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found |= {alias.name} | set(_lazy(alias.name, root).values())
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            base = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                child = f"{base}.{alias.name}"
                found.add(child if locate(child, root) else _lazy(base, root).get(alias.name, base))
    return found


def _running(node: ast.AST):
    """All nodes below `node` but the bodies of `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _running(other)
            continue
        yield child
        yield from _running(child)


@cache
def _lazy(package: str, root: Path) -> dict[str, str]:
    """Name → module, from the table a package hands to `lazy_loader.attach(__name__, submodules, submod_attrs)`."""
    path = locate(package, root)
    if path is None or path.name != "__init__.py":
        return {}
    table: dict[str, str] = {}
    for node in ast.walk(_parse(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "attach":
            given = dict(zip(("submodules", "submod_attrs"), node.args[1:], strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords}
            for name in _literal(given.get("submodules")) or ():
                table[name] = f"{package}.{name}"
            for child, names in (_literal(given.get("submod_attrs")) or {}).items():
                table |= {name: f"{package}.{child}" for name in names}
    return table


def _literal(node: ast.AST | None):
    return ast.literal_eval(node) if node else None
