"""Building the form page of a noun: fresh, filled, refused, or in conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for

from core.access.field_rights import UNSEEN, shown_value
from core.access.guard import as_system
from core.access.reasons import key_fields
from core.audit.reasons import FIELD
from core.audit.trail import rows_of_record
from core.database.fields import Field
from core.kernel.acting import acting
from core.kernel.clock import today
from core.kernel.errors import BadInput, KeguanError, StaleVersion
from core.kernel.words import Message, msg
from core.web import formats
from core.web.alike import may_hint
from core.web.beginning import leading, offered_first
from core.web.beside import beside_form
from core.web.changing import fixed_in, why_unchanged
from core.web.files import file_question
from core.web.history import REASON
from core.web.input import covered_fields, declared_for, lines_of, lines_open
from core.web.nouns import Noun, Nouns
from core.web.pages import ColumnKind, Conflict, ConflictField, FieldKind, FieldSet, FormField, FormPage, Line, LineColumn, Lines, Link, Say
from core.web.showing import FORM_KINDS, KINDS, YES_NO, form_field, label_with_unit, record_url, texts_of, typed_value, view_name
from core.web.trail_words import who_told

ROLES = {"quantity": "quantity", "price": "price", "discount": "discount", "amount": "amount"}


@dataclass(frozen=True)
class Draft:
    """What a form is filled with: typed values, errors by field, sentences, and the conflict of two editors."""

    values: Mapping[str, str]
    errors: Mapping[str, Message] = field(default_factory=dict)
    lines: tuple[Mapping[str, str], ...] = ()
    version: int = 0
    says: tuple[Message, ...] = ()
    stale: StaleVersion | None = None
    back: bool = False
    """Whether the page of the record that the new one is a part of is shown after saving."""
    into: str = ""
    """Field of another tab that waits for the record which this form creates."""


def stored_draft(noun: Noun, record: Any, lines: list[Any]) -> Draft:
    """The form of an existing record as it is stored."""
    covered = covered_fields(noun, record)
    values = {
        name: "" if name in covered else typed_value(declared, _raw(record, name, declared.kind))
        for name, declared in declared_for(noun, creating=False).items()
    }
    typed = (
        tuple({column: typed_value(type(line).fields()[column], getattr(line, column)) for column in noun.lines[1]} for line in lines)
        if noun.lines
        else ()
    )
    return Draft(values, lines=typed, version=record.version)


def posted_draft(noun: Noun, form: Mapping[str, str], **more: Any) -> Draft:
    """The form as it was typed, with what is wrong with it."""
    lines = tuple(lines_of(noun, form)) if noun.lines else ()
    return Draft(dict(form.items()), lines=lines, **more)


def refused_draft(noun: Noun, form: Mapping[str, str], error: KeguanError, **more: Any) -> Draft:
    """The form as it was typed, with the sentence that says why it was not taken; nobody fills in a long form twice."""
    return posted_draft(noun, form, errors=error.fields if isinstance(error, BadInput) else {}, says=(error.message,), **more)


def _raw(record: Any, name: str, kind: str) -> Any:
    """The stored value; a masked text that stands open to its owner is taken from under its mask."""
    return getattr(record, f"{name}_id") if kind == "reference" else shown_value(acting(), record, name, alone=True)


def form_page(session: Any, nouns: Nouns, noun: Noun, draft: Draft, record: Any | None, *, only: str = "") -> FormPage:
    """The page model of the form; ``record`` None is the form of a new one, ``only`` asks for one field of it."""
    creating = record is None
    declared = {name: field for name, field in declared_for(noun, creating=creating).items() if only in ("", name)}
    if record is not None:
        stays = {} if why_unchanged(noun, record) else fixed_in(noun, record)  # what was typed stays in sight when all is fixed meanwhile
        declared = {name: field for name, field in declared.items() if name not in stays}
    texts = texts_of(session, nouns, declared, draft.values)
    covered = covered_fields(noun, record) if record is not None else {}

    def ask(name: str) -> FormField:
        unseen = "" if texts.get(name) else _unseen(record, declared[name], draft.values.get(name, ""))
        asked = form_field(
            nouns,
            _kept_if_empty(declared[name], covered[name]) if name in covered else declared[name],
            draft.values.get(name, ""),
            error=draft.errors.get(name, ""),
            shown=texts.get(name, "") or unseen,
            hint=_hint(noun, name) if creating else "",
        )
        if unseen:
            return replace(asked, help=msg("You cannot see the current choice. It stays unless you choose something else."))
        if not creating or name != leading(noun):
            return asked
        return replace(asked, leads=True, near=() if asked.value else tuple(offered_first(session, nouns, noun)))

    groups = [FieldSet(group.title, tuple(ask(name) for name in group.names if name in declared), group.folded) for group in noun.groups]
    if creating and noun.extra_fields and not only:
        groups.append(FieldSet(noun.extra_title, tuple(ask(extra.name) for extra in noun.extra_fields)))
    if record is not None and any(name in declared for name in key_fields(noun.model)):
        question = form_field(nouns, REASON, draft.values.get(FIELD, ""), error=draft.errors.get(FIELD, ""))
        groups.append(FieldSet(REASON.label, (question,), FIELD not in draft.errors and not draft.values.get(FIELD)))
    if lines_open(noun) and not only:
        groups.append(FieldSet(msg("Lines"), (_lines_field(session, noun, draft),)))
    if creating and noun.begun_anywhere and not only:
        groups.append(FieldSet("", file_question(noun, draft.errors.get("file", ""))))
    list_href = url_for(f"{view_name(noun)}.list")
    return FormPage(
        title=noun.create_label or msg("New: %(title)s", title=noun.title) if record is None else msg("Edit: %(title)s", title=str(record)),
        crumbs=(Link(noun.plural, list_href),),
        back=Link(noun.plural, list_href),
        says=tuple(Say(text) for text in draft.says),
        action=url_for(f"{view_name(noun)}.add") if record is None else url_for(f"{view_name(noun)}.edit", pk=record.id),
        groups=tuple(group for group in groups if group.fields),
        submit=msg("Save"),
        cancel_href=list_href if record is None else record_url(noun, record.id),
        hidden=(("version", str(draft.version)),) if record is not None else _to_go_on(draft),
        beside=beside_form(noun, draft.values, draft.lines, record) if lines_open(noun) and not only else None,
        conflict=_conflict(session, nouns, noun, draft, record) if draft.stale is not None else None,
    )


def _hint(noun: Noun, name: str) -> str:
    """Where to ask, while the field is typed, what there is already."""
    return noun.hint_endpoint.get(name) or (f"{view_name(noun)}.alike" if may_hint(noun, name) else "")


def _unseen(record: Any, declared: Field, value: str) -> Message | str:
    """What a question says of the record that is referred to already and that the person may not see; another id has no such answer."""
    stands = record is not None and declared.kind == "reference" and value and value == str(getattr(record, f"{declared.name}_id", ""))
    return UNSEEN if stands else ""


def _to_go_on(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Where the new record is waited for, and where one goes after saving."""
    return (*((("into", draft.into),) if draft.into else ()), *((("next", "parent"),) if draft.back else ()))


