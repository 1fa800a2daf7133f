"""Files of opportunities: found by their external number, entered or changed in batches with few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.criteria import visible
from core.access.guard import as_system, authorise, open_for_writing
from core.access.people import employees_by_user_name
from core.database.changes import apply_changes, make_record
from core.database.fields import Field, fields_of
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.acting import acting, employee_id
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import BadInput
from core.kernel.money import FEN
from core.kernel.words import Message, msg
from core.organisation.code_lists import resolve_values
from core.organisation.models import Employee
from plugins.catalog.public import product_summary, products_by_name
from plugins.customers.public import customer_names, customers_by_code
from plugins.sales.models import Opportunity, OpportunityLine, Stage
from plugins.sales.operations.pipelines import first_stage
from plugins.sales.rules.lines import WHOLE
from plugins.sales.rules.opportunities import CERTAIN, OpportunityState, is_chance

ENDS: Mapping[str, OpportunityState] = {
    **dict.fromkeys(("won", "赢单"), OpportunityState.WON),
    **dict.fromkeys(("lost", "输单"), OpportunityState.LOST),
}
"""Words in the column of the stage that mean an end and not a stage."""
OWN = ("title", "amount", "chance", "expected_on", "next_step", "next_on", "source", "description")
BY_HOUSE = ("state", "opened_on", "closed_on", "staged_on", "won_reason", "lost_reason", "external_number", "stage", "customer_name")
UNKNOWN = "unknown"
"""Reason of what was closed before it came here, where the file tells none."""
NOON = time(12)


def write_opportunities(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Enter or change the opportunities of ``rows``; a row that cannot be taken is rejected alone, with its reason.

    A row holds ``external_number``, and as far as known ``title``, ``customer`` (its code), ``product`` (any of its names), ``stage``
    (the name of a stage, or won or lost), ``owner`` (a user name or a name), ``opened_on``, ``expected_on``, ``closed_on``, ``amount``
    (yuan), ``reason`` (of the end), ``chance``, ``next_step``, ``next_on``, ``source``, ``description``. What was won elsewhere drafts
    no contract here.
    """
    authorise(Opportunity, "create")
    batch = Batch(session, rows)
    taken = [batch.take(row) for row in rows]
    session.flush()
    batch.write_lines()
    return taken


