"""What rows of the trail are called: pages by their names, whether they stand in the menu or not."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from core.audit.models import AuditRow
from core.web.trail_words import ACTIONS, action_told, row_subject

ROOT = Path(__file__).resolve().parents[2]
NAMED = r'name_action\(session, \w+, "(\w+)"\)'


def test_a_refused_page_is_called_by_what_it_is_about(application: Flask) -> None:
    nouns = application.extensions["keguan"].nouns
    with application.test_request_context():
        for address in ("GET /trail/", "POST /statements/print", "GET /allocations/board", "GET /parameters/"):
            told = str(row_subject(AuditRow(action="refused", subject=address), nouns))
            assert told, address
            assert "/" not in told
        assert row_subject(AuditRow(action="refused", subject="GET /nowhere"), nouns) == "/nowhere"


def test_every_verb_is_told_in_the_past_once_it_is_done(application: Flask) -> None:
    """No history says “Win” or “Approve”, which are what one presses."""
    raw = {
        f"{noun.path} {act.verb}": action_told(act.verb, noun).text
        for noun in application.extensions["keguan"].nouns.by_path.values()
        for act in noun.acts
        if act.verb not in noun.steps and act.verb not in ACTIONS
    }
    assert raw == {}


def test_every_action_that_the_code_names_has_its_word(application: Flask) -> None:
    nouns = application.extensions["keguan"].nouns.by_path.values()
    known = set(ACTIONS).union(*(noun.steps for noun in nouns))
    named = {
        code
        for folder in ("core", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        for code in re.findall(NAMED, path.read_text("utf-8"))
    }
    assert len(named) > 20
    assert named - known == set()


def test_what_is_told_apart_on_timelines_is_an_action_that_has_its_word(application: Flask) -> None:
    nouns = application.extensions["keguan"].nouns.by_path.values()
    assert {f"{noun.path} {code}" for noun in nouns for code in noun.told_apart if code not in noun.steps} == set()


def test_a_noun_says_it_in_its_own_words(application: Flask) -> None:
    nouns = application.extensions["keguan"].nouns.by_path
    assert action_told("win", nouns["opportunities"]).text == "marked it as won"
    assert action_told("submit", nouns["quotations"]).text == "finalised it"
    assert action_told("submit", nouns["orders"]).text == "submitted it"
    assert action_told("settle_down", None).text == "Settle down"
