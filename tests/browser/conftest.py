"""One served Keguan and one Chromium for all tests of a worker; each test finds the first records and opens its own windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.house import House, put_back, served
from tests.browser.windows import WIDE, Window, window

OpenWindow = Callable[..., Window]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Chromium."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(served_house: House) -> House:
    """The served application with its first records, speaking Chinese to everybody."""
    put_back(served_house)
    served_house.speak("zh_CN")
    return served_house


@pytest.fixture
def open_window(browser: Browser, house: House) -> Iterator[OpenWindow]:
    """Open a window of a person who is signed in: ``open_window("sales.east1", size=PHONE)``.

    At the end no window may have met an error in a script, a policy violation or a request to another host.
    """
    opened: list[Window] = []
    with ExitStack() as windows:

        def open_one(account: str = "", size: tuple[int, int] = WIDE, theme: str = "light", language: str = "zh_CN") -> Window:
            opened.append(windows.enter_context(window(browser, house, account, size, theme, language)))
            return opened[-1]

        yield open_one
    assert [complaint for one in opened for complaint in one.complaints] == []
