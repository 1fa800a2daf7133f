"""What can go wrong in sales, each as one sentence."""

from __future__ import annotations

from core.kernel.errors import BadInput, Conflict, Forbidden
from core.kernel.words import Message, msg


class NotOpen(Conflict):
    """A closed opportunity can no longer be changed."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("An opportunity is changed only while it is under way; this one is “%(state)s”.", state=state))


class NothingToWin(Conflict):
    """A deal needs a customer and an amount."""

    def __init__(self) -> None:
        super().__init__(msg("Please enter the customer and the expected amount first; both belong to a deal that is won."))


class NotClosed(Conflict):
    """Only what is won or lost goes to the archive, once."""

    def __init__(self) -> None:
        super().__init__(msg("Only an opportunity that is won or lost can be archived, and only once."))


class Archived(Conflict):
    """What is in the archive stays there."""

    def __init__(self) -> None:
        super().__init__(msg("This opportunity is archived, so it cannot be reopened. Please create a new one."))


class InUse(Conflict):
    """What other records name is not deleted."""

    def __init__(self) -> None:
        super().__init__(msg("Other records name this, so it cannot be deleted."))


class NameTaken(BadInput):
    """Another one of the company has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(fields={"name": msg("There is another one called “%(name)s”. Please choose another name.", name=name)})


class NotDraft(Conflict):
    """A submitted document is not changed."""

    def __init__(self, state: Message) -> None:
        super().__init__(msg("This is changed only as a draft; now it is “%(state)s”.", state=state))


class NothingOrdered(Conflict):
    """An order without lines or amount."""

    def __init__(self) -> None:
        super().__init__(msg("This order has no amount yet. Please add its lines first."))


class NothingQuoted(Conflict):
    """A quotation without lines or amount."""

    def __init__(self) -> None:
        super().__init__(msg("This quotation has no amount yet. Please add its lines first."))


class PriceNotPassed(Conflict):
    """A draft whose price is too low is made ready first, so that finance decides; ``why`` says in a sentence what is too low."""

    def __init__(self, why: Message) -> None:
        super().__init__(msg("%(why)s Please finalise the quotation first, so that finance decides about it.", why=why))


class NewerEdition(Conflict):
    """A quotation has one successor."""

    def __init__(self) -> None:
        super().__init__(msg("There is a newer version of this quotation already. Please go on with that one."))


class OrderedAlready(Conflict):
    """A second click is no second order."""

    def __init__(self) -> None:
        super().__init__(msg("This quotation has an order already. To add another one, enter a new sales order that names it."))


class CustomerNotApproved(Conflict):
    """Orders are taken only from reviewed customers (R-351)."""

    def __init__(self) -> None:
        super().__init__(msg("The customer has not been approved yet. Please have it reviewed before you submit its order."))


class NoSuchContract(BadInput):
    """The number that an order names leads to no contract it can rest on; the same answer for all ways of not being one (R-330)."""

    def __init__(self, number: str) -> None:
        sentence = msg("There is no contract in force numbered %(number)s with this customer. Please check the number.", number=number)
        super().__init__(fields={"contract_number": sentence})


class OwnDocument(Forbidden):
    """Filler and reviewer are two persons."""

    def __init__(self) -> None:
        super().__init__(msg("You submitted this yourself, so somebody else has to decide."))


class OwnMinimum(Forbidden):
    """What somebody has to reach, somebody else sets (R-348)."""

    def __init__(self) -> None:
        super().__init__(msg("Your own minimum gross profit is set by somebody else."))


class ProposalNotApproved(BadInput):
    """No project without an approved proposal of its own (R-324)."""

    def __init__(self) -> None:
        sentence = msg("A project is created only from an approved project proposal that has no project yet.")
        super().__init__(fields={"proposal": sentence})


class NotRunning(Conflict):
    """A project that has ended is not worked on."""

    def __init__(self, state: Message) -> None:
        super().__init__(
            msg(
                "The project is “%(state)s”, so nothing in it can be changed or entered any more. Comments are still possible.", state=state
            )
        )
