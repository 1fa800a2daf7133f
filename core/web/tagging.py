"""Tags of records on their pages, above and in lists, and as verbs for one record or many: the same for every noun of business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from zlib import crc32

from core.database.fields import Field
from core.database.together import Summed
from core.kernel.words import Message, msg
from core.organisation.code_lists import entries, label_of
from core.web.list_values import EMPTY
from core.web.nouns import Act, Noun
from core.web.pages import FilterKind, FilterOption, QuickFilter, Tag, Tone
from core.work.tags import LONGEST_TAG, TAGS, in_order, read_tags, tag_record, tags_of_page, take_back_tags, untag_record

LABEL, NO_TAG = msg("Tags"), msg("No tag")
TAG = "tag"
"""What an address calls a tag that records are asked by."""
UNTAG = "untag"
TAGGING = ("tag", UNTAG)
"""Verbs that the house offers behind those of a module."""
TONES = {"key": Tone.RUN, "watch": Tone.WAIT, "risk": Tone.BAD}
OTHER_TONES = (Tone.GOOD, Tone.RUN, Tone.WAIT, Tone.IDLE)


def has_tags(noun: Noun) -> bool:
    """Whether records of ``noun`` can be tagged: those of business that are changed by a verb."""
    return noun.plugin != "core" and noun.change is not None


def tag_acts(noun: Noun) -> tuple[Act, ...]:
    """Tagging and taking a tag off, as verbs: on the record's page, for many records, and in REST."""
    if not has_tags(noun):
        return ()
    back = partial(take_back_tags, noun.model)
    word = Field(
        "code",
        msg("Tag"),
        TAG,
        required=True,
        max_length=LONGEST_TAG,
        code_list=TAGS,
        help=msg("A short word, such as one that is offered; a new one is offered to everybody from then on."),
    )
    return (
        Act("tag", msg("Tag"), partial(tag_record, noun.model), "update", "tag", (word,), back=back),
        Act(UNTAG, msg("Remove a tag"), partial(untag_record, noun.model), "update", "x", (replace(word, help=None),), back=back),
    )


def tag_chips(session: Any, codes: Sequence[str]) -> tuple[Tag, ...]:
    """Tags as coloured words, in the order of the list; a word has the same colour everywhere."""
    return tuple(Tag(label_of(session, TAGS, code), _tone(code)) for code in in_order(session, codes))


def tags_told(session: Any, told: Sequence[str | None], record_id: int) -> tuple[Tag, ...]:
    """What one record is tagged with, as the answer to :func:`asked_of_tags` has it."""
    return tag_chips(session, read_tags(told[0]).get(record_id, ())) if told else ()


def asked_of_tags(noun: Noun) -> tuple[Summed, ...]:
    """The tags of a page of records, to be asked beside others."""
    if not has_tags(noun):
        return ()
    return (Summed(tags_of_page(noun.model)),)  # type: ignore[arg-type]  # mypy takes a class for unhashable


def tag_filter(session: Any, noun: Noun, picked: Sequence[str]) -> tuple[QuickFilter, ...]:
    """The quick filter by tags."""
    if not has_tags(noun):
        return ()
    words = [(one.code, one.label) for one in entries(session, TAGS) if one.active or one.code in picked]
    known = {code for code, _ in words} | {EMPTY}
    words += [(code, Message(code)) for code in picked if code not in known]
    options = (*(FilterOption(code, label, code in picked) for code, label in words), FilterOption(EMPTY, NO_TAG, EMPTY in picked))
    return (QuickFilter(TAG, LABEL, FilterKind.CHOICE, options),)


def tag_words(session: Any, codes: Sequence[str]) -> list[str]:
    """What picked tags are called."""
    return [str(NO_TAG if code == EMPTY else label_of(session, TAGS, code)) for code in codes]


def _tone(code: str) -> Tone:
    return TONES.get(code) or OTHER_TONES[crc32(code.encode()) % len(OTHER_TONES)]
