"""Files of a record go exactly as far as the record, and what strangers upload can do no harm."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.access.guard import as_system, get_for
from core.audit.models import AuditRow
from core.kernel.acting import Actor, System, acting_as
from core.kernel.errors import BadInput, Forbidden, NotFound, TooLarge
from core.work.attachments import attach, attachments_of, detach, headers_for, open_attachment, remove_orphans
from core.work.file_names import LONGEST, clean_name, content_disposition, extension
from core.work.file_store import FileStore, file_store
from core.work.file_types import may_show, recognise_type
from core.work.models import Attachment
from tests.work.conftest import crash, in_one_use_case
from tests.work.probe import Client

if TYPE_CHECKING:
    from tests.work.conftest import Office

PDF = b"%PDF-1.7 hello"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def package(*members: str, size: int = 1) -> bytes:
    """A zip with these members of ``size`` zero bytes each."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for member in members:
            file.writestr(member, b"\0" * size)
    return buffer.getvalue()


def open_document(kind: str, *members: str, stored: bool = True, first: str = "mimetype") -> bytes:
    """An OpenDocument that says it is of this ``kind``, with these members beside its content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        way = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        file.writestr(first, f"application/vnd.oasis.opendocument.{kind}", way)
        for member in members:
            file.writestr(member, "<office:document-content/>")
    return buffer.getvalue()


@pytest.fixture
def client_id(office: Office) -> int:
    """A client of Ann's, with one file."""
    with acting_as(office.ann), office.database.transaction() as session:
        client = Client(code="1", name="A")
        session.add(client)
        session.flush()
        attach(session, client, "offer.pdf", io.BytesIO(PDF))
        return client.id


def put(office: Office, client_id: int, name: str, content: bytes, who: Actor | None = None) -> int:
    with acting_as(who or office.ann), office.database.transaction() as session:
        return attach(session, session.get(Client, client_id) or Client(id=client_id), name, io.BytesIO(content)).id


@pytest.mark.requirement("R-142")
@pytest.mark.requirement("R-310")
@pytest.mark.requirement("R-059")
def test_a_file_is_kept_under_its_hash_and_comes_back_whole(office: Office, client_id: int) -> None:
    with acting_as(office.ann):
        session = office.database.session()
        [listed] = attachments_of(session, get_for(session, Client, "read", client_id))
        attachment, path = open_attachment(session, listed.id)
    assert (attachment.name, attachment.media_type, attachment.size, attachment.added_by_id) == (
        "offer.pdf",
        "application/pdf",
        14,
        office.ann_id,
    )
    assert path.read_bytes() == PDF
    assert path.parent.name == attachment.sha256[:2]
    assert path.parent.parent.name == str(office.company_id)
    assert list((file_store().root / "incoming").iterdir()) == []


@pytest.mark.requirement("R-059")
def test_a_colleague_who_does_not_see_the_record_does_not_see_its_files(office: Office, client_id: int) -> None:
    with acting_as(office.ann):
        [listed] = attachments_of(office.database.session(), get_for(office.database.session(), Client, "read", client_id))
        number = listed.id
    for who in (office.bob, office.chief, office.actor(office.stranger_id)):
        office.database.release()
        with acting_as(who):
            session = office.database.session()
            for wrong in (number, 999_999):
                with pytest.raises(NotFound) as error:
                    open_attachment(session, wrong)
                assert str(error.value) == str(NotFound())
            with pytest.raises(NotFound):
                attachments_of(session, Client(id=client_id))


def test_the_class_itself_can_be_read_by_no_employee(office: Office, client_id: int) -> None:
    for who in (office.ann, office.bob, office.chief, None):
        office.database.release()
        with acting_as(who):
            session = office.database.session()
            assert session.scalars(select(Attachment)).all() == []
            assert session.scalar(select(func.count(Attachment.id))) == 0
            assert session.scalar(select(func.max(Attachment.name))) is None
            assert session.scalars(select(Client.id).join(Attachment, Attachment.record_id == Client.id)).all() == []
            assert session.get(Attachment, 1) is None


def test_a_file_that_was_handed_out_in_a_use_case_is_not_left_open_to_others(office: Office, client_id: int) -> None:
    with acting_as(office.ann):
        session = office.database.session()
        [listed] = attachments_of(session, get_for(session, Client, "read", client_id))
        assert session.get(Attachment, listed.id) is None


def test_only_who_may_change_the_record_may_add_or_remove_its_files(office: Office, client_id: int) -> None:
    with pytest.raises(NotFound):
        put(office, client_id, "x.pdf", PDF, office.bob)
    reader = Actor(**{**vars(office.ann), "grants": {("probe.client", "read"): office.ann.grants["probe.client", "read"]}})
    with pytest.raises(Forbidden):
        put(office, client_id, "x.pdf", PDF, reader)
    for who, error in ((office.bob, NotFound), (reader, Forbidden)):
        with acting_as(who), pytest.raises(error), office.database.transaction() as session:
            detach(session, 1)
    with acting_as(office.ann), office.database.transaction() as session:
        detach(session, 1)
        assert attachments_of(session, session.get(Client, client_id)) == []


