"""Whatever table of the core holds words that people type: an erasure reaches it, or it says why not (PIPL 47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, Text
from sqlalchemy.orm import Session

from core.database.sentences import Said
from core.extension.installed import stored_classes
from core.kernel.acting import System, acting_as
from core.kernel.words import msg
from core.lists.models import ListView
from core.lists.operations import ViewWish, save_view
from core.operations.language import catalogues_of, speaking
from core.privacy.places import BY_RECORD, LEFT, known_places, use_places
from core.web.bulk.models import BulkItem, BulkRun, BulkState, Outcome
from core.work.models import Job, JobState
from tests.world import World

pytestmark = [pytest.mark.requirement("R-462"), pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]
TYPED = frozenset({"text", "long_text", "email", "phone", "sentence", "list"})
NAME = "卓殊名"


def typed_tables(tables: Iterable[Any]) -> set[str]:
    """Those with a column that people type into: declared as text, or of any length."""
    return {table.name for table in tables if table.name.startswith("core_") and any(_typed(column) for column in table.columns)}


def _typed(column: Column[Any]) -> bool:
    declared = column.info.get("field")
    return declared.kind in TYPED if declared is not None else isinstance(column.type, Text | JSON | Said)


def listed() -> Counter[str]:
    return Counter([*BY_RECORD, *LEFT, *(table for place in known_places() for table in place.tables)])


def test_every_table_of_the_core_that_holds_typed_words_is_reached_or_says_why_not(world: World) -> None:
    found = typed_tables(model.__table__ for model in stored_classes())
    assert len(found) >= 30, "the walk looks at nothing"
    assert sorted(found - set(listed())) == []
    assert [table for table, times in listed().items() if times > 1] == []
    assert sorted(set(listed()) - {model.__tablename__ for model in stored_classes()}) == [], "a list names a table that is gone"
    assert all(len(why) > 10 for why in (*BY_RECORD.values(), *LEFT.values()))


def test_a_new_table_with_a_typed_column_would_be_missed_by_no_list(world: World) -> None:
    new = Table("core_new", MetaData(), Column("id", Integer), Column("code", String(10)), Column("remark", Text))
    assert typed_tables([new]) - set(listed()) == {"core_new"}


def test_an_erasure_that_nobody_would_hear_is_none(world: World) -> None:
    before = known_places()
    use_places()
    try:
        with pytest.raises(RuntimeError):
            known_places()
    finally:
        use_places(*before)


@pytest.mark.parametrize("typed", ["139 8765-4329", "Zhuo.Shuming@example.com"])
def test_a_saved_view_forgets_a_number_and_an_address_as_people_type_them(world: World, typed: str) -> None:
    with world.use_case("sales.east1") as session:
        kept = save_view(session, "contacts", urlencode({"q": typed, "order": "name"}), ViewWish("重点联系人")).id
    with acting_as(System("test", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        for place in known_places():
            place.forget(session, {"13987654329", "zhuo.shuming@example.com"})
    with Session(world.keguan.database.engine) as session:
        assert session.get_one(ListView, kept).conditions == "order=name"


@pytest.mark.parametrize("state", [BulkState.RUNNING, BulkState.DONE])
def test_an_order_for_many_records_forgets_the_words_and_does_not_go_on(world: World, state: BulkState) -> None:
    company = world.companies["qiheng"].id
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        run = BulkRun(company_id=company, noun="contacts", what="change", field="position", key="k" * 32, state=state, prepared=False)
        run.given, run.query = {"value": f"{NAME}的助理"}, "q=%E5%8D%93%E6%AE%8A%E5%90%8D"
        session.add(run)
        session.flush()
        number = run.id
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        for place in known_places():
            place.forget(session, {NAME})
    with Session(world.keguan.database.engine) as session:
        kept = session.get_one(BulkRun, number)
        assert (kept.given, kept.query, kept.prepared) == ({"value": "（已删除）的助理"}, "", True)
        assert kept.state is (BulkState.CANCELLED if state is BulkState.RUNNING else state)


@pytest.mark.requirement("R-495")
def test_what_a_job_and_an_order_answered_forgets_the_words_and_is_told_in_the_language_of_the_reader(world: World) -> None:
    """The sentence stays, and stays translatable; the value of the record that it held goes."""
    company = world.companies["qiheng"].id
    taken = msg("%(field)s: %(sentence)s", field=msg("Telephone"), sentence=msg("“%(name)s” is taken.", name=f"{NAME} 139 8765-4329"))
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        job = Job(company_id=company, kind="core.test", plugin="core", state=JobState.FAILED, error=taken)
        run = BulkRun(company_id=company, noun="contacts", what="change", field="position", key="k" * 32, state=BulkState.DONE, query="")
        run.given = {}
        session.add_all([job, run])
        session.flush()
        item = BulkItem(company_id=company, run_id=run.id, record_id=7, seen=1, outcome=Outcome.REFUSED, said=taken)
        session.add(item)
        session.flush()
        numbers = (job.id, item.id)
    with acting_as(System("test", company)), world.keguan.database.transaction() as session:
        for place in known_places():
            place.forget(session, {NAME, "13987654329"})
    with Session(world.keguan.database.engine) as session:
        for said in (session.get_one(Job, numbers[0]).error, session.get_one(BulkItem, numbers[1]).said):
            assert said is not None
            assert str(said) == "Telephone: “（已删除） （已删除）” is taken."
            with speaking("zh_CN", catalogues_of(world.keguan.registry)):
                assert str(said).startswith("电话：")
