"""What rows of the trail are called: pages by their names, whether they stand in the menu or not."""

from __future__ import annotations

from flask import Flask

from core.audit.models import AuditRow
from core.web.trail_words import row_subject


def test_a_refused_page_is_called_by_what_it_is_about(application: Flask) -> None:
    nouns = application.extensions["keguan"].nouns
    with application.test_request_context():
        for address in ("GET /trail/", "POST /statements/print", "GET /allocations/board", "GET /parameters/"):
            told = str(row_subject(AuditRow(action="refused", subject=address), nouns))
            assert told, address
            assert "/" not in told
        assert row_subject(AuditRow(action="refused", subject="GET /nowhere"), nouns) == "/nowhere"
