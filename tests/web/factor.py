"""A phone in the hand of a test: it knows the secret that the page shows, and draws the code of any moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from core.kernel.clock import now
from tests.web.test_sign_in import stranger
from tests.world import PASSWORD, Browser, World, browser_for

HERE = "/account/two-step/"
RECOVERY = re.compile(r"<li>((?:[a-z2-9]{4}-){3}[a-z2-9]{4})</li>")


@dataclass
class Phone:
    """The secret that was taken over, and the recovery codes that were written down."""

    secret: str
    codes: list[str]

    def code(self, moment: datetime | None = None, steps: int = 0) -> str:
        """What it shows at ``moment``, now unless given, so many steps later."""
        return pyotp.TOTP(self.secret).at((moment or now()) + timedelta(seconds=30 * steps))


def begun(browser: Browser, **more: str) -> str:
    """The secret that the page shows once setting up has begun."""
    answer = browser.post(f"{HERE}begin", data={"password": PASSWORD, **more})
    assert answer.status_code == 303, answer.text
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', browser.get(f"{HERE}set-up").text)
    assert found
    return found[1].replace(" ", "")


def set_up(browser: Browser, **more: str) -> Phone:
    """The phone of the person who is signed in, set up with the code of now."""
    phone = Phone(begun(browser, **more), [])
    answer = browser.post(f"{HERE}set-up", data={"code": phone.code()})
    assert answer.status_code == 200, answer.text
    phone.codes = RECOVERY.findall(answer.text)
    return phone


def phone_of(application: Flask, world: World, account: str) -> Phone:
    """The account with a second factor, set up in some browser."""
    return set_up(browser_for(application, world, account))


def half(application: Flask, account: str, **more: str) -> Browser:
    """A stranger's browser in which the right password was entered, and no code yet."""
    browser = stranger(application)
    answer = browser.post("/account/sign-in", data={"username": account, "password": PASSWORD, **more})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sign-in/code")
    return browser


def enter(browser: Browser, code: str) -> TestResponse:
    """The answer to a code on the second page."""
    return browser.post("/account/sign-in/code", data={"code": code})
