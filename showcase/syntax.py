"""What the syntax tree of a file tells the build, remembered by the file's content.

To parse all modules takes longer than all else that a build with nothing to do has to do.
"""

import ast
import hashlib
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

from experiments.errors import InputError
from showcase.remembered import memory


@dataclass(frozen=True)
class Facts:
    """`imports` are as written: dots in front, module, and the name taken from it or "".

    `lazy` (name → submodule) is from the table that a package hands to
    `lazy_loader.attach(__name__, submodules, submod_attrs)`.
    """

    digest: str
    imports: list[tuple[int, str, str]]
    lazy: dict[str, str]


def facts_of(path: Path, root: Path) -> Facts:
    """Raises InputError for what is not valid Python."""
    content = path.read_bytes()

    def find() -> tuple:
        try:
            return astuple(_facts(ast.parse(content)))
        except SyntaxError as error:
            raise InputError(f"{path}:{error.lineno}: not valid Python ({error.msg})") from error

    return Facts(*memory(root, "syntax").answer(hashlib.sha256(_reader() + content).hexdigest(), find))


def digest_of(tree: ast.AST) -> str:
    """SHA-256 of a syntax tree without docstrings and positions. It is written in a form of our own: `ast.dump` differs
    between Python versions, and the committed lock file must read the same under all of them."""
    return hashlib.sha256(_plain(tree).encode()).hexdigest()


@cache
def _reader() -> bytes:
    """Another version of this file may read another thing out of the same content."""
    return Path(__file__).read_bytes()


def _facts(tree: ast.Module) -> Facts:
    return Facts(digest_of(tree), sorted(set(_imports(tree))), _lazy(tree))


def _imports(tree: ast.AST):
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, node.module or "", alias.name) for alias in node.names)


def _running(node: ast.AST):
    """All nodes below `node` but the bodies of `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _running(other)
            continue
        yield child
        yield from _running(child)


def _lazy(tree: ast.AST) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "attach":
            given = dict(zip(("submodules", "submod_attrs"), node.args[1:], strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords}
            found |= {child: child for child in _literal(given.get("submodules")) or ()}
            for child, names in (_literal(given.get("submod_attrs")) or {}).items():
                found |= dict.fromkeys(names, child)
    return found


def _literal(node: ast.AST | None):
    return ast.literal_eval(node) if node else None


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
