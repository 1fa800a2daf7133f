"""Why something was done is told to each reader in the language of the reader, whoever did it in whichever language (R-054, R-058)."""

from __future__ import annotations

import html
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.administration import set_parameter
from core.audit.models import AuditRow
from core.audit.reasons import because, give_reason
from core.audit.trail import record_event
from core.audit.verification import verify_rows
from core.database.sentences import BEGINS, said
from core.extension.calling import registry
from core.extension.exchange import Task
from core.kernel.acting import System, acting_as
from core.kernel.clock import now, today
from core.kernel.words import Message, msg
from core.operations.backups.making import make_backup
from core.privacy.models import Erasure
from core.privacy.retention import DAYS, HANDLER, erase_due
from core.web.bulk.models import BulkRun
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact, change_customer
from tests.plugins.conftest import Trade, trade
from tests.web.test_inline import PART, ask, undo_of
from tests.work.test_import_customers import imported
from tests.world import Browser, World, browser_for

__all__ = ["trade"]
BOTH_WAYS = pytest.mark.parametrize(("writer", "reader"), [("en", "zh_CN"), ("zh_CN", "en")])
LOOKS_STORED = '{"text": "Taken back", "params": {}}'


class Told:
    """The pages of the house, read and written in either language."""

    def __init__(self, application: Flask, world: World, folder: Path) -> None:
        self.application, self.world, self.folder = application, world, folder
        self.trade = Trade(world)
        self.customer = self.trade.customer()

    def browser(self, account: str, language: str) -> Browser:
        browser = browser_for(self.application, self.world, account)
        assert browser.post("/account/language", data={"language": language}).status_code == 303
        return browser

    def page(self, account: str, language: str, address: str) -> str:
        answer = self.browser(account, language).get(address)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def words(self, sentence: Message, language: str) -> str:
        with self.application.test_request_context("/"), force_locale(language):
            return str(sentence)

    def rows(self) -> list[AuditRow]:
        """Rows that say why, oldest first."""
        with Session(self.world.keguan.database.engine) as session:
            return list(session.scalars(select(AuditRow).where(AuditRow.reason != "").order_by(AuditRow.id)))

    def version(self) -> int:
        with self.world.reading("sales.east1") as session:
            return int(session.get(type(self.customer), self.customer.id).version)


def taken_back_in_place(told: Told, language: str) -> str:
    browser, address = told.browser("sales.east1", language), f"/customers/{told.customer.id}/field/city"
    done = browser.post(address, data={**ask(browser, address), "city": "无锡"}, headers=PART)
    assert browser.post(undo_of(done.text)).status_code == 303
    return f"/customers/{told.customer.id}?tab=history"


def restored_from_the_history(told: Told, language: str) -> str:
    for discount in ("95", "90"):
        with told.world.use_case("sales.east1") as session:
            change_customer(session, told.customer.id, None, {"discount": discount})
    with Session(told.world.keguan.database.engine) as session:
        row = session.scalars(select(AuditRow.id).where(AuditRow.record_id == told.customer.id).order_by(AuditRow.id.desc())).first()
    sent = {"row": str(row), "version": str(told.version())}
    assert told.browser("sales.east1", language).post(f"/customers/{told.customer.id}/restore", data=sent).status_code == 303
    return f"/customers/{told.customer.id}?tab=history"


def taken_back_of_many(told: Told, language: str) -> str:
    browser = told.browser("sales.east1", language)
    picked = {"id": [f"{told.customer.id}-{told.version()}"], "step": "run", "city": "苏州"}
    assert browser.post("/customers/bulk/change?field=city", data=picked).status_code == 303
    with acting_as(System("test")), Session(told.world.keguan.database.engine) as session:
        run = session.scalars(select(BulkRun.id)).one()
    assert browser.post(f"/bulk/{run}/undo").status_code == 303
    return f"/customers/{told.customer.id}?tab=history"


def read_from_a_file(told: Told, language: str) -> str:
    with told.application.app_context(), force_locale(language):
        imported(told.world, told.folder)
    return f"/customers/{told.rows()[-1].record_id}?tab=history"


def done_by_a_job(told: Told, language: str) -> str:
    with told.application.app_context(), force_locale(language), because(HANDLER.title), told.world.use_case("sales.east1") as session:
        change_customer(session, told.customer.id, None, {"city": "常州"})
    return f"/customers/{told.customer.id}?tab=history"


def backed_up(told: Told, language: str) -> None:
    """No record is changed by it: the event alone says why."""
    keguan = told.world.keguan
    with told.application.app_context(), force_locale(language):
        make_backup(keguan, keguan.settings.backup_folder, msg("Regular backup"), System("terminal: test"))


KINDS = {
    "Taken back": taken_back_in_place,
    "Restored as it was before %(time)s": restored_from_the_history,
    "Taken back ": taken_back_of_many,
    "Import of %(name)s": read_from_a_file,
    HANDLER.title.text: done_by_a_job,
}
"""What the program says of itself as a reason, and how that comes about; gives the page of the record."""