def test_adding_and_removing_stand_in_the_trail(office: Office, client_id: int) -> None:
    with acting_as(office.ann), office.database.transaction() as session:
        detach(session, 1)
    with acting_as(System("test")):
        rows = (
            office.database.session().scalars(select(AuditRow).where(AuditRow.table_name == "core_attachment").order_by(AuditRow.id)).all()
        )
    assert [(row.action, row.who) for row in rows] == [("create", "ann"), ("delete", "ann")]
    assert "offer.pdf" in rows[0].changes


def test_a_use_case_that_fails_leaves_no_row(office: Office, client_id: int) -> None:
    second = io.BytesIO(PDF + b"2")
    with pytest.raises(ZeroDivisionError):
        in_one_use_case(office, lambda session: attach(session, session.get(Client, client_id), "second.pdf", second), crash)
    with acting_as(office.ann):
        assert len(attachments_of(office.database.session(), Client(id=client_id))) == 1


def test_the_sweep_takes_only_old_files_that_no_row_names(office: Office, client_id: int) -> None:
    second = put(office, client_id, "second.pdf", PDF + b"2")
    put(office, client_id, "same.pdf", PDF)
    with acting_as(office.ann), office.database.transaction() as session:
        detach(session, 1)
        detach(session, second)
    assert sweep(office) == 0, "what was removed a moment ago may belong to a use case that is being committed"
    age_files()
    assert sweep(office) == 1
    with acting_as(office.ann):
        [left] = attachments_of(office.database.session(), Client(id=client_id))
        assert open_attachment(office.database.session(), left.id)[1].read_bytes() == PDF


def test_files_of_a_record_that_is_gone_go_too(office: Office, client_id: int) -> None:
    with acting_as(System("test")), office.database.transaction() as session:
        session.delete(session.get_one(Client, client_id))
    age_files()
    assert sweep(office) == 1
    with acting_as(System("test")):
        assert office.database.session().scalars(select(Attachment)).all() == []


def test_a_file_that_is_attached_again_is_young_again(office: Office, client_id: int) -> None:
    with acting_as(office.ann), office.database.transaction() as session:
        detach(session, 1)
    age_files()
    put(office, client_id, "again.pdf", PDF)
    assert file_store().remove_all_but(office.company_id, set()) == 0


def sweep(office: Office) -> int:
    with acting_as(System("test", office.company_id)), office.database.transaction() as session:
        return remove_orphans(session, office.company_id)


def age_files() -> None:
    for path in file_store().root.rglob("*"):
        os.utime(path, (time.time() - 90_000, time.time() - 90_000))


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(office: Office, client_id: int) -> None:
    store = file_store()
    store.limit = 1024 * 1024
    with pytest.raises(TooLarge, match="larger than 1 MB"):
        put(office, client_id, "big.pdf", PDF + b"x" * store.limit)
    assert list((store.root / "incoming").iterdir()) == []


def test_a_missing_file_is_said_and_not_a_crash(office: Office, client_id: int) -> None:
    for path in (file_store().root / str(office.company_id)).rglob("??/*"):
        path.unlink()
    with acting_as(office.ann), pytest.raises(NotFound, match="missing from the store"):
        open_attachment(office.database.session(), 1)


def test_a_person_who_bypasses_by_the_house_stays_in_the_company(office: Office, client_id: int) -> None:
    with acting_as(office.actor(office.stranger_id)):
        session = office.database.session()
        with as_system(session, "test"):
            assert session.scalars(select(Attachment)).all() == []


