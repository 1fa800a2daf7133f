"""What a check of the trail has found, in words."""

from __future__ import annotations

from core.audit.verification import Problem
from core.database.records import mappers
from core.kernel.words import Message, counted, msg

_NUMBERED: dict[str, Message] = {
    "row": msg("Row %(number)s is not as it was written."),
    "inserted": msg("Row %(number)s was put in among sealed rows."),
    "aside_gone": msg("A personal value that row %(number)s speaks of is gone, and no erasure took it."),
    "aside_altered": msg("A personal value that row %(number)s speaks of is not the one that was written."),
    "head": msg("Block %(number)s itself was changed."),
    "chain": msg("Block %(number)s does not follow the one before it."),
    "root": msg("The rows of block %(number)s are not those that were sealed."),
    "not_anchored": msg("Block %(number)s was never anchored."),
    "anchor_damaged": msg("A line of the anchor is damaged."),
    "anchor_unreachable": msg("The anchor cannot be reached: %(detail)s"),
    "no_anchor": msg("The anchor knows nothing of this trail."),
    "epoch": msg("With block %(number)s a restored database began anew."),
}
_RANGED: dict[str, Message] = {
    "count": msg("Block %(number)s does not hold the rows that it sealed (then: %(first)s, now: %(last)s)."),
    "rolled_back": msg("Blocks %(first)s to %(last)s are anchored but gone: the database was set back."),
    "lost": msg("Blocks %(first)s to %(last)s are anchored and were lost before the new beginning."),
}
_OF_RECORDS: dict[str, Message] = {
    "made_past": msg("The trail does not know how the record #%(number)s (%(kind)s) was made."),
    "removed_past": msg("The trail does not know how the record #%(number)s (%(kind)s) went away."),
    "changed_past": msg("“%(field)s” of the record #%(number)s (%(kind)s) is not what the trail says: it was changed past the program."),
}


def problem_told(problem: Problem) -> Message:
    """One sentence on ``problem``."""
    if problem.kind in _RANGED:
        first, _, last = problem.detail.partition(" ")
        return Message(_RANGED[problem.kind].text, {"number": problem.number, "first": first, "last": last})
    if problem.kind in _OF_RECORDS:
        return Message(_OF_RECORDS[problem.kind].text, {"number": problem.number, **_called(problem.detail)})
    return Message(_NUMBERED[problem.kind].text, {"number": problem.number, "detail": problem.detail})


def _called(detail: str) -> dict[str, Message | str]:
    """What people call the table and the column that ``detail`` names; the names themselves where nothing is declared."""
    table, _, name = detail.partition(" ")
    model = next((mapper.class_ for mapper in mappers() if mapper.class_.__tablename__ == table), None)
    if model is None:
        return {"kind": table, "field": name}
    declared = model.fields().get(name) or model.fields().get(name.removesuffix("_id"))
    return {"kind": model.__label__, "field": declared.label if declared is not None else name}


def rows_told(number: int) -> Message:
    """So many rows."""
    return counted("%(count)s row", "%(count)s rows", number)


def blocks_told(number: int) -> Message:
    """So many blocks of the sealed trail."""
    return counted("%(count)s block", "%(count)s blocks", number)
