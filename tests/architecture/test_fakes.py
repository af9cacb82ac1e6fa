"""Fakes cannot drift: each in `tests/fakes` names what it `stands_for` and has its very methods."""

import importlib
import inspect
from collections.abc import Iterator

from tests.architecture.source import ROOT, python_files


def test_fakes_have_the_signatures_of_what_they_stand_for() -> None:
    drifted = [
        f"{fake.__qualname__}.{name}"
        for fake in _fakes()
        for name, method in inspect.getmembers(fake, inspect.isfunction)
        if not name.startswith("_")
        if inspect.signature(method) != inspect.signature(getattr(vars(fake)["stands_for"], name))
    ]

    assert drifted == []


def _fakes() -> Iterator[type]:
    for path in python_files("tests/fakes"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if kind.__module__ == name and not kind.__name__.startswith("_"):
                yield kind
