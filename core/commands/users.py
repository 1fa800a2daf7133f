"""``user``: list, add, new password, close and open again."""

from __future__ import annotations

import sys
from typing import Any

import click

from core.commands.first_passwords import hand_out
from core.commands.keys import key
from core.commands.spoken import SpokenGroup, as_json, option, yes
from core.commands.terminal import Terminal, company_called
from core.kernel.words import counted, msg
from core.operations import accounts

from_stdin = option("--password-stdin", is_flag=True, says=msg("Read the password from standard input instead of asking."))


@click.group(cls=SpokenGroup, help=msg("Accounts: who may sign in."))
def user() -> None:
    """The group."""


user.add_command(hand_out)
user.add_command(key)


@user.command("list", help=msg("List the accounts."))
@option("--company", "slug", says=msg("Only employees of the company with this short name."))
@as_json
@click.pass_obj
def list_users(terminal: Terminal, slug: str | None, as_json: bool) -> None:
    """Every account with its memberships."""
    with terminal.use_case() as session:
        rows = accounts.listed(session, slug)
    titles = {
        "account": msg("Account"),
        "name": msg("Name"),
        "company": msg("Company"),
        "department": msg("Department"),
        "roles": msg("Roles"),
        "open": msg("May sign in"),
        "demo": msg("Demo account"),
    }
    terminal.show(rows, titles, as_json=as_json)


@user.command("add", help=msg("Add the account ACCOUNT of a person called NAME, and make it an employee."))
@click.argument("account")
@click.argument("name")
@option("--company", "slug", says=msg("Short name of the company that employs the person."))
@option("--department", default="hq", show_default=True, says=msg("Code of the department."))
@option("--number", says=msg("Employee number; default: the next one."))
@option("--position", default="", says=msg("Position."))
@option("--role", "roles", multiple=True, says=msg("A preset role such as salesperson; may be repeated. See: python app.py permissions"))
@option("--platform", is_flag=True, says=msg("Administrator of the platform: employed nowhere, sees no business records."))
@from_stdin
@click.pass_obj
def add_user(terminal: Terminal, /, account: str, name: str, platform: bool, password_stdin: bool, **place: Any) -> None:
    """Create account and membership in one use case."""
    new = accounts.NewAccount(account, name, platform=platform, **place)
    password = _ask_password(password_stdin)
    with terminal.use_case() as session:
        accounts.add(session, new, password, terminal.settings.password_method)
    terminal.say(msg("%(account)s may sign in.", account=account))


@user.command(help=msg("Give ACCOUNT a new password; every sign-in made with the old one ends."))
@click.argument("account")
@from_stdin
@click.pass_obj
def passwd(terminal: Terminal, account: str, password_stdin: bool) -> None:
    """Set a password."""
    password = _ask_password(password_stdin)
    with terminal.use_case() as session:
        accounts.set_new_password(session, account, password, terminal.settings.password_method)
    terminal.say(msg("%(account)s has a new password.", account=account))


@user.command("close", help=msg("Close ACCOUNT: it can no longer sign in, and every sign-in ends now."))
@click.argument("account")
@yes
@click.pass_obj
def close_user(terminal: Terminal, account: str, yes: bool) -> None:
    """Close an account; its records stay."""
    terminal.sure(msg("Close the account %(account)s?", account=account), yes=yes)
    with terminal.use_case() as session:
        accounts.close(session, account)
    terminal.say(msg("%(account)s is closed.", account=account))


@user.command("open", help=msg("Open the closed ACCOUNT again."))
@click.argument("account")
@click.pass_obj
def open_user(terminal: Terminal, account: str) -> None:
    """Open an account again."""
    with terminal.use_case() as session:
        accounts.reopen(session, account)
    terminal.say(msg("%(account)s is open again.", account=account))


@user.command("unlock", help=msg("Let ACCOUNT sign in again at once after too many wrong passwords."))
@click.argument("account")
@click.pass_obj
def unlock_user(terminal: Terminal, account: str) -> None:
    """Forget the wrong passwords."""
    with terminal.use_case() as session:
        accounts.let_sign_in_again(session, account)
    terminal.say(msg("%(account)s may sign in again.", account=account))


@user.command("reset-second-factor", help=msg("Take two-step verification off ACCOUNT, whose phone and recovery codes are lost."))
@click.argument("account")
@yes
@click.pass_obj
def reset_second_factor(terminal: Terminal, account: str, yes: bool) -> None:
    """For the last administrator; the pages of the security administrator do the same."""
    terminal.sure(msg("Reset the two-step verification of %(account)s?", account=account), yes=yes)
    with terminal.use_case() as session:
        accounts.reset_second_factor(session, account)
    terminal.say(msg("%(account)s signs in with the password alone now, and can set up two-step verification again.", account=account))


@user.command("leave", help=msg("ACCOUNT leaves the company: nothing opens any more, and everything owned goes to the successor."))
@click.argument("account")
@option("--company", "slug", required=True, says=msg("Short name of the company."))
@option("--successor", says=msg("Account of the colleague who takes everything over."))
@yes
@click.pass_obj
def leave(terminal: Terminal, account: str, slug: str, successor: str | None, yes: bool) -> None:
    """Lock the account out and hand over, in one use case."""
    terminal.sure(msg("Let %(account)s leave?", account=account), yes=yes)
    with terminal.use_case() as session:
        moved = accounts.leave(session, company_called(session, slug), account, successor)
    if successor:
        terminal.say(
            counted(
                "%(account)s has left; %(count)s record went to the successor.",
                "%(account)s has left; %(count)s records went to the successor.",
                moved,
                account=account,
            )
        )
    else:
        terminal.say(msg("%(account)s has left; the records stay until they are handed over.", account=account))


def _ask_password(from_standard_input: bool) -> str:
    if from_standard_input:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt(str(msg("Password")), hide_input=True, confirmation_prompt=True))
