"""``user key``: keys for programs, made and ended for somebody else."""

from __future__ import annotations

import click
from sqlalchemy import select

from core.access.api_keys import LIVES, add_key, keys_of, revoke_key
from core.commands.spoken import SpokenGroup, as_json, option
from core.commands.terminal import Terminal, company_called
from core.database.sessions import GuardedSession
from core.kernel.errors import NotFound
from core.kernel.words import counted, msg
from core.operations.accounts import called
from core.organisation.models import Company, Employee

in_company = option("--company", "slug", says=msg("Short name of the company; may be left out for a person of one company."))


@click.group("key", cls=SpokenGroup, help=msg("Keys for programs: each acts as one person in one company."))
def key() -> None:
    """The group."""


@key.command("add", help=msg("Make a key called NAME for ACCOUNT, and print it: it cannot be read again."))
@click.argument("account")
@click.argument("name")
@in_company
@option(
    "--days",
    type=int,
    default=90,
    show_default=True,
    says=msg("Days after which the key expires: %(days)s.", days=", ".join(map(str, LIVES))),
)
@click.pass_obj
def add(terminal: Terminal, account: str, name: str, slug: str | None, days: int) -> None:
    """Print nothing but the key, so that a script can take it."""
    with terminal.use_case() as session:
        user_id, company_id = _membership(session, account, slug)
        made = add_key(session, user_id, company_id, name, days)
    click.echo(made)


@key.command("list", help=msg("List the keys of ACCOUNT."))
@click.argument("account")
@in_company
@as_json
@click.pass_obj
def list_keys(terminal: Terminal, account: str, slug: str | None, as_json: bool) -> None:
    """Keys with their state, never the keys themselves."""
    with terminal.use_case() as session:
        found = keys_of(session, *_membership(session, account, slug))
        rows = [
            {
                "id": one.id,
                "name": one.name,
                "state": str(state.value),
                "made": one.created_at,
                "ends": one.expires_at,
                "last_used": one.last_used_at,
            }
            for one, state in found
        ]
    titles = {
        "id": msg("Number"),
        "name": msg("Name"),
        "state": msg("State"),
        "made": msg("Made"),
        "ends": msg("Ends"),
        "last_used": msg("Last used"),
    }
    terminal.show(rows, titles, as_json=as_json)


@key.command("revoke", help=msg("End the key with the number KEY at once."))
@click.argument("key", type=click.IntRange(1, 2**63 - 1))
@click.pass_obj
def revoke(terminal: Terminal, key: int) -> None:
    """Programs that use it are refused at their next request."""
    with terminal.use_case() as session:
        name = revoke_key(session, key).name
    terminal.say(msg("The key “%(name)s” is revoked.", name=name))


def _membership(session: GuardedSession, account: str, slug: str | None) -> tuple[int, int]:
    """Ids of user and company; :class:`NotFound` names what is missing."""
    user = called(session, account)
    statement = select(Employee.company_id).join(Company, Company.id == Employee.company_id).where(Employee.user_id == user.id)
    if slug is not None:
        statement = statement.where(Company.id == company_called(session, slug).id)
    found = session.scalars(statement).all()
    if len(found) != 1:
        raise NotFound(
            counted(
                "%(account)s belongs to %(count)s company. Please name it with --company.",
                "%(account)s belongs to %(count)s companies. Please name one with --company.",
                len(found),
                account=account,
            )
        )
    return int(user.id), int(found[0])
