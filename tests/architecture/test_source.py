"""Rules of the source that no linter knows: sizes, the one committer, the one clock."""

import ast

from tests.architecture.source import PACKAGES, calls, place, python_files, tree

_FILE_LINES_MAX = 500
_FUNCTION_LINES_MAX = 70
_COMMITTER = "vizium/db/session.py"
_CLOCK = "vizium/kernel/clock.py"
# `func.now` is the database's clock; `time.monotonic` measures a wait and tells no time.
_CLOCK_CALLS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime"),
    *("func.now", "func.current_timestamp", "func.localtimestamp"),
}


def test_no_file_is_over_500_lines() -> None:
    files = python_files(*PACKAGES, "tests", "benchmarks", "docs", "deploy")

    assert [place(p) for p in files if len(p.read_text().splitlines()) > _FILE_LINES_MAX] == []


def test_no_function_is_over_70_lines() -> None:
    # A migration lists columns; cutting the list in two would not make it clearer.
    long = [
        f"{place(path, node)} {node.name}"
        for path in python_files(*PACKAGES, "tests", "benchmarks")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and "migrations/versions" not in place(path)
        and (node.end_lineno or 0) - node.lineno >= _FUNCTION_LINES_MAX
    ]

    assert long == []


def test_only_the_session_module_commits() -> None:
    # edge has no database; its gateway keeps a spool file of its own.
    commits = {
        place(path)
        for path in python_files("vizium", "bookings", "exhibits")
        for name, _ in calls(path)
        if name.endswith(".commit")
    }

    assert commits <= {_COMMITTER}


def test_only_the_clock_module_reads_the_clock() -> None:
    readers = {
        place(path, call)
        for path in python_files(*PACKAGES)
        for name, call in calls(path)
        if name in _CLOCK_CALLS and place(path) != _CLOCK
    }

    assert readers == set()


def test_no_module_hides_the_clock_behind_a_bare_name() -> None:
    hidden = {
        place(path, node)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        if {alias.name for alias in node.names} & {"time", "time_ns", "localtime", "gmtime"}
    }

    assert hidden == set()
