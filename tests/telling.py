"""A test that failed is told at once: a run of an hour may be cut off before it comes to its summary.

``tests/conftest.py`` takes the function over as a hook.
"""

from __future__ import annotations

import pytest

LONG = 2_000
"""So many characters of what went wrong are told; the summary has the whole of it."""


class Telling:
    """Writes to the terminal of whoever collects the reports."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Name and end of the failure."""
        if report.failed:
            self.terminal.write_line(f"\nFAILED in {report.when}: {report.nodeid}")
            self.terminal.write_line(report.longreprtext[-LONG:])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Workers have no terminal; whoever started them hears of their tests."""
    plugins = session.config.pluginmanager
    terminal = plugins.get_plugin("terminalreporter")
    if terminal is not None:
        plugins.register(Telling(terminal), "keguan-telling")
