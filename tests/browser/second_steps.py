"""Pages of two-step verification for the tour: at the door, being set up, with recovery codes, on."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
from playwright.sync_api import Page
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from core.access.factor_codes import draw_recovery_codes, recovery_digest, seal
from core.access.models import Account, RecoveryCode, SecondFactor
from core.kernel.clock import now
from tests.browser.house import House
from tests.browser.windows import Window
from tests.world import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_factor(house: House, account: str, secret: str | None = SECRET) -> None:
    """Let the account have a second factor with this secret, none without; nobody is signed out."""
    user_id = house.user_id(account)
    with Session(house.keguan.database.engine) as session, session.begin():
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
        session.execute(update(Account).where(Account.user_id == user_id).values(second_factor=secret is not None))
        if secret is not None:
            session.add(SecondFactor(user_id=user_id, secret=seal(user_id, secret), since=now(), last_step=0))
            session.add_all(RecoveryCode(user_id=user_id, digest=recovery_digest(user_id, code)) for code in draw_recovery_codes())


def code_of(secret: str = SECRET) -> str:
    """What the phone shows now."""
    return pyotp.TOTP(secret.replace(" ", "")).now()


def half_way(window: Window, account: str) -> int:
    """To the second page of the sign-in, after the right password."""
    give_factor(window.house, account)
    page = window.page
    page.goto(f"{window.house.address}/account/sign-in")
    page.locator("[name=username]").fill(account)
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation() as arrived:
        page.locator("form button[type=submit]").click()
    return arrived.value.status if arrived.value else 0


def wrong_code(window: Window, account: str) -> int:
    """A wrong code on that page."""
    half_way(window, account)
    return answered(window.page, "000000")


def begun(window: Window, account: str) -> int:
    """To the page with the secret."""
    give_factor(window.house, account, None)
    window.open("/account/two-step/")
    window.page.locator("main [name=password]").fill(PASSWORD)
    with window.page.expect_navigation() as arrived:
        window.page.locator("main form button[type=submit]").first.click()
    return arrived.value.status if arrived.value else 0


def wrongly_confirmed(window: Window, account: str) -> int:
    """There, with a code that does not fit."""
    begun(window, account)
    return answered(window.page, "000000")


def confirmed(window: Window, account: str) -> int:
    """To the recovery codes."""
    begun(window, account)
    return answered(window.page, code_of(window.page.locator("#secret").text_content() or ""))


def switched_on(window: Window, account: str) -> int:
    """The page of who uses it."""
    give_factor(window.house, account)
    return window.open("/account/two-step/")


def answered(page: Page, code: str) -> int:
    """Send a code, and the status of the answer."""
    page.locator("main [name=code]").fill(code)
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state("load")
    return sent.value.status


Arrive = Callable[[Window, str], int]
PERSON = "service"
SECOND_STEPS: tuple[tuple[str, str, Arrive, int], ...] = (
    ("sign-in-code", "", half_way, 200),
    ("sign-in-code-wrong", "", wrong_code, 401),
    ("two-step-begun", PERSON, begun, 200),
    ("two-step-begun-wrong", PERSON, wrongly_confirmed, 422),
    ("two-step-codes", PERSON, confirmed, 200),
    ("two-step-on", PERSON, switched_on, 200),
)
"""Name, who looks at it, the way there, and the status of the answer."""
