"""The source of the house as the architecture tests read it: as text and as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("vizium", "bookings", "exhibits", "edge")


def python_files(*folders: str) -> list[Path]:
    """Every Python file under these folders of the house, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Where it is, as an editor opens it: ``vizium/app.py:12``."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else name


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(), filename=str(path))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file with the last two words of what it calls: ``datetime.now``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            words = ast.unparse(node.func).split(".")
            yield ".".join(words[-2:]), node
