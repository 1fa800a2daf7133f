"""What can go wrong with approvals, each as one sentence; nothing has been changed when one of them is raised."""

from __future__ import annotations

from core.approvals.models import CaseState
from core.approvals.wording import nobody_left
from core.kernel.errors import Conflict, Forbidden
from core.kernel.words import Message, msg


class NobodyLeft(Conflict):
    """A step of the chain finds nobody who may decide about this document."""

    def __init__(self, step: Message) -> None:
        super().__init__(nobody_left(step))


class NoApprovalNeeded(Conflict):
    """The chain asks nobody about this document."""

    def __init__(self) -> None:
        super().__init__(msg("This document needs no approval."))


class RunsAlready(Conflict):
    """The document has a running case."""

    def __init__(self) -> None:
        super().__init__(msg("This document is in approval already. Withdraw it first if you want to change it."))


class NotRunning(Conflict):
    """The case has ended: somebody was faster, or the filler has withdrawn it."""

    def __init__(self, state: CaseState) -> None:
        super().__init__(msg("This approval has ended already: %(state)s. Nothing was changed.", state=state.label))


class DecidedAlready(Conflict):
    """Somebody else has decided this step."""

    def __init__(self, name: str) -> None:
        super().__init__(msg("%(name)s has decided this step already. Nothing was changed.", name=name))


class NotAsked(Forbidden):
    """The step does not ask this person."""

    def __init__(self) -> None:
        super().__init__(msg("This step does not ask you. It may have gone to somebody else meanwhile."))


class LeftMeanwhile(Forbidden):
    """The person has left the company since he or she opened the document."""

    def __init__(self) -> None:
        super().__init__(msg("You are recorded as having left the company, so someone else has to decide. Nothing was changed."))


class OwnDocument(Forbidden):
    """Whoever filled a document in does not decide about it (R-370)."""

    def __init__(self) -> None:
        super().__init__(msg("You filled in this document, so somebody else has to decide about it."))


class KeptApart(Forbidden):
    """The account gives rights, switches the system or looks after the trail, so that it decides about no business record (R-370)."""

    def __init__(self, why: Message) -> None:
        super().__init__(msg("%(why)s Somebody else has to decide.", why=why))


class DecidedBefore(Forbidden):
    """One person signs one document once (R-370)."""

    def __init__(self) -> None:
        super().__init__(msg("You have signed this document in an earlier step, so somebody else has to decide now."))


class ChangedSince(Conflict):
    """What was submitted is not what stands there now."""

    def __init__(self) -> None:
        super().__init__(msg("The document has been changed since it was submitted. It has to be withdrawn and submitted again."))


class DocumentGone(Conflict):
    """The document has been deleted."""

    def __init__(self) -> None:
        super().__init__(msg("The document of this approval is gone, so there is nothing left to decide."))


class ApprovalNeeded(Conflict):
    """What was asked for may only happen after an approval that still holds."""

    def __init__(self, kind: Message, state: CaseState | None, *, changed: bool = False) -> None:
        self.running = state is CaseState.RUNNING
        if changed:
            said = msg("“%(kind)s” was approved, but the document has been changed since. Please submit it for approval again.", kind=kind)
        elif state is CaseState.RUNNING:
            said = msg("“%(kind)s” is still in approval. It can go on when everybody asked has agreed.", kind=kind)
        else:
            said = msg("“%(kind)s” needs approval first. Please submit it for approval on its page.", kind=kind)
        super().__init__(said)


class ChainChanged(Conflict):
    """Somebody else has set this chain meanwhile."""

    def __init__(self) -> None:
        super().__init__(msg("Somebody else has changed this chain meanwhile. Please open it again."))


class WaitsAlready(Conflict):
    """Another change of the record waits for approval."""

    def __init__(self) -> None:
        super().__init__(msg("A change of this record waits for approval already. It has to be decided or withdrawn first."))


class NotTheirsAnyMore(Conflict):
    """Whoever asked for a change may not make it any more."""

    def __init__(self, name: str) -> None:
        super().__init__(msg("%(name)s may not make this change any more, so nothing was changed. Please reject it.", name=name))
