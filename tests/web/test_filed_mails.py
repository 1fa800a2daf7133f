"""A mail that is filed with a record: its words on the timeline and on a page, and nothing that it carries runs or is fetched (R-145)."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from core.access.guard import as_system
from core.work.apart import made_of
from core.work.filed_mail import known_mail
from core.work.models import Attachment
from tests.web.test_offering import trade
from tests.web.test_previews import place, put
from tests.world import Browser, World

__all__ = ["place", "trade"]
Clients = Callable[[str], Browser]
DEEP = b"From: a@b.cn\nSubject: deep\n" + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
pytestmark = pytest.mark.requirement("R-145")


def mail(body: str = "两台空压机的报价见附件。", *, html: str = "", **carried: bytes) -> bytes:
    """A mail of a customer to a salesperson; ``carried`` are files by name, with ``_`` for the dot."""
    made = EmailMessage()
    made["From"] = "王采购 <wang@buyer.example>"
    made["To"] = "su@qiheng.example, 陆东升 <lu@qiheng.example>"
    made["Subject"] = "回复：空压机报价 <b>2</b>"
    made["Date"] = "Fri, 27 Nov 2026 10:00:00 +0800"
    made.set_content(body)
    if html:
        made.add_alternative(html, subtype="html")
    for name, content in carried.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return made.as_bytes()


def send(browser: Browser, place: str, name: str, content: bytes) -> Any:
    return browser.post(place, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def kept(world: World, name: str) -> Attachment | None:
    with world.reading("sales.east1") as session, as_system(session, "whether a file is there"):
        return session.scalar(select(Attachment).where(Attachment.name == name))


def test_the_timeline_says_who_wrote_what_to_whom_and_masks_addresses(client_for: Clients, place: str) -> None:
    seller = client_for("sales.east1")
    one = put(seller, place, "offer.eml", mail())
    told = seller.get(place.replace("/files", "?tab=timeline&kind=mails")).text
    assert "归档了邮件" in told
    assert "回复：空压机报价 &lt;b&gt;2&lt;/b&gt;" in told
    assert "王采购 → s****@qiheng.example、陆东升" in told
    assert "2026-11-27 10:00" in told
    assert f"{one}/preview" in told
    for hidden in ("wang@buyer", "su@qiheng"):
        assert hidden not in told
    assert "归档了邮件" not in seller.get(place.replace("/files", "?tab=timeline&kind=files")).text


def test_its_page_shows_the_words_and_what_it_carries(client_for: Clients, place: str) -> None:
    seller = client_for("sales.east1")
    html = "<style>p{color:red}</style><p>见<b>附件</b></p><img src='https://else.example/x.png'><script>alert(1)</script>"
    one = put(seller, place, "offer.eml", mail("", html=html, offer_pdf=b"%PDF-1.7"))
    page = seller.get(f"{one}/preview").text
    assert "wang@buyer.example" in page
    assert "offer.pdf" in page
    for missing in ("else.example", "alert(1)", "color:red"):
        assert missing not in page
    assert seller.get(f"{one}?inline=1&page=1").status_code == 404
    taken = seller.get(f"{one}?inline=1")
    assert (taken.mimetype, taken.headers["Content-Disposition"][:10]) == ("message/rfc822", "attachment")
    taken.close()
    assert client_for("sales.west1").get(f"{one}/preview").status_code == 404


def test_words_in_the_charset_of_chinese_programs(client_for: Clients, place: str) -> None:
    """Programs call gb2312 what they write in gb18030."""
    sent = b"From: a@b.cn\r\nSubject: =?gb2312?B?sai82w==?=\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n" + "朱镕基：€5".encode(
        "gb18030"
    )
    seller = client_for("sales.east1")
    one = put(seller, place, "old.eml", sent)
    page = seller.get(f"{one}/preview").text
    assert "朱镕基：€5" in page
    assert "报价" in page


@pytest.mark.parametrize("name", ["run_exe", "all_zip", "macro_docm"])
def test_a_mail_that_carries_what_may_not_be_attached_is_refused(client_for: Clients, place: str, world: World, name: str) -> None:
    seller = client_for("sales.east1")
    answer = send(seller, place, "bad.eml", mail(**{name: b"MZ"}))
    assert answer.status_code == 422
    assert f"邮件中带有“{name.replace('_', '.')}”" in answer.text
    assert kept(world, "bad.eml") is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "文件内容与扩展名（eml）不符"),
        (b"X-Only: header\n\nhello", "该文件无法作为邮件读取"),
        (DEEP, "该文件无法作为邮件读取"),
    ],
    ids=["words", "no sender", "too deep"],
)
def test_what_is_no_mail_or_made_to_harm_is_answered_with_one_sentence(
    client_for: Clients, place: str, world: World, content: bytes, sentence: str
) -> None:
    answer = send(client_for("sales.east1"), place, "strange.eml", content)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert kept(world, "strange.eml") is None


def test_a_mail_that_came_with_a_comment_is_told_as_a_mail_too(client_for: Clients, place: str) -> None:
    seller = client_for("sales.east1")
    form = {"text": "他答应了", "file": (io.BytesIO(mail()), "yes.eml")}
    assert seller.post(place.replace("/files", "/comments"), data=form, content_type="multipart/form-data").status_code == 303
    assert "王采购" in seller.get(place.replace("/files", "?tab=timeline&kind=mails")).text


def test_words_that_were_swept_away_are_read_again(client_for: Clients, place: str, world: World) -> None:
    seller = client_for("sales.east1")
    one = put(seller, place, "offer.eml", mail())
    found = kept(world, "offer.eml")
    assert found is not None
    company, sha256 = found.company_id, found.sha256
    shutil.rmtree(made_of(company, sha256))
    assert "offer.eml" in seller.get(place.replace("/files", "?tab=timeline&kind=mails")).text
    assert known_mail(company, sha256) is None
    assert "两台空压机" in seller.get(f"{one}/preview").text
    assert known_mail(company, sha256) is not None
