"""Fixtures for everybody: those that authors of plugins use, and what remembers which rows of the requirements are proved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from core.testing.fixtures import (  # noqa: F401 -- fixtures
    application,
    client_for,
    core,
    database_kind,
    database_url,
    demonstration,
    site,
    sites,
    token_client_for,
    world,
)
from tests.evidence import pytest_runtest_setup  # noqa: F401 -- a hook
from tests.telling import pytest_sessionstart  # noqa: F401 -- a hook
from tests.tracing import carry_rows, pytest_runtest_logreport, pytest_sessionfinish  # noqa: F401 -- hooks

# The machine may be busy with something else: how long an example takes says nothing about the product.
settings.register_profile("keguan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("keguan")

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of this worker: Playwright runs once in a thread."""
    from tests.browser.windows import chromium

    with chromium() as one:
        yield one


TWINS = ("tests/plugins/", "tests/web/")
"""Folders of tests that hardly reach as far down as where the two databases differ."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rows are carried along; what repeats over PostgreSQL a test of pages is marked, for a run that has no time for it."""
    carry_rows(items)
    for item in items:
        known = getattr(item, "callspec", None)
        if known is not None and known.params.get("database_kind") == "postgres" and item.nodeid.startswith(TWINS):
            item.add_marker("twin")
