"""What can go wrong with customers, each as one sentence."""

from __future__ import annotations

from core.kernel.errors import BadInput, Conflict, Forbidden
from core.kernel.words import msg


class CodeTaken(BadInput):
    """The code belongs to another customer of the company, perhaps one that may not be seen (a declared channel, design 3.2)."""

    def __init__(self, code: str) -> None:
        super().__init__(fields={"code": msg("Another customer has the code “%(code)s”. Please choose another.", code=code)})


class TermTooShort(BadInput):
    """The directory is asked for a customer, never for all of them (R-016)."""

    def __init__(self, shortest: int) -> None:
        super().__init__(msg("Please enter at least %(number)s letters or digits of the name.", number=shortest))


class NamesHidden(Forbidden):
    """Whoever may not read what customers are called finds none by name: each search would tell a piece of it."""

    def __init__(self) -> None:
        super().__init__(msg("Your role may not read the names of customers, so the directory is not open to you."))


class NotReviewed(Conflict):
    """Nobody follows a customer before the head has approved it and named the salesperson (R-340); ``by_reader`` may do so now."""

    def __init__(self, *, by_reader: bool = False) -> None:
        super().__init__(
            msg("This customer has not been reviewed yet. Please approve or return it first.")
            if by_reader
            else msg("This customer has not been reviewed yet. Please wait until the head of department has approved it.")
        )


class OwnReview(Forbidden):
    """Filler and reviewer are two persons."""

    def __init__(self) -> None:
        super().__init__(msg("You entered this customer yourself, so somebody else has to review it."))


class HasRecords(Conflict):
    """A customer with contacts, follow-ups or other records is not deleted."""

    def __init__(self) -> None:
        super().__init__(msg("Other records belong to this customer, so it cannot be deleted. Please suspend it instead."))


class ContactInUse(Conflict):
    """A contact that follow-ups name is not removed."""

    def __init__(self) -> None:
        super().__init__(msg("Follow-ups name this contact, so it cannot be removed. Please note the change in its position instead."))