GOOD: list[tuple[str, bytes]] = [
    ("a.pdf", PDF),
    ("a.PDF", PDF),
    ("a.png", PNG),
    ("a.jpg", b"\xff\xd8\xff\xe0"),
    ("a.jpeg", b"\xff\xd8\xff\xe1"),
    ("a.gif", b"GIF89a"),
    ("a.webp", b"RIFF\0\0\0\0WEBPVP8 "),
    ("a.docx", package("[Content_Types].xml", "word/document.xml")),
    ("a.xlsx", package("[Content_Types].xml", "xl/workbook.xml")),
    ("a.pptx", package("[Content_Types].xml", "ppt/presentation.xml")),
    ("a.ofd", package("OFD.xml")),
    ("a.odt", open_document("text", "content.xml", "META-INF/manifest.xml")),
    ("a.ods", open_document("spreadsheet", "content.xml")),
    ("a.odp", open_document("presentation", "content.xml", "Object 1/content.xml")),
    ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("a.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("a.txt", "合同".encode()),
    ("a.txt", "合同".encode("gb18030")),
    ("a.csv", b"a,b\n1,2\n"),
]
BAD: list[tuple[str, bytes, str]] = [
    ("a.zip", package("a.txt"), "Archives"),
    ("a.rar", b"Rar!", "Archives"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be attached"),
    ("a.html", b"<html>", "cannot be attached"),
    ("a.exe", b"MZ", "cannot be attached"),
    ("a.pdf.exe", PDF, "cannot be attached"),
    ("a.docm", package("word/document.xml"), "cannot be attached"),
    ("pdf", PDF, "no ending"),
    (".pdf", PDF, "no ending"),
    ("a.pdf", b"MZ", "not what its name says"),
    ("a.pdf", b"<html>%PDF-", "not what its name says"),
    ("a.png", b"<svg/>", "not what its name says"),
    ("a.docx", package("xl/workbook.xml"), "not what its name says"),
    ("a.docx", package("word/document.xml", "word/vbaProject.bin"), "not what its name says"),
    ("a.docx", b"PK\x03\x04 broken", "not what its name says"),
    ("a.xlsx", package(*(f"xl/{n}" for n in range(6000))), "not what its name says"),
    ("a.odt", package("mimetype", "content.xml"), "not what its name says"),
    ("a.odt", package("[Content_Types].xml", "word/document.xml"), "not what its name says"),
    ("a.odt", open_document("presentation", "content.xml"), "not what its name says"),
    ("a.odt", open_document("text", "content.xml", stored=False), "not what its name says"),
    ("a.odt", open_document("text", "content.xml", first="other"), "not what its name says"),
    ("a.odt", open_document("text", "styles.xml"), "not what its name says"),
    ("a.odp", open_document("presentation", "content.xml", "Basic/script-lc.xml"), "not what its name says"),
    ("a.odt", b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "not what its name says"),
    ("a.odt", package(), "not what its name says"),
    ("a.odt", open_document("text", *(f"{n}.xml" for n in range(6000)), "content.xml"), "not what its name says"),
    ("a.txt", b"MZ\0\0", "not what its name says"),
    ("a.txt", b"\xff\xff\xff", "not what its name says"),
]


@pytest.mark.parametrize(("name", "content"), GOOD)
def test_a_file_that_is_what_it_says_is_taken(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    assert recognise_type(clean_name(name), path).media_type


@pytest.mark.parametrize(("name", "content", "why"), BAD)
def test_any_other_file_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=why):
        recognise_type(clean_name(name), path)


def test_an_office_document_that_unfolds_to_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_bytes(package(*(f"word/{n}.xml" for n in range(6)), size=100 * 1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(BadInput):
        recognise_type("a.docx", path)


def test_an_empty_file_is_refused(office: Office, client_id: int) -> None:
    with pytest.raises(BadInput, match="empty"):
        put(office, client_id, "a.txt", b"")


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("合同 2026.pdf", "合同 2026.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\offer.pdf", "offer.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\0.pdf", "a.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("con.txt", "_con.txt"),
        ("a.pdf. . ", "a.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_a_name_is_made_harmless_and_stays_readable(given_name: str, clean: str) -> None:
    assert clean_name(given_name) == clean


@pytest.mark.parametrize("name", ["", "..", "/", "\u202e", " . "])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="no usable name"):
        clean_name(name)


@given(st.text())
def test_whatever_the_name_the_headers_stay_on_one_line_of_ascii(name: str) -> None:
    try:
        header = content_disposition(name)
    except BadInput:
        return
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert clean_name(clean_name(name)) == clean_name(name)
    assert len(clean_name(name)) <= LONGEST
    assert "/" not in clean_name(name)
    assert extension(clean_name(name)) == extension(clean_name(name)).lower()


def test_only_pictures_of_pixels_are_ever_shown_within_a_page() -> None:
    picture: Any = Attachment(name="图.png", media_type="image/png", size=1)
    text: Any = Attachment(name="a.txt", media_type="text/plain", size=1)
    assert headers_for(picture, inline=True)["Content-Disposition"].startswith("inline;")
    assert headers_for(picture)["Content-Disposition"] == "attachment; filename=\"_.png\"; filename*=UTF-8''%E5%9B%BE.png"
    assert headers_for(text, inline=True)["Content-Disposition"].startswith("attachment;")
    assert headers_for(text)["X-Content-Type-Options"] == "nosniff"
    assert not may_show("image/svg+xml")
    assert not may_show("text/html")


def test_two_companies_keep_the_same_content_apart(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    for company in (1, 2):
        with store.receiving(io.BytesIO(PDF)) as received:
            store.keep(company, received)
    assert store.path(1, received.sha256) != store.path(2, received.sha256)
    assert store.remove_all_but(1, set(), grace=-1) == 1
    assert store.path(2, received.sha256).read_bytes() == PDF
