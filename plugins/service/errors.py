"""What can go wrong in service, each as one sentence."""

from __future__ import annotations

from core.kernel.errors import BadInput, Conflict, Forbidden
from core.kernel.words import Message, msg


class RequestClosed(Conflict):
    """A closed request is not changed."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("This request is “%(state)s” and can no longer be changed.", state=state))


class StillDispatched(Conflict):
    """A request is not handled while somebody is on the way for it."""

    def __init__(self, numbers: Message) -> None:
        super().__init__(msg("There are open dispatch orders: %(numbers)s. Please wait for their result or cancel them.", numbers=numbers))


class NotSatisfied(Conflict):
    """A dissatisfied customer is helped before the request is closed (R-242)."""

    def __init__(self) -> None:
        super().__init__(msg("The customer is not satisfied. Please reopen the request instead of closing it."))


class NoReopening(Conflict):
    """A satisfied customer's request stays answered."""

    def __init__(self) -> None:
        super().__init__(msg("The customer is satisfied, so there is nothing to reopen. Please close the request."))


class NotTheHandler(Forbidden):
    """Only the current handler does this (R-377)."""

    def __init__(self, name: str) -> None:
        super().__init__(msg("Only the current handler “%(name)s” may do this. Please take the request over first.", name=name))


class NotTheWorker(Forbidden):
    """Only the field worker of the order does this."""

    def __init__(self, name: str) -> None:
        super().__init__(msg("Only the field worker of this order “%(name)s” may do this.", name=name))


class CannotHandle(BadInput):
    """The chosen colleague could neither see nor handle the request."""

    def __init__(self, field: str, name: str) -> None:
        super().__init__(fields={field: msg("The roles of “%(name)s” do not allow this work. Please choose somebody else.", name=name)})


class WorkerBusy(Conflict):
    """The field worker would have to be in two places. Of the other order only its time is told (README: busy times)."""

    def __init__(self, name: str, span: str) -> None:
        super().__init__(
            msg(
                "“%(name)s” is out on another dispatch order at that time (%(span)s). Please choose another time or another colleague.",
                name=name,
                span=span,
            )
        )


class OrderFixed(Conflict):
    """An order that is done or cancelled is not changed."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("This dispatch order is “%(state)s” and can no longer be changed.", state=state))


class NotOnSite(Conflict):
    """Nobody signs for work before the worker is there."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("This dispatch order is “%(state)s”. The customer can sign once the field worker is on site.", state=state))


class HasHistory(Conflict):
    """A request that somebody has worked on is not deleted."""

    def __init__(self) -> None:
        super().__init__(msg("This request is being worked on already, so it cannot be deleted. Please close it in the usual way."))


class NumberGiven(Conflict):
    """An order with a number is cancelled, not deleted."""

    def __init__(self) -> None:
        super().__init__(msg("This dispatch order has its number already, so it cannot be deleted. Please cancel it instead."))


class ContractsOff(Conflict):
    """Nobody hears of an oral contract: what was typed stays in the form."""

    def __init__(self) -> None:
        super().__init__(
            msg("The module for contracts is off, so the oral contract cannot be entered. Please ask your system administrator.")
        )


class NotAsked(Conflict):
    """Who was not asked to take part has nothing to report."""

    def __init__(self) -> None:
        super().__init__(msg("Nothing of this request is waiting for you. Please write a service note instead."))


class SignedAlready(Conflict):
    """The customer signs once."""

    def __init__(self, name: str) -> None:
        super().__init__(msg("“%(name)s” has signed this order already.", name=name))
