"""The names of months, as the calendar of working days asks for them."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from core.web import formats


@pytest.mark.parametrize(("language", "told"), [("zh_CN", "3月"), ("en", "March")])
def test_a_month_has_a_name_in_both_languages(language: str, told: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale(language):
        assert formats.month(date(2026, 3, 1)) == told
