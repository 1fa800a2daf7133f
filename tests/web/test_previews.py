"""A file is looked at as pictures: no document brings a script, and what strangers made is read by a process with limits."""

from __future__ import annotations

import io
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from core.audit.models import AuditRow
from core.work import previews
from core.work.apart import run_apart
from core.work.file_store import file_store
from core.work.running import run_due_jobs
from tests.plugins.conftest import Trade
from tests.web.test_offering import trade
from tests.work.test_attachments import package
from tests.world import Browser, World

__all__ = ["trade"]
Clients = Callable[[str], Browser]
OFFICE = """#!{python}
import os, pathlib, sys
assert not [name for name in os.environ if name.startswith("KEGUAN")]
profile = pathlib.Path(sys.argv[1].removeprefix("-env:UserInstallation=file://"))
assert "DisableMacrosExecution" in (profile / "user/registrymodifications.xcu").read_text()
assert os.environ["HOME"] in str(profile)
if pathlib.Path(sys.argv[-1]).stat().st_size < {least}:
    sys.exit(3)
(pathlib.Path(sys.argv[-2]) / "document.pdf").write_bytes(pathlib.Path({pdf!r}).read_bytes())
"""


def pdf(pages: int = 2) -> bytes:
    """A PDF with this many pages, and a script that a reader would run."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(pages):
        canvas.drawString(100, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 20), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def place(trade: Trade) -> str:
    """The address of a customer's files."""
    return f"/customers/{trade.customer('sales.east1').id}/files"


def put(browser: Browser, place: str, name: str, content: bytes) -> str:
    """Attach a file; its address."""
    sent = {"file": (io.BytesIO(content), name)}
    assert browser.post(place, data=sent, content_type="multipart/form-data").status_code == 303
    page = browser.get(place.replace("/files", "?tab=files")).text
    return place + page.split(f"{place}/")[-1].split("/")[0].join(("/", ""))


@pytest.mark.requirement("R-059")
def test_a_picture_is_shown_as_it_is(client_for: Clients, place: str) -> None:
    seller = client_for("sales.east1")
    one = put(seller, place, "photo.png", picture())
    assert f'src="/c/qiheng{one}?inline=1"' in seller.get(f"{one}/preview").text
    answer = seller.get(f"{one}?inline=1")
    assert (answer.mimetype, answer.headers["Content-Disposition"][:6]) == ("image/png", "inline")
    answer.close()


@pytest.mark.requirement("R-059")
def test_the_pages_of_a_pdf_are_pictures_and_the_trail_says_who_looked(client_for: Clients, place: str, world: World) -> None:
    seller = client_for("sales.east1")
    one = put(seller, place, "offer.pdf", pdf())
    shown = seller.get(f"{one}/preview").text
    assert shown.count('<img class="kg-preview"') == 2
    for tag in ("<iframe", "<embed", "<object"):
        assert tag not in shown
    page = seller.get(f"{one}?inline=1&page=2")
    assert (page.status_code, page.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(page.data)).width == 1100
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    page.close()
    for wrong in ("0", "3", "-1", "x", "9" * 30, "../1"):
        assert seller.get(f"{one}?inline=1&page={wrong}").status_code == 404, wrong
    with world.reading("auditor") as session:
        assert "offer.pdf" in session.scalars(select(AuditRow.subject).where(AuditRow.action == "preview")).all()


@pytest.mark.requirement("R-441")
def test_who_does_not_see_the_record_does_not_look_at_its_files(client_for: Clients, place: str) -> None:
    one = put(client_for("sales.east1"), place, "offer.pdf", pdf())
    stranger = client_for("sales.west1")
    assert stranger.get(f"{one}/preview").status_code == 404
    assert stranger.get(f"{one}?inline=1&page=1").status_code == 404
    assert stranger.post(f"{one}/preview").status_code == 404


def test_a_broken_pdf_is_said_to_be_one_and_is_not_tried_again(client_for: Clients, place: str) -> None:
    seller = client_for("sales.east1")
    one = put(seller, place, "broken.pdf", b"%PDF-1.7 hello")
    page = seller.get(f"{one}/preview")
    assert page.status_code == 200
    assert "无法生成预览" in page.text
    assert "无法生成预览" in seller.get(f"{one}/preview").text
    assert [path.suffix for path in file_store().root.with_name("previews").rglob("*") if path.is_file()] == [".failed"]


def test_without_libreoffice_a_document_can_only_be_downloaded(client_for: Clients, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "office", lambda: None)
    seller = client_for("sales.east1")
    one = put(seller, place, "offer.docx", package("[Content_Types].xml", "word/document.xml"))
    assert "只能下载" in seller.get(f"{one}/preview").text
    tab = seller.get(place.replace("/files", "?tab=files")).text
    assert f"{one}/preview" not in tab
    assert "办公文档在此不能预览" in tab
    assert seller.get(f"{one}?inline=1&page=1").status_code == 404


@pytest.mark.requirement("R-059")
def test_a_job_makes_an_office_document_a_pdf(
    client_for: Clients, place: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LibreOffice is played by a program that looks at how it was called."""
    (tmp_path / "made.pdf").write_bytes(pdf(1))
    program = tmp_path / "soffice"
    program.write_text(OFFICE.format(python=sys.executable, pdf=str(tmp_path / "made.pdf"), least=300))
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(previews, "office", lambda: str(program))
    seller, keguan = client_for("sales.east1"), world.keguan
    good = put(seller, place, "offer.docx", package("[Content_Types].xml", "word/document.xml", "word/more.xml"))
    assert "生成预览" in seller.get(f"{good}/preview").text
    assert seller.post(f"{good}/preview").status_code == 303
    assert "正在生成预览" in seller.get(f"{good}/preview?making=1").text
    run_due_jobs(keguan.database, keguan.registry)
    assert seller.get(f"{good}/preview").text.count('<img class="kg-preview"') == 1
    bad = put(seller, place, "bad.docx", package("word/document.xml"))
    seller.post(f"{bad}/preview")
    run_due_jobs(keguan.database, keguan.registry)
    assert "无法生成预览" in seller.get(f"{bad}/preview?making=1").text


@pytest.mark.parametrize(
    ("limits", "program"),
    [
        ((1, 500, 1), ("sleep", "600")),
        ((5, 200, 1), (sys.executable, "-c", "bytes(10**9)")),
        ((5, 500, 1), (sys.executable, "-c", "open('x', 'wb').write(bytes(10**7))")),
        ((5, 500, 1), ("no-such-program",)),
    ],
)
def test_what_takes_too_much_is_ended(limits: Any, program: tuple[str, ...], tmp_path: Path) -> None:
    assert not run_apart(limits, tmp_path, *program)
    assert run_apart((5, 500, 1), tmp_path, "true")
