"""What a refusal may tell: the kind of record that was asked for, the right that is missing, and who grants it; never whether it exists."""

from __future__ import annotations

from flask import current_app, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from core.access.holders import holders_of
from core.extension.rights import READ, Resource
from core.kernel.acting import Actor, acting
from core.kernel.errors import Forbidden, KeguanError
from core.kernel.words import Message, labelled, listed, msg
from core.organisation.models import Employee
from core.web.gate import database_of

GRANTING = ("core.employee", "update")
"""The right by which roles are given to people."""
MOST = 3  # people who are named: one of them will answer


def refused_title(error: KeguanError | None) -> Message | None:
    """What may not be opened, for a page that was asked for; None where something else was refused."""
    found = _missing(error)
    if found is None or found[1] != READ or request.method != "GET":
        return None
    return msg("You may not open “%(what)s”", what=found[0].title)


def missing_right(error: KeguanError | None) -> Message | None:
    """Which right is missing, in the words of the page where it is granted; None where the person has it and it does not reach so far."""
    found = _missing(error)
    if found is None:
        return None
    resource, verb = found
    return msg(
        "The right that is missing: %(what)s – %(verb)s. Rights come with roles: you may apply for one that includes this.",
        what=resource.title,
        verb=resource.verbs[verb],
    )


def who_grants() -> Message:
    """The security administrator, with the names of those who are it in the company of whoever acts."""
    role = msg("security administrator")
    if not isinstance(acting(), Actor):
        return role
    try:
        names = _granting()
    except SQLAlchemyError:  # an error page comes all the same
        return role
    return labelled(role, listed(names)) if names else role


def _granting() -> list[str]:
    session = database_of().session()
    ids = holders_of(session, *GRANTING)[:MOST]
    return list(session.scalars(select(Employee.name).where(Employee.id.in_(ids)).order_by(Employee.id))) if ids else []


def _missing(error: KeguanError | None) -> tuple[Resource, str] | None:
    """The resource and the verb that the person has nowhere."""
    if not isinstance(error, Forbidden) or error.right is None:
        return None
    name, verb = error.right
    who, resource = acting(), current_app.extensions["keguan"].registry.resources.get(name)
    if resource is None or verb not in resource.verbs or (isinstance(who, Actor) and who.may(name, verb)):
        return None
    return resource, verb