@pytest.fixture
def told(application: Flask, world: World, tmp_path: Path) -> Told:
    """A customer of sales.east1, and pages in either language."""
    return Told(application, world, tmp_path)


@BOTH_WAYS
@pytest.mark.parametrize("sentence", KINDS)
@pytest.mark.requirement("R-058")
def test_a_reason_of_the_program_is_told_in_the_language_of_the_reader(told: Told, sentence: str, writer: str, reader: str) -> None:
    page = KINDS[sentence](told, writer)
    row = told.rows()[-1]
    why: Any = said(row.reason or "")
    assert why.text == sentence.strip()
    for account, address in (("leader", page), ("auditor", "/audit-rows/"), ("auditor", f"/audit-rows/{row.id}")):
        text = told.page(account, reader, address)
        assert told.words(why, reader) in text, address
        assert told.words(why, writer) not in text, address
        assert BEGINS not in text, address


@BOTH_WAYS
def test_the_certificate_of_an_erasure_by_the_house_is_told_in_the_language_of_the_reader(told: Told, writer: str, reader: str) -> None:
    with told.world.use_case("sales.east1") as session:
        add_contact(session, {"customer": told.customer.id, "name": "郑一鸣", "mobile": "13900000000"})
    with told.world.use_case("admin") as session:
        set_parameter(session, DAYS, 30, today())
    with told.world.keguan.database.engine.begin() as connection:
        connection.execute(update(Contact.__table__).values(updated_at=now() - timedelta(days=31)))
    company = told.world.companies["qiheng"].id
    task = Task(1, HANDLER.kind, company, {}, frozenset(registry().names), lambda *_: None)
    house, transaction = acting_as(System("background jobs", company)), told.world.keguan.database.transaction
    with told.application.app_context(), force_locale(writer), house, transaction() as session:
        assert erase_due(session, task) == 1
    with acting_as(System("test")), Session(told.world.keguan.database.engine) as session:
        why: Any = session.scalars(select(Erasure.reason)).one()
    text = told.page("leader", reader, "/privacy/")
    assert told.words(why, reader) in text
    assert told.words(why, writer) not in text


@BOTH_WAYS
def test_an_event_is_called_and_explained_in_the_language_of_the_reader(told: Told, writer: str, reader: str) -> None:
    subject, why = msg("Audit trail"), msg("Regular backup")
    with told.application.app_context(), force_locale(writer), told.world.use_case("auditor") as session:
        record_event(session, "export", subject, reason=why, folder="/x")
    row = told.rows()[-1]
    for address in ("/audit-rows/?action=export", f"/audit-rows/{row.id}"):
        text = told.page("auditor", reader, address)
        assert told.words(why, reader) in text
        assert told.words(why, writer) not in text
        assert BEGINS not in text
    assert f">{told.words(subject, reader)}<" in told.page("auditor", reader, f"/audit-rows/{row.id}").replace("\n", "")


@pytest.mark.parametrize("typed", ["与客户商定", LOOKS_STORED])
@pytest.mark.parametrize("reader", ["en", "zh_CN"])
def test_a_reason_that_a_person_typed_is_told_as_it_was_typed(told: Told, typed: str, reader: str) -> None:
    with told.world.use_case("sales.east1") as session:
        give_reason(session, typed)
        change_customer(session, told.customer.id, None, {"discount": "88"})
    assert typed in told.page("leader", reader, f"/customers/{told.customer.id}?tab=history")
    assert typed in told.page("auditor", reader, "/audit-rows/")


@pytest.mark.parametrize("old", ["Taken back", "撤销修改", "导入 客户.xlsx"])
@pytest.mark.parametrize("reader", ["en", "zh_CN"])
def test_a_reason_that_was_stored_as_words_in_former_times_is_told_as_it_stands(told: Told, old: str, reader: str) -> None:
    with told.world.use_case("sales.east1") as session:
        session.info["reason"] = old
        change_customer(session, told.customer.id, None, {"discount": "88"})
    assert told.rows()[-1].reason == old
    assert old in told.page("leader", reader, f"/customers/{told.customer.id}?tab=history")


@pytest.mark.requirement("R-054")
def test_the_seal_covers_a_reason_byte_for_byte(told: Told) -> None:
    taken_back_in_place(told, "en")
    engine, key = told.world.keguan.database.engine, told.world.keguan.settings.audit_key
    with Session(engine) as session:
        assert verify_rows(session, key).altered == ()
    row = told.rows()[-1]
    same = (row.reason or "").replace('": ', '":')
    assert same != row.reason
    with engine.begin() as connection:  # the same sentence, written otherwise
        connection.execute(update(AuditRow.__table__).where(AuditRow.__table__.c.id == row.id).values(reason=same))
    with Session(engine) as session:
        assert tuple(verify_rows(session, key).altered) == (row.id,)
