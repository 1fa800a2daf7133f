"""What a phone's filled button begins from every page: a record of the noun that says so, about what the page is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, g, request
from sqlalchemy import select

from core.database.covering import OPEN, access_to
from core.kernel.acting import Actor, acting
from core.kernel.words import msg
from core.web.addresses import address
from core.web.marks import opened_last
from core.web.nouns import Noun, Nouns
from core.web.pages import Link, Option
from core.web.showing import view_name


def begun_now() -> Link | None:
    """What the person may begin from every page; None where nothing says so, and the button then begins what the page creates."""
    nouns: Nouns = current_app.extensions["keguan"].nouns
    noun = _offered(nouns)
    return _link(noun) if noun is not None else None


def begun_about(nouns: Nouns, record: Any) -> Link | None:
    """The same from the page of ``record``: about it, or about the one that it names, such as the customer of a contract."""
    noun = _offered(nouns)
    if noun is None:
        return None
    parent = noun.model.__parent__
    target = noun.fields[parent].target
    fields = type(record).fields()
    naming = next((name for name, field in fields.items() if field.kind == "reference" and field.target == target), "")
    told = naming and access_to(acting(), type(record), naming) in OPEN  # the address says which one it is
    about = record if record.__tablename__ == target else getattr(record, naming) if told else None
    return _link(noun, f"{parent}={about.id}&") if about is not None and noun.waits_for(parent, about) is None else None


def leading(noun: Noun) -> str:
    """The question that is answered first when a part of a record is begun elsewhere than on its page: of which record."""
    return getattr(noun.model, "__parent__", "")


def offered_first(session: Any, nouns: Nouns, noun: Noun) -> Sequence[Option]:
    """Records that the leading question offers beside its search: those opened last that the person may still see and begin one about."""
    parent = leading(noun)
    target = nouns.by_table.get(noun.fields[parent].target)
    if target is None or not g.actor.may(target.resource, "read"):
        return ()
    found = opened_last(session, nouns, target)
    if not found or parent not in noun.why_not_from:
        return found
    records = session.scalars(select(target.model).where(target.model.id.in_([int(one.value) for one in found])))
    open_for_it = {str(one.id) for one in records if noun.waits_for(parent, one) is None}
    return tuple(one for one in found if one.value in open_for_it)


def goes_back(sent: Any) -> bool:
    """Whether a form leads back to the record that the new one is a part of."""
    return bool(sent.get("next") == "parent")


def given(session: Any, nouns: Nouns, noun: Noun) -> dict[str, str]:
    """What the address of a form fills in already; a record that the person does not see is as good as none."""
    found = {name: value for name, value in request.args.items() if name in noun.written}
    parent = leading(noun)
    target = nouns.by_table.get(noun.fields[parent].target) if parent in found else None
    if target is not None:
        number = found[parent]
        seen = number.isascii() and number.isdigit() and len(number) < 19 and session.get(target.model, int(number)) is not None
        found[parent] = number if seen else ""
    return found


def _offered(nouns: Nouns) -> Noun | None:
    return next((one for one in nouns.by_path.values() if one.begun_anywhere and _may_begin(one)), None)


def _may_begin(noun: Noun) -> bool:
    who: Actor = g.actor
    return noun.plugin in who.modules and who.may(noun.resource, "create")


def _link(noun: Noun, about: str = "") -> Link:
    return Link(noun.create_label or msg("New: %(title)s", title=noun.title), f"{address(f'{view_name(noun)}.add')}?{about}next=parent")