class Batch:
    """What the rows of one batch need to be looked up, each by one statement."""

    def __init__(self, session: Session, rows: Sequence[ConvertedRow]) -> None:
        self._session = session
        numbers = {str(row.values["external_number"]) for row in rows if row.values.get("external_number")}
        numbered = Opportunity.external_number.in_(numbers)
        self._known = {str(one.external_number): one for one in session.scalars(select(Opportunity).where(numbered))}
        writable = select(Opportunity.external_number).where(numbered, visible(Opportunity, acting(), "update"))
        self._writable = set(session.scalars(writable))
        with as_system(session, "external numbers are unique in the company"):
            self._taken = set(session.scalars(select(Opportunity.external_number).where(numbered)))
        self._first = first_stage(session)
        self._stages = {stage.name.casefold(): stage for stage in session.scalars(select(Stage).where(Stage.active))}
        self._customers = customers_by_code(session, _words(rows, "customer"))
        self._names = customer_names(session, self._customers.values())
        self._products = products_by_name(session, _words(rows, "product"))
        self._people = _people(session, {*_words(rows, "owner"), *(row.owner for row in rows if row.owner)})
        self._lines = _lines(session, self._known.values())
        self._goods = {product_id: product_summary(session, product_id) for product_id in set(self._products.values())}
        self._sold: list[tuple[Opportunity, int, Decimal]] = []

    def write_lines(self) -> None:
        """One of the product for the whole amount: files tell what a deal was worth, not how many of what it was."""
        for opportunity, product_id, amount in self._sold:
            known = self._lines.get(opportunity.id)
            line = known[0] if known else OpportunityLine(opportunity_id=opportunity.id, position=1)
            good = self._goods[product_id]
            line.product_id, line.code, line.name, line.unit = good.id, good.code, good.name, good.unit
            line.quantity, line.price, line.discount, line.amount = Decimal(1), amount, WHOLE, amount
            line.list_price, line.lowest_discount = good.list_price, good.lowest_discount
            opportunity.amount = amount
            self._session.add(line)
        self._session.flush()

    def take(self, row: ConvertedRow) -> Outcome:
        """Enter or change one opportunity; nothing of it stays when it is rejected."""
        number = str(row.values.get("external_number") or "")
        if not number:
            return rejected(msg("This row has no number. Please add one, so that it can be found again."), "external_number")
        if number in self._taken and number not in self._writable:
            return rejected(msg("Another opportunity has the number %(number)s.", number=number), "external_number")
        try:
            values = self._values(row)
            return self._change(self._known[number], row, values) if number in self._known else self._enter(row, values)
        except BadInput as error:
            field, reason = next(iter(error.fields.items()), ("", error.message))
            return rejected(reason, field)

    def _values(self, row: ConvertedRow) -> dict[str, Any]:
        """Fields of the record as the row says them; what it does not say is missing."""
        given = row.values
        found: dict[str, Any] = {name: given[name] for name in OWN if given.get(name) is not None}
        found["external_number"] = str(given["external_number"])
        if code := given.get("customer"):
            found["customer"] = self._looked_up(self._customers, str(code), "customer", msg("There is no customer with this code."))
            found["customer_name"] = self._names.get(found["customer"])
        if product := given.get("product"):
            self._looked_up(
                self._products, str(product), "product", msg("The catalogue has no product of this code or name. Please check it.")
            )
        for name in ("opened_on", "closed_on"):
            if given.get(name) is not None:
                found[name] = _past(given[name], name)
        found |= self._standing(given)
        if not is_chance(found.get("chance")):
            raise BadInput(fields={"chance": msg("The probability is a percentage from 0 to 100. Please check it.")})
        if found.get("amount") is not None and found["amount"] < 0:
            raise BadInput(fields={"amount": msg("The amount must not be below 0. Please check it.")})
        return resolve_values(self._session, Opportunity, found)

    def _standing(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """State and stage that the word in the column of the stage means."""
        word = str(given.get("stage") or "").casefold()
        if not word:
            return {}
        if word in ENDS:
            end = ENDS[word]
            reason = "won_reason" if end is OpportunityState.WON else "lost_reason"
            chance = CERTAIN if end is OpportunityState.WON else 0
            closed_on = given.get("closed_on") or today()
            return {"state": end, "chance": chance, reason: given.get("reason") or UNKNOWN, "closed_on": _past(closed_on, "closed_on")}
        stage = self._looked_up(self._stages, word, "stage", msg("There is no stage of this name in use."))
        return {"state": OpportunityState.OPEN, "stage": stage.id, "chance": given.get("chance", stage.chance)}

    def _looked_up(self, known: Mapping[str, Any], word: str, field: str, missing: Message) -> Any:
        if word not in known:
            raise BadInput(fields={field: missing})
        return known[word]

    def _change(self, opportunity: Opportunity, row: ConvertedRow, values: Mapping[str, Any]) -> Outcome:
        sold = self._line_told(opportunity, row)
        kept = _kept(opportunity, row, values) | ({"amount"} if sold is not None else set())
        plain = {name: value for name, value in values.items() if name not in kept}
        changed = apply_changes(opportunity, plain, also=BY_HOUSE)
        if sold is not None:
            self._sold.append((opportunity, *sold))
            changed |= {"lines"}
        if not changed:
            return UNCHANGED
        open_for_writing(self._session, opportunity)
        return UPDATED

    def _enter(self, row: ConvertedRow, values: Mapping[str, Any]) -> Outcome:
        owner = self._owner(row)
        opened_on = values.get("opened_on") or values.get("closed_on") or today()
        given = {"title": self._title(row, values), "stage": self._first.id, "chance": self._first.chance, **values, "opened_on": opened_on}
        opportunity: Opportunity = make_record(Opportunity, given, also=BY_HOUSE)
        last = values.get("closed_on") or opened_on
        opportunity.staged_on, opportunity.touched_at = last, datetime.combine(last, NOON, SHANGHAI)
        if owner is not None:
            opportunity.owner_id, opportunity.department_id = owner.id, owner.department_id
        self._session.add(opportunity)
        self._known[str(values["external_number"])] = opportunity
        self._taken.add(str(values["external_number"]))
        self._writable.add(str(values["external_number"]))
        if product := row.values.get("product"):
            self._sold.append((opportunity, self._products[str(product)], self._amount(row)))
        return CREATED

    def _line_told(self, opportunity: Opportunity, row: ConvertedRow) -> tuple[int, Decimal] | None:
        """Product and amount of a known opportunity where the file says others; what somebody itemised by hand stays."""
        product, lines = row.values.get("product"), self._lines.get(opportunity.id) or []
        if product is None or len(lines) > 1:
            return None
        product_id, amount = self._products[str(product)], self._amount(row)
        told = row.values.get("amount") is not None
        same = bool(lines) and lines[0].product_id == product_id and (not told or lines[0].amount == amount)
        return None if same else (product_id, amount)

    def _amount(self, row: ConvertedRow) -> Decimal:
        """What the row is worth in yuan; where it does not say, one of the product."""
        if row.values.get("amount") is not None:
            return Decimal(row.values["amount"]).quantize(FEN)
        return self._goods[self._products[str(row.values["product"])]].list_price

    def _title(self, row: ConvertedRow, values: Mapping[str, Any]) -> str:
        parts = (values.get("customer_name"), row.values.get("product"))
        return str(values.get("title") or " · ".join(str(part) for part in parts if part) or values["external_number"])[:160]

    def _owner(self, row: ConvertedRow) -> Employee | None:
        name = str(row.values.get("owner") or row.owner or "")
        if name:
            found: Employee = self._looked_up(self._people, name, "owner", msg("Nobody of this name works here."))
            return found
        if employee_id() is None:
            raise BadInput(fields={"owner": msg("The file assigns this row to nobody who works here. Please name an owner.")})
        return None


def _words(rows: Sequence[ConvertedRow], field: str) -> set[str]:
    return {str(row.values[field]) for row in rows if row.values.get(field)}


def _people(session: Session, names: set[str]) -> Mapping[str, Employee]:
    """Employees by user name, else by their own name where only one has it."""
    found = dict(employees_by_user_name(session, names))
    rest = names - found.keys()
    namesakes: dict[str, list[Employee]] = {}
    for employee in session.scalars(select(Employee).where(Employee.name.in_(rest), Employee.left_on.is_(None))) if rest else ():
        namesakes.setdefault(employee.name, []).append(employee)
    return found | {name: people[0] for name, people in namesakes.items() if len(people) == 1}


def _lines(session: Session, known: Iterable[Opportunity]) -> Mapping[int, list[OpportunityLine]]:
    """Lines of the known opportunities."""
    found: dict[int, list[OpportunityLine]] = {}
    ids = [opportunity.id for opportunity in known]
    for line in session.scalars(select(OpportunityLine).where(OpportunityLine.opportunity_id.in_(ids))):
        found.setdefault(line.opportunity_id, []).append(line)
    return found


def _kept(opportunity: Opportunity, row: ConvertedRow, values: Mapping[str, Any]) -> set[str]:
    """Fields that the file does not tell but only suggests, and that stay as somebody has set them."""
    same = (values.get("stage", opportunity.stage_id), values.get("state", opportunity.state)) == (opportunity.stage_id, opportunity.state)
    kept = {"chance"} if same and row.values.get("chance") is None else set()
    if row.values.get("reason") is None:
        kept |= {name for name in ("won_reason", "lost_reason") if getattr(opportunity, name) is not None}
    if row.values.get("closed_on") is None and opportunity.closed_on is not None:
        kept.add("closed_on")
    return kept


def _past(day: date, field: str) -> date:
    if day > today():
        raise BadInput(fields={field: msg("This day is in the future. Please choose today or an earlier day.")})
    return day


def _fields() -> Sequence[Field]:
    known = fields_of(Opportunity)
    return (
        known["external_number"],
        *(known[name] for name in OWN),
        Field("text", msg("Code of the customer"), "customer", max_length=40),
        Field("text", msg("Product"), "product", max_length=120, help=msg("Code or name in the catalogue.")),
        Field("text", msg("Stage"), "stage", max_length=60, help=msg("Name of a stage, or won or lost.")),
        Field("text", msg("Owner"), "owner", max_length=80, help=msg("Account or full name of the owner of a new one.")),
        *(known[name] for name in ("opened_on", "closed_on")),
        Field("text", msg("Reason of the end"), "reason", max_length=60),
    )


TARGET = ImportTarget(
    "sales.opportunity",
    write_opportunities,
    _fields,
    (("external_number",),),
    {
        "external_number": ("编号", "商机编号", "opportunity_id", "number"),
        "title": ("商机名称", "名称", "name"),
        "customer": ("客户编号", "客户代码", "account", "account_code"),
        "product": ("产品", "产品名称", "product_name"),
        "stage": ("阶段", "销售阶段", "deal_stage"),
        "owner": ("负责人", "业务员", "sales_agent"),
        "amount": ("金额", "预计金额", "close_value", "value"),
        "opened_on": ("创建时间", "创建日期", "engage_date", "created on"),
        "closed_on": ("结束日期", "成交日期", "close_date"),
    },
)
