"""Random people do random things at the export gate, and it does exactly what the pure model says: nothing leaves around it (R-343, R-444).

600 steps; 5,000 at full size (``KEGUAN_PROVE=whole``).
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from core.audit.models import AuditRow
from core.exports import making
from core.exports.forgetting import INSTEAD
from core.exports.making import Fetched
from core.exports.marks import unmarked
from core.exports.models import ExportRequest
from core.exports.operations import expire_exports
from core.kernel.acting import FieldAccess
from core.kernel.clock import today
from core.kernel.errors import KeguanError
from core.privacy.erasing import erase_person
from plugins.customers.models import Contact as StoredContact
from plugins.customers.models import Customer as StoredCustomer
from plugins.customers.operations import add_contact, change_customer, create_customer
from tests.crowds import all_at_once
from tests.evidence import Evidence
from tests.exports.conftest import Gate
from tests.exports.hands import DECIDING, MOST_ROWS, MOST_WISHES, RESOURCES, prepare, set_grant, take_back
from tests.exports.model import ASKED, GIVEN_UP, OPEN, PRESET, RIGHTS, SOURCES, Contact, Customer, Model, Wish
from tests.field_rights import state
from tests.house import house
from tests.sizes import WHOLE
from tests.walking import walks
from tests.world import Site, World

STEPS = 5_000 if WHOLE else 600
WALK = 60  # steps of one example at most, with that which begins it
GOING = ("", "desk", "inbox", "refuse", "make", "make", "download", "download", "download", "two windows")
EVENTS = (
    "",
    "",
    "",
    "ask",
    "ask",
    "right",
    "right",
    "deciding",
    "cover",
    "enter",
    "meet",
    "remove",
    "rename",
    "tamper",
    "wait",
    "tidy",
    "die",
    "withdraw",
    "erase",
)
WAITS = (timedelta(minutes=11), timedelta(hours=5), timedelta(hours=24), timedelta(hours=25))
REASONS = ("年度对账用", "客户要求的清单", "年度对账用", "  ")
STAYING = 4
FIRST = ("head.east", "head.west", "leader")
PREPARED = "before the gate"
COLUMNS = {"customers": (("name",), ("name", "address"), ("owner",)), "contacts": (("name", "position"), ("position",))}
TEXTS = {"customers": ("", "", "苏州", "西安"), "contacts": ("", "王", "李")}
TAMPERED: dict[str, Any] = {
    "asked": [["q", "厂"]],
    "columns": ["name", "remark"],
    "rows": 10_000,
    "language": "en",
    "source": "opportunities",
}
others = st.sampled_from([*[""] * 24, *PRESET, "sales.west1", "auditor", "admin"])
which = st.integers(0, 7)


@pytest.mark.requirement("R-343", "R-444")
@pytest.mark.evidence("exports-stateful")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_walk_passes_by_the_gate(world: World, site: Site) -> None:
    evidence = Evidence("exports-stateful", figures={"steps": 0, "left": 0, "bypasses": 0})
    prepare(world)
    site.keep(PREPARED)
    size = walks(STEPS, WALK, WALK - 10)
    run_state_machine_as_test(lambda: walk(world, site, evidence), settings=size)  # type: ignore[no-untyped-call]
    if evidence.figures["steps"] < STEPS:
        evidence.failed("steps", f"only {evidence.figures['steps']} of {STEPS} were walked")
    if evidence.figures["left"] < STEPS // 40:
        evidence.failed("left", f"only {evidence.figures['left']} files left in {evidence.figures['steps']} steps")
    evidence.close()


def walk(world: World, site: Site, evidence: Evidence) -> RuleBasedStateMachine:  # noqa: C901 - a machine is one class
    """A machine over the product and the model side by side."""
    gate, hours = Gate(world), datetime.combine(today() + timedelta(days=1), time(2), UTC)

    class Walk(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            """Everybody is back at the beginning: the records, the rights, the clock."""
            evidence.figures["steps"] -= 1
            site.close()
            site.present = ""
            site.open(PREPARED)
            self.travel = time_machine.travel(hours, tick=False)
            self.clock = self.travel.start()
            self.model = Model(MOST_WISHES, MOST_ROWS, hours, deciding={"leader_in_charge", "department_head"})
            self.model.scopes = {(preset, source): RIGHTS[preset][-1] for preset in set(PRESET.values()) for source in SOURCES}
            for source in SOURCES:
                del self.model.scopes["salesperson", source]
            self.left: list[dict[str, Any]] = []
            self.gone: set[int] = set()
            self.named = self.turns = 0
            for owner, town in (("sales.east1", "苏州"), ("head.east", "苏州"), ("head.west", "西安"), ("sales.east1", "西安")):
                self.entered(owner, town)
            for number, family in enumerate(("王", "李")):
                self.met(self.model.customers[number], family)

        def teardown(self) -> None:
            if hasattr(self, "travel"):
                self.travel.stop()

        @invariant()
        def walked(self) -> None:
            """States, files and the trail are those of the model after every rule."""
            evidence.figures["steps"] += 1
            with house(world) as session:
                stored = {one.id: one for one in session.scalars(select(ExportRequest))}
                told = [
                    json.loads(one)
                    for one in session.scalars(select(AuditRow.changes).where(AuditRow.action == "export").order_by(AuditRow.id))
                ]
                found = {number: (str(one.state.value), making.file_of(one).exists()) for number, one in stored.items()}
            assert found == {one.number: (one.state, one.state == "ready") for one in self.model.wishes}
            assert [{name: one[name] for name in ("reason", "rows", "sha256", "list")} for one in told] == self.left

        def wish(self, number: int) -> Wish | None:
            """One of the latest wishes, mostly an open one; where none is open somebody asks anew, or nothing could leave any more."""
            if not any(one.state in OPEN for one in self.model.wishes):
                self.turns, turn = self.turns + 1, self.turns
                asked = FIRST[turn % 3], SOURCES[turn % 2], "", COLUMNS[SOURCES[turn % 2]][turn % 2], "年度对账用"
                if not self.model.may_ask(*asked):
                    self.waited(timedelta(hours=24))  # another day has another quota
                self.asked(*asked)
            open_ = [one for one in self.model.wishes if one.state in OPEN]
            among = open_ if open_ and number < 6 else self.model.wishes
            return among[-1 - number % min(len(among), 3)] if among else None

        def to(self, state: str, wish: Wish) -> None:
            """Bring it so far, as long as everybody does what he or she should."""
            if state in ("approved", "ready") and wish.state == "waiting":
                self.decided(wish, min(ASKED - {wish.asker}), "inbox")
            if state == "ready" and wish.state == "approved":
                self.made(wish, wish.asker)

        def both(self, item: str, expected: bool, do: Callable[[], Any]) -> Any:
            """Do it in the product; it must succeed exactly when the model says so."""
            found, refused = None, None
            try:
                found = do()
            except KeguanError as error:
                refused = error
            item = f"{item} #{len(evidence.items)}"
            assert (refused is None) == expected, f"{item}: model {expected}, product {refused!r}"
            (evidence.positive if expected else evidence.refused)(item)
            return found

        def ask(self, chance: random.Random, wish: Wish) -> None:
            source = chance.choice(SOURCES)
            known = [*TEXTS[source], *(one.name for one in self.model.contacts[-1:] if source == "contacts")]
            self.asked(chance.choice(list(PRESET)), source, chance.choice(known), chance.choice(COLUMNS[source]), chance.choice(REASONS))

        def asked(self, who: str, source: str, text: str, columns: tuple[str, ...], reason: str) -> None:
            expected, rows = self.model.may_ask(who, source, text, columns, reason), len(self.model.shown(who, source, text))
            query = (("q", text),) if text else ()
            number = self.both(f"ask by {who}", expected, lambda: gate.ask(who, source=source, reason=reason, asked=query, columns=columns))
            if expected:
                assert gate.stored(number, "auditor").rows == rows
                self.model.wishes.append(Wish(number, who, source, text, columns, reason, rows, self.model.moment))

        @rule(
            number=which,
            before=st.sampled_from(["", "", "approved", "ready", "ready"]),
            event=st.sampled_from(EVENTS),
            what=st.sampled_from(GOING),
            other=others,
            chance=st.randoms(use_true_random=False),
        )
        def step(self, number: int, before: str, event: str, what: str, other: str, chance: random.Random) -> None:
            """A wish is brought so far, something happens, and then somebody decides, or makes or fetches the file."""
            wish = self.wish(number)
            if wish is None:
                return
            self.to(before, wish)
            if event:
                getattr(self, event)(chance, wish)
            if what in DECIDING:
                self.decided(wish, other or min(ASKED - {wish.asker}), what)
            elif what == "make":
                self.made(wish, other or wish.asker)
            elif what:
                self.downloaded(wish, other or wish.asker, 2 if what == "two windows" else 1)

        def decided(self, wish: Wish, who: str, how: str) -> None:
            expected = who in PRESET and self.model.may_decide(wish, who, at_the_desk=how != "inbox")
            self.both(f"{how} by {who}", expected, lambda: DECIDING[how](gate, wish.number, who))
            if expected and how == "refuse":
                wish.state = "refused"
            elif expected:
                self.model.agree(wish, who)

        def made(self, wish: Wish, who: str) -> None:
            if self.model.makeable(wish, who):
                self.both(f"make by {who}", self.model.make(wish), lambda: gate.make(wish.number, who))
            elif who == wish.asker:
                gate.make(wish.number, who)  # finds that there is nothing to make, and says nothing
            else:
                self.both(f"make by {who}", False, lambda: gate.make(wish.number, who))

        def downloaded(self, wish: Wish, who: str, windows: int = 1) -> None:
            expected, fetched = self.model.may_leave(wish, who), list[Fetched]()
            if windows == 1:
                self.both(f"download by {who}", expected, lambda: fetched.append(gate.fetch(wish.number, who)))
            else:
                refused = all_at_once(world, [lambda: fetched.append(gate.fetch(wish.number, who))] * windows)
                assert (len(fetched), len(refused)) == (int(expected), windows - int(expected)), refused
                evidence.refused(f"downloads at once by {who} #{len(evidence.items)}")
            for one in fetched:
                self.looked_at(wish, who, one)
            self.model.fetch(wish, who)

        def looked_at(self, wish: Wish, who: str, fetched: Fetched) -> None:
            """A file has left: it had everything that it needs, and holds what was approved and may be seen."""
            content = fetched.path.read_bytes()
            fetched.path.unlink()
            bypassed = [
                who != wish.asker,
                wish.agreed not in ASKED - {wish.asker},
                len(wish.reason.strip()) < 4,
                wish.until is None or not wish.until - timedelta(hours=24) <= self.model.moment <= wish.until,
                not self.model.scope(who, wish.source),
                wish.tampered,
                wish.number in self.gone,
            ]
            evidence.figures["bypasses"] += any(bypassed)
            assert not any(bypassed), bypassed
            rows = [[unmarked(cell) for cell in row] for row in csv.reader(content.decode("utf-8-sig").splitlines())][1:-1]
            assert len(rows) == wish.rows
            if "name" in wish.columns:
                assert sorted(row[wish.columns.index("name")] for row in rows) == list(wish.held)
            if wish.source == "customers" and not wish.uncovered:
                assert "号" not in content.decode(), "an address left that was not to be seen"
            self.left.append({"reason": wish.reason, "rows": wish.rows, "sha256": hashlib.sha256(content).hexdigest(), "list": wish.source})
            self.gone.add(wish.number)
            evidence.figures["left"] += 1

        def right(self, chance: random.Random, wish: Wish) -> None:
            """Taken away, given back, or made smaller; most often that of whoever waits for a file."""
            preset = chance.choice([PRESET[wish.asker], *RIGHTS])
            source = chance.choice([wish.source, *SOURCES])
            to = chance.choice(["", *RIGHTS[preset], RIGHTS[preset][-1]])
            set_grant(world, preset, RESOURCES[source], "export", to)
            self.model.scopes[preset, source] = to

        def deciding(self, chance: random.Random, wish: Wish) -> None:
            preset = chance.choice(["leader_in_charge", "department_head"])
            self.model.deciding ^= {preset}
            set_grant(world, preset, "core.exports", "approve", "company" if preset in self.model.deciding else "")

        def cover(self, chance: random.Random, wish: Wish) -> None:
            """Where a customer is, heads see no longer, or again."""
            self.model.covered ^= {"department_head"}
            hidden = FieldAccess.NONE if self.model.covered else None
            state(world, "department_head", {("customers_customer", "address"): hidden})

        def enter(self, chance: random.Random, wish: Wish) -> None:
            self.entered(chance.choice(["head.east", "head.west", "sales.east1"]), chance.choice(["苏州", "西安"]))

        def entered(self, owner: str, town: str) -> None:
            self.named += 1
            values = {"name": f"{town}{self.named:03}厂", "address": f"{self.named:03}号"}
            if PRESET[owner] in self.model.covered:  # who does not see it does not write it either
                del values["address"]
            with world.use_case(owner) as session:
                number = create_customer(session, values).id
            self.model.customers.append(Customer(number, values["name"], owner))

        def meet(self, chance: random.Random, wish: Wish) -> None:
            self.met(chance.choice(self.model.customers[:STAYING]), chance.choice("王李"))

        def met(self, customer: Customer, family: str) -> None:
            self.named += 1
            name = f"{family}{self.named:03}殊"
            with world.use_case(customer.owner) as session:
                contact = add_contact(session, {"customer": customer.number, "name": name, "position": "厂长"}).id
            self.model.contacts.append(Contact(contact, name, customer))

        def remove(self, chance: random.Random, wish: Wish) -> None:
            """A customer goes; those of the beginning stay, for contacts are theirs."""
            if going := self.model.customers[STAYING:]:
                one = chance.choice(going)
                self.model.customers.remove(one)
                with house(world) as session:
                    session.delete(session.get(StoredCustomer, one.number))

        def rename(self, chance: random.Random, wish: Wish) -> None:
            """It comes under another filter."""
            one = chance.choice(self.model.customers)
            one.name = one.name.replace("苏州", "东") if "苏州" in one.name else one.name.replace("东", "苏州")
            with world.use_case(one.owner) as session:
                change_customer(session, one.number, None, {"name": one.name})

        def tamper(self, chance: random.Random, wish: Wish) -> None:
            """Somebody who has the database makes it another wish than was asked for."""
            if wish.state in ("waiting", "approved", "ready"):
                table, what = ExportRequest.__table__, chance.choice(list(TAMPERED))
                with world.keguan.database.engine.begin() as connection:
                    connection.execute(update(table).where(table.c.id == wish.number).values({what: TAMPERED[what]}))
                wish.tampered, wish.rows = True, TAMPERED["rows"] if what == "rows" else wish.rows  # quotas count what stands there

        def wait(self, chance: random.Random, wish: Wish) -> None:
            self.waited(chance.choice(WAITS))

        def waited(self, by: timedelta) -> None:
            self.clock.shift(by)
            self.model.moment += by

        def tidy(self, chance: random.Random, wish: Wish) -> None:
            """The hourly job, some time later."""
            self.waited(chance.choice(WAITS))
            with house(world) as session:
                list(expire_exports(session))
            self.model.expire()

        def die(self, chance: random.Random, wish: Wish) -> None:
            """A window begins to make the file, and its process dies; the next one comes at once, or some time later."""
            if wish.state == "approved" and self.model.fits(wish):
                with world.act(wish.asker):
                    making._begin(world.keguan.database, wish.number, again=False)
                wish.state, wish.begun = "making", self.model.moment
                self.waited(chance.choice([timedelta(0), GIVEN_UP + timedelta(minutes=1)]))

        def withdraw(self, chance: random.Random, wish: Wish) -> None:
            who = chance.choice([wish.asker, wish.asker, *PRESET])
            expected = who == wish.asker and wish.state in OPEN
            self.both(f"withdraw by {who}", expected, lambda: take_back(gate, wish.number, who))
            wish.state = "cancelled" if expected else wish.state

        def erase(self, chance: random.Random, wish: Wish) -> None:
            if there := [one for one in self.model.contacts if not one.erased]:
                one = chance.choice(there)
                with world.use_case("leader") as session:
                    erase_person(session, StoredContact.__tablename__, one.number, None, "本人要求")
                self.model.erase(one, INSTEAD)

    return Walk()
