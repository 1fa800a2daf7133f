"""What goes wrong with approvals, exports, trail and privacy: one clear sentence in both languages, nothing half done (issue 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import Settings
from core.access.administration import let_go
from core.access.models import Grant
from core.application import create_core
from core.approvals import operations as do
from core.approvals.errors import DecidedAlready, LeftMeanwhile, NobodyLeft, NotRunning, OwnDocument
from core.approvals.models import ApprovalCase, CaseState
from core.exports.printing import PrintWish, print_record
from core.kernel.acting import FieldAccess, System, acting_as
from core.kernel.clock import today
from core.kernel.errors import BadInput, Conflict, Forbidden, KeguanError, Malformed, NotFound, StartRefused
from core.operations.language import catalogues_of, speaking
from core.privacy.erasing import erase_person
from core.privacy.holding import place_hold
from plugins.customers.models import Customer
from tests.approvals.conftest import KIND, decide, set_chain, step, submitted  # noqa: F401 -- fixtures
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import business
from tests.exports.conftest import Gate, customers, gate  # noqa: F401 -- fixtures
from tests.exports.test_the_gate import rewrite
from tests.field_rights import state as state_fields
from tests.plugins.conftest import Trade, trade  # noqa: F401 -- a fixture
from tests.privacy.test_privacy import TABLE, contact  # noqa: F401 -- a fixture
from tests.world import Browser, World

Make = Callable[..., Any]
Client = Callable[[str], Browser]


def leave(world: World, account: str) -> None:
    with world.use_case("security") as session:
        let_go(session, world.employees[account].id, on=today())


@contextmanager
def refused(world: World, *kinds: type[KeguanError]) -> Iterator[None]:
    """The block is refused with a sentence that is clear to readers of both languages, and no row of any table is another one after it."""
    before = business(world)
    with pytest.raises(kinds) as told:
        yield
    assert business(world) == before
    said = list(told.value.fields.values()) if isinstance(told.value, BadInput) and told.value.fields else [told.value.message]
    demand_clear(world, said)


def demand_clear(world: World, said: list[Any]) -> None:
    """Each sentence can be read in both languages; names of people stay as they are written."""
    names = re.compile("|".join(re.escape(one.name) for one in world.employees.values()))
    for language, stands_for in (("zh_CN", "某人"), ("en", "Somebody")):
        with speaking(language, catalogues_of(world.keguan.registry)):
            told = [names.sub(stands_for, str(sentence)) for sentence in said]
        assert [why for sentence in told if (why := unclear(sentence, language))] == []


def in_approval(world: World) -> list[ApprovalCase]:
    with acting_as(System("look", world.companies["qiheng"].id)):
        found = list(world.keguan.database.session().scalars(select(ApprovalCase)))
        world.keguan.database.release()
    return found


# --- approvals -------------------------------------------------------------------------------------------------------------------------


def test_a_chain_without_anybody_left(world: World, trade: Trade, step: Make, set_chain: Make, submitted: Make) -> None:  # noqa: F811
    contract = trade.contract()
    set_chain(step("leader"), step("leader", title="再批"))
    leave(world, "head.east")
    with refused(world, NobodyLeft):
        submitted(contract)
    assert in_approval(world) == []


def test_a_chain_that_asks_the_filler(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:  # noqa: F811
    set_chain(step("sales.east1"))
    case = submitted()  # it went upward at once, to somebody who is not the filler
    with refused(world, OwnDocument):
        decide("sales.east1", case)
    decide("head.east", case)


def test_a_decision_on_a_withdrawn_case(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:  # noqa: F811
    set_chain(step("head.east"))
    case = submitted()
    with world.use_case("sales.east1") as session:
        do.withdraw(session, case.id)
    for verb in (do.approve, do.reject):
        with refused(world, NotRunning):
            decide("head.east", case, verb, opinion="迟了")


def test_two_deciders_at_once(world: World, step: Make, set_chain: Make, submitted: Make, decide: Make) -> None:  # noqa: F811
    set_chain(step("head.east", "finance"), step("leader"))
    case = submitted()
    with world.act("finance"):  # who has opened the page while the other one decides
        decide("head.east", case)
    with refused(world, DecidedAlready):
        decide("finance", case)


@pytest.mark.requirement("R-370")
@pytest.mark.parametrize("verb", [do.approve, do.return_for_completion, do.reject])
def test_a_person_who_leaves_in_the_moment_of_deciding(
    world: World,
    step: Make,  # noqa: F811
    set_chain: Make,  # noqa: F811
    submitted: Make,  # noqa: F811
    decide: Make,  # noqa: F811
    verb: Make,
) -> None:
    """Signed in, asked, the page opened, the button pressed: then somebody else enters that the person has left."""
    set_chain(step("head.east"))
    case = submitted()
    signing = world.actor("head.east")
    leave(world, "head.east")
    with refused(world, LeftMeanwhile), acting_as(signing), world.keguan.database.transaction() as session:
        verb(session, case.id, opinion="同意")
    assert [one.state for one in in_approval(world)] == [CaseState.RUNNING]
    with acting_as(System("job", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        do.follow_cases(session)
    decide("leader", case)
    assert [one.state for one in in_approval(world)] == [CaseState.APPROVED]


def test_a_stand_in_who_leaves_in_the_moment_of_deciding(world: World, step: Make, set_chain: Make, submitted: Make) -> None:  # noqa: F811
    set_chain(step("head.east"))
    case = submitted()
    with world.use_case("head.east") as session:
        do.delegate(session, taker=world.employees["head.west"].id, first_on=today(), last_on=today())
    signing = world.actor("head.west")
    leave(world, "head.west")
    with refused(world, LeftMeanwhile), acting_as(signing), world.keguan.database.transaction() as session:
        do.approve(session, case.id)


def test_whoever_has_left_reads_one_sentence_and_decides_nothing(
    world: World,
    step: Make,  # noqa: F811
    set_chain: Make,  # noqa: F811
    submitted: Make,  # noqa: F811
    client_for: Client,
) -> None:
    """By the page: the sign-in has ended with the employment."""
    set_chain(step("head.east"))
    case, browser = submitted(), client_for("head.east")
    assert browser.get(f"/approvals/{case.id}").status_code == 200
    leave(world, "head.east")
    assert browser.post(f"/approvals/{case.id}/approve").status_code in (302, 303, 401, 403, 404)
    assert [one.state for one in in_approval(world)] == [CaseState.RUNNING]


# --- the export gate -------------------------------------------------------------------------------------------------------------------


def no_such_list(gate: Gate) -> Any:  # noqa: F811
    return gate.ask(source="no-such-list")


def without_the_right(gate: Gate) -> Any:  # noqa: F811
    return gate.ask("sales.east1")


def a_list_one_may_not_open(gate: Gate) -> Any:  # noqa: F811
    return gate.ask("auditor")


def a_hidden_column(gate: Gate) -> Any:  # noqa: F811
    return gate.ask(columns=("name", "star_grade"))


def by_a_hidden_column(gate: Gate) -> Any:  # noqa: F811
    return gate.ask(asked=(("order", "star_grade"),))


def rows_of_others(gate: Gate) -> Any:  # noqa: F811
    """The list may be opened, but nothing that the filter finds is seen."""
    return gate.ask(asked=(("q", "西安不外传厂"),))


def a_sheet_of_others(gate: Gate) -> Any:  # noqa: F811
    with acting_as(System("look", gate.world.companies["qiheng"].id)):
        hidden = gate.world.keguan.database.session().scalars(select(Customer.id).where(Customer.name == "西安不外传厂")).one()
        gate.world.keguan.database.release()
    with gate.world.act("head.east"):
        wish = PrintWish("customers", hidden, ("name",), "年度对账用", "zh_CN")
        return print_record(gate.world.keguan.database, wish, lambda mark: pytest.fail("it was drawn"))


UNSEEN: dict[str, tuple[Callable[[Gate], Any], tuple[type[KeguanError], ...]]] = {
    "a list that does not exist": (no_such_list, (NotFound,)),
    "without the right to export": (without_the_right, (Forbidden,)),
    "a list that one may not open": (a_list_one_may_not_open, (Forbidden, NotFound)),
    "a column that one may not read": (a_hidden_column, (BadInput,)),
    "in the order of a column that one may not read": (by_a_hidden_column, (BadInput, Malformed, Forbidden)),
    "records of another department": (rows_of_others, (Conflict,)),
    "the sheet of a record of another department": (a_sheet_of_others, (NotFound,)),
}


@pytest.mark.requirement("R-442", "R-444")
@pytest.mark.parametrize("case", UNSEEN)
def test_an_export_of_what_one_may_not_see(gate: Gate, case: str) -> None:  # noqa: F811
    state_fields(gate.world, "department_head", {("customers_customer", "star_grade"): FieldAccess.NONE})
    ask, kinds = UNSEEN[case]
    with refused(gate.world, *kinds):
        ask(gate)


def taken(gate: Gate, one: int) -> None:  # noqa: F811
    """Take the right to export away from everybody, and note nothing else."""
    with acting_as(System("test")), gate.world.keguan.database.transaction() as session:
        for grant in session.scalars(select(Grant).where(Grant.verb == "export")):
            session.delete(grant)


AFTER_APPROVAL: dict[str, tuple[Callable[[Gate, int], Any], bool]] = {
    "another filter": (lambda door, one: rewrite(door, one, asked=[["q", "西安"]]), False),
    "the right was taken away before the file was made": (taken, False),
    "a second download": (lambda door, one: door.fetch(one), True),
    "the right was taken away before the download": (taken, True),
}


@pytest.mark.requirement("R-343")
@pytest.mark.parametrize("case", AFTER_APPROVAL)
def test_what_was_approved_and_may_not_leave_any_more(gate: Gate, case: str) -> None:  # noqa: F811
    """Nothing leaves; what the request says of it is one clear sentence, and the file is gone."""
    happen, made = AFTER_APPROVAL[case]
    one = gate.ask()
    gate.approve(one)
    if made:
        gate.make(one)
    happen(gate, one)
    said: list[Any] = []
    for take in (gate.fetch,) if made else (gate.make, gate.fetch):
        try:
            take(one)
        except KeguanError as error:
            said.append(error.message)
    stored = gate.stored(one)
    said += [stored.why] if stored.why is not None else []
    assert said
    assert case == "a second download" or not gate.path(one).exists()
    demand_clear(gate.world, said)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "a\\b", ".bashrc", "a\0b"])
def test_a_name_of_a_file_with_path_characters(gate: Gate, name: str) -> None:  # noqa: F811
    with refused(gate.world, BadInput):
        gate.ask(file_name=name)


# --- trail and privacy -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_trail_whose_key_is_missing(world: World, tmp_path: Path) -> None:
    with refused(world, StartRefused):
        create_core(Settings(data=tmp_path, environment="testing", database_url=world.keguan.settings.database))
    assert not (tmp_path / "secrets" / "audit.key").exists()


def test_an_erasure_under_legal_hold(world: World, contact: int) -> None:  # noqa: F811
    with world.use_case("leader") as session:
        place_hold(session, TABLE, contact, "诉讼")
    with refused(world, Conflict), world.use_case("leader") as session:
        erase_person(session, TABLE, contact, None, "本人要求")
