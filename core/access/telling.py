"""People are told what concerns them; notices belong to a floor above, so the application says at start how that is done."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from core.kernel.words import Message

Tell = Callable[[Session, int, Message], object]
"""Tells an employee (by id) something."""

_tellers: list[Tell] = []


def tell_with(tell: Tell) -> None:
    """Let ``tell`` reach people; the application says so once at start."""
    _tellers[:] = [tell]


def tell_employee(session: Session, employee_id: int, message: Message) -> None:
    """Tell an employee of the company something; nothing happens in a program that has said no way to."""
    for tell in _tellers:
        tell(session, employee_id, message)
