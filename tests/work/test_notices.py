"""Notices reach their receiver, in his or her language, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale
from sqlalchemy import select

from core.kernel.acting import acting_as
from core.kernel.errors import NotFound
from core.kernel.words import msg
from core.work.models import Notice
from core.work.notices import mark_all_read, mark_read, notices, notify, unread_count

if TYPE_CHECKING:
    from tests.work.conftest import Office

HELLO = msg("“%(job)s” has failed: %(reason)s", job=msg("Import a file"), reason="1 < 2")


def sent(office: Office) -> int:
    with acting_as(office.ann), office.database.transaction() as session:
        return notify(session, office.bob_id, HELLO, "/clients/1").id


def test_a_notice_is_read_by_its_receiver_alone(office: Office) -> None:
    notice_id = sent(office)
    for who in (office.ann, office.chief, office.actor(office.stranger_id)):
        with acting_as(who):
            session = office.database.session()
            assert session.scalars(select(Notice)).all() == []
            assert session.get(Notice, notice_id) is None
            assert unread_count(session) == 0
            office.database.release()
    with acting_as(office.bob):
        assert [notice.id for notice in notices(office.database.session())] == [notice_id]
        assert unread_count(office.database.session()) == 1


def test_nobody_can_mark_a_colleagues_notice_as_read(office: Office) -> None:
    notice_id = sent(office)
    with acting_as(office.ann), pytest.raises(NotFound), office.database.transaction() as session:
        mark_read(session, notice_id)
    with acting_as(office.ann), office.database.transaction() as session:
        mark_all_read(session)
    with acting_as(office.bob):
        assert unread_count(office.database.session()) == 1


@pytest.mark.requirement("R-384")
def test_a_read_notice_no_longer_counts_and_keeps_its_first_moment(office: Office) -> None:
    notice_id = sent(office)
    sent(office)
    with acting_as(office.bob), office.database.transaction() as session:
        first = mark_read(session, notice_id).read_at
        assert mark_read(session, notice_id).read_at == first
    with acting_as(office.bob):
        assert unread_count(office.database.session()) == 1
        assert [notice.id for notice in notices(office.database.session())][-1] == notice_id
    with acting_as(office.bob), office.database.transaction() as session:
        mark_all_read(session)
        assert unread_count(session) == 0


def test_a_notice_cannot_be_sent_into_another_company(office: Office) -> None:
    with acting_as(office.ann), pytest.raises(NotFound), office.database.transaction() as session:
        notify(session, office.stranger_id, HELLO)


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"])
def test_a_notice_leads_only_into_the_application(office: Office, url: str) -> None:
    with acting_as(office.ann), pytest.raises(ValueError, match="path of this application"), office.database.transaction() as session:
        notify(session, office.bob_id, HELLO, url)


def test_a_notice_is_read_in_the_language_of_its_reader(office: Office, tmp_path: Path) -> None:
    notice_id = sent(office)
    with acting_as(office.bob):
        message = office.database.session().get_one(Notice, notice_id).message
    assert message == HELLO
    app = Flask("test")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = compiled(tmp_path)
    Babel(app)
    for language, shown in (("en", "“Import a file” has failed: 1 < 2"), ("zh_CN", "“导入文件”失败：1 < 2")):
        with app.app_context(), force_locale(language):
            assert str(message) == shown


def compiled(folder: Path) -> str:
    """The folder of the core's translations in the form that programs read."""
    target = folder / "zh_Hans_CN/LC_MESSAGES/messages.mo"  # what babel makes of zh_CN
    target.parent.mkdir(parents=True)
    source = Path(__file__).parents[2] / "core/translations/zh_CN/LC_MESSAGES/messages.po"
    with source.open("rb") as text, target.open("wb") as program:
        write_mo(program, read_po(text, locale="zh_CN"))
    return str(folder)
