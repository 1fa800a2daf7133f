"""One family of errors. Each carries a sentence for the person who caused it and the HTTP status that the web answers with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from core.kernel.words import Message, msg


class KeguanError(Exception):
    """What went wrong and what to do, as a :class:`Message`; nothing was changed when it is raised."""

    status: ClassVar[int] = 400

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class BadInput(KeguanError):
    """Values that cannot be accepted. ``fields`` maps a field name to its own sentence; answered with 422."""

    status = 422

    def __init__(self, message: Message | None = None, *, fields: Mapping[str, Message] | None = None) -> None:
        super().__init__(message or msg("Some values cannot be accepted. Please correct the marked fields."))
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        details = " ".join(f"{name}: {sentence}" for name, sentence in self.fields.items())
        return f"{self.message} {details}".strip()


class Malformed(KeguanError):
    """A request that cannot be understood at all (a broken query, no JSON); answered with 400."""


class NotFound(KeguanError):
    """No such record, or none that one may see: the same answer for both (R-441)."""

    status = 404

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("This page or record does not exist, or you may not see it."))


class Forbidden(KeguanError):
    """The record may be seen, but this may not be done with it by this person. ``right`` is the resource and verb that is missing."""

    status = 403

    def __init__(self, message: Message | None = None, *, right: tuple[str, str] | None = None) -> None:
        super().__init__(message or msg("Your roles do not allow this. Please ask your security administrator."))
        self.right = right


class SignInRequired(KeguanError):
    """Nobody is signed in, or the sign-in has ended."""

    status = 401

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("Please sign in."))


class Conflict(KeguanError):
    """The record is not in the state that the request assumes."""

    status = 409


class Taken(Conflict):
    """What must be unique is another record's already, perhaps one's that may not be seen, and no verb had found it before."""

    def __init__(self) -> None:
        super().__init__(msg("Somebody else has saved the same in this moment, so nothing was changed here. Please look at it again."))


class StaleVersion(Conflict):
    """Somebody else saved first. ``theirs`` maps field name to the value now stored, ``yours`` to the value refused."""

    def __init__(self, theirs: Mapping[str, Any], yours: Mapping[str, Any], version: int) -> None:
        super().__init__(msg("Somebody else has saved this record in the meantime. Please compare the values and choose."))
        self.theirs = dict(theirs)
        self.yours = dict(yours)
        self.version = version


class IllegalTransition(Conflict):
    """A verb that the life cycle does not allow from the present state."""


class TooLarge(KeguanError):
    """More bytes, rows or nesting than is accepted."""

    status = 413


class TooManyAttempts(KeguanError):
    """Too many wrong passwords: nothing was checked; ``wait`` is how long nothing will be."""

    status = 429

    def __init__(self, message: Message, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class StartRefused(KeguanError):
    """The program must not start like this; the sentence names the plugin, hook, table, permission or setting."""

    status = 500
