"""A mail of the customer, filed with its record as a hand does it."""

from __future__ import annotations

from email.message import EmailMessage

from tests.browser.examining import MAILED
from tests.browser.examples import first_id
from tests.browser.windows import Window


def _written() -> bytes:
    made = EmailMessage()
    made["From"] = MAILED["From"]
    made["To"] = MAILED["To"]
    made["Cc"] = MAILED["Cc"]
    made["Subject"] = MAILED["Subject"]
    made["Date"] = "Fri, 20 Nov 2026 09:12:00 +0800"
    made.set_content(MAILED["words"])
    made.add_attachment(b"%PDF-1.7 list", maintype="application", subtype="pdf", filename=MAILED["file"])
    return made.as_bytes()


def _filed(window: Window) -> str:
    """The address of the customer with whom it is filed."""
    customer = f"/customers/{first_id(window, '/customers/')}"
    window.open(f"{customer}?tab=files")
    sent = {"name": f"{MAILED['Subject']}.eml", "mimeType": "message/rfc822", "buffer": _written()}
    window.page.locator("form[data-attach] [name=file]").set_input_files(files=[sent])
    with window.page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/files")):
        window.page.locator("form[data-attach] [type=submit]").click()
    return customer


def a_mail(window: Window) -> int:
    """To the page with its words."""
    customer = _filed(window)
    window.open(f"{customer}?tab=timeline&kind=mails")
    with window.page.expect_navigation() as arrived:
        window.page.locator(".kg-tl a[href$=preview]").first.click()
    return arrived.value.status if arrived.value else 200


def told_mail(window: Window) -> int:
    """To the timeline that tells it."""
    return window.open(f"{_filed(window)}?tab=timeline")