def form_fields(
    session: Any, nouns: Nouns, declared: Mapping[str, Field], typed: Mapping[str, str], errors: Mapping[str, Message]
) -> tuple[FormField, ...]:
    """Questions beside those of a noun's form, such as what a verb asks, with what was typed and what is wrong with it."""
    texts = texts_of(session, nouns, declared, typed)
    return tuple(
        form_field(nouns, one, typed.get(name, ""), error=errors.get(name, ""), shown=texts.get(name, "")) for name, one in declared.items()
    )


def _kept_if_empty(declared: Field, mask: str) -> Field:
    """A field whose value the person does not see: he or she may write another one over it."""
    return replace(declared, required=False, help=msg("Currently %(mask)s. Leave it empty to keep it as it is.", mask=mask))


def _lines_field(session: Any, noun: Noun, draft: Draft) -> FormField:
    assert noun.lines is not None
    assert noun.line_model is not None
    name, columns = noun.lines
    declared = noun.line_model.fields()
    offers = noun.line_offers(session) if noun.line_offers is not None else {}
    shown = [
        LineColumn(
            column,
            label_with_unit(declared[column], KINDS.get(declared[column].kind, ColumnKind.TEXT)),
            FORM_KINDS[declared[column].kind],
            declared[column].required,
            ROLES.get(column, ""),
            offers=tuple(offers.get(column, ())),
        )
        for column in columns
    ]
    shown.append(LineColumn("amount", msg("Amount"), FieldKind.MONEY, role="amount"))
    rows = tuple(
        Line(
            dict(row),
            {column: draft.errors[f"{name}-{number}-{column}"] for column in columns if f"{name}-{number}-{column}" in draft.errors},
        )
        for number, row in enumerate(draft.lines)
    )
    lines = Lines(tuple(shown), rows, add=msg("Add a line"), total=msg("Total"))
    return FormField(name=name, label=msg("Lines"), kind=FieldKind.LINES, lines=lines, error=draft.errors.get(name, ""))


def _conflict(session: Any, nouns: Nouns, noun: Noun, draft: Draft, record: Any) -> Conflict:
    """Values that differ between what was typed and what the form of the record would show now, each as one reads it."""
    declared, covered, stored = declared_for(noun, creating=False), covered_fields(noun, record), stored_draft(noun, record, []).values
    typed = {name: draft.values[name].strip() for name in declared if name in draft.values}
    differing = {name for name, value in typed.items() if value != stored[name].strip() and (value or name not in covered)}
    yours, theirs = ({name: values[name] for name in differing} for values in (typed, stored))
    both = [(values, texts_of(session, nouns, declared, values)) for values in (yours, theirs)]
    read = {
        name: [_as_read(nouns, field, values[name], texts.get(name)) for values, texts in both]
        for name, field in declared.items()
        if name in differing
    }
    # What reads the same is nothing to choose between: the seconds of a moment, which no form shows.
    fields = tuple(ConflictField(name, declared[name].label, *pair) for name, pair in read.items() if str(pair[0]) != str(pair[1]))
    with as_system(session, "who was faster"):
        last = session.scalars(rows_of_record(noun.model, record.id).limit(1)).first()
    if last is None:
        return Conflict(msg("Somebody else"), "", fields)
    oneself = last.employee_id is not None and last.employee_id == getattr(acting(), "employee_id", None)
    return Conflict("" if oneself else who_told(last.who), formats.day_and_time(last.at, today()), fields)


def _as_read(nouns: Nouns, declared: Field, typed: str, chosen: str | None) -> Message | str:
    """What a person reads of a value that a form carries: the label of a choice, the name of a chosen record, else what was typed."""
    if declared.kind == "flag":
        return YES_NO[typed not in ("", "0")]
    labels = {option.value: option.label for option in form_field(nouns, declared, typed).options}
    return labels.get(typed) or chosen or (typed.replace("T", " ") if declared.kind == "moment" else typed) or "–"
