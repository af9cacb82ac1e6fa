"""A site over the test's own database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.site import Browser, open_site
from vizium import settings as house
from vizium.db.session import Database
from vizium.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return house.load(
        {"VIZIUM_DATA_DIR": str(tmp_path / "data"), "VIZIUM_BASE_URL": "http://vizium.example"}
    )


@pytest.fixture
def site(settings: Settings, database: Database) -> Iterator[Browser]:
    """A fresh browser on the application."""
    with open_site(settings, database) as browser:
        yield browser
