"""A record in the layout of its form: what stands on the paper, and the endpoint of each noun that prints it (R-062, C-19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from flask import g, make_response, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.database.fields import Field
from core.exports.printing import Printed, PrintWish, print_record
from core.exports.sources import Pairs, SheetSource
from core.exports.typesetting import Case, Column, Form, Group, Row, Signed, Table, typeset
from core.extension.rights import PRINT
from core.kernel.errors import BadInput, Conflict, KeguanError, NotFound, TooLarge
from core.kernel.words import Message, msg
from core.web import formats
from core.web.access import needs
from core.web.approvals.showing import approval_tab
from core.web.doors import FORM, leaves
from core.web.gate import database_of
from core.web.lines import lines_table
from core.web.nouns import Noun, Nouns, Shown
from core.web.pages import ColumnKind, Person, RelatedTable, SignatureCell, Signatures, Tag, Verb
from core.web.pages.reader import language
from core.web.showing import form_field, kind_of, label_with_unit, readable, told, view_name
from core.work.file_names import content_disposition

REASON = Field(
    "text", msg("What the print is needed for"), "reason", required=True, max_length=500, help=msg("This is recorded in the audit trail.")
)
FIGURES = (ColumnKind.MONEY, ColumnKind.EXACT_MONEY, ColumnKind.NUMBER)


def print_verb(nouns: Nouns, noun: Noun, record: Any) -> tuple[Verb, ...]:
    """The button that prints ``record``; for those alone whose right to print reaches it."""
    if not has_form(noun):
        return ()
    address = url_for(f"{view_name(noun)}.form", pk=record.id)
    typed = request.form.get("reason", "") if request.endpoint == f"{view_name(noun)}.form" else ""
    return (Verb(msg("Print as PDF"), address, "printer", fields=(form_field(nouns, REASON, typed),)),)


def has_form(noun: Noun) -> bool:
    """Whether records of the noun are printed: those of the business, not those by which the house is kept."""
    return noun.plugin != "core"


def printed_fields(noun: Noun) -> tuple[str, ...]:
    """Fields that stand on the paper, as far as the person may know of them: the head of the record, then the form."""
    grouped = [name for group in noun.groups for name in group.names]
    head = [name for name in (*noun.tags, *noun.facts, *noun.figures) if name not in grouped]
    return tuple(name for name in dict.fromkeys((*head, *grouped)) if readable(noun, name))


def form_of(session: Any, nouns: Nouns, noun: Noun, record: Any, mark: Message) -> Form:
    """What stands on the paper. Values come out as in an export: masked ones under their mask, hidden ones not at all (R-442)."""
    grouped = {name for group in noun.groups for name in group.names}
    head = [name for name in printed_fields(noun) if name not in grouped]
    groups: list[tuple[Message | str, list[str]]] = [
        ("", head),
        *((group.title, [name for name in group.names if readable(noun, name)]) for group in noun.groups),
    ]
    tables = (lines_table(session, noun, record),) if noun.lines is not None else ()
    return Form(
        title=str(noun.title),
        name=str(record),
        **paper_head(mark),
        groups=tuple(Group(str(title), tuple(_row(noun, record, name) for name in names)) for title, names in groups if names),
        tables=tuple(_table(one) for one in tables),
        cases=tuple(_case(one) for one in approval_tab(session, nouns, noun, record) if one.cells),
    )


class PaperHead(TypedDict):
    """What stands on every paper of the house; the rest of a :class:`Form` is its own."""

    company: str
    mark: str
    language: str
    page: tuple[str, str, str]


def paper_head(mark: Message) -> PaperHead:
    """Company, visible mark, language, and the words around the numbers of pages."""
    first, middle, last = str(msg("Page %(number)s of %(total)s", number="\0", total="\0")).split("\0")
    said = "zh" if language().startswith("zh") else "en"
    return {"company": g.membership.company_name, "mark": str(mark), "language": said, "page": (first, middle, last)}


def _row(noun: Noun, record: Any, name: str) -> Row:
    declared = noun.fields[name]
    kind = next((shown.kind for shown in noun.columns if shown.name == name and shown.kind is ColumnKind.STARS), kind_of(noun, Shown(name)))
    said = on_paper(told(noun, record, name, kind), kind)
    return Row(str(label_with_unit(declared, kind)), said, declared.kind == "long_text")


def _table(one: RelatedTable) -> Table:
    columns = tuple(Column(str(column.label), column.kind in FIGURES) for column in one.columns)
    kinds = [column.kind for column in one.columns]
    rows = tuple(tuple(on_paper(value, kind) for value, kind in zip(row.cells, kinds, strict=True)) for row in one.rows)
    total = tuple(on_paper(value, kind) for value, kind in zip(one.totals, kinds, strict=True)) if one.totals else ()
    return Table(str(one.title), columns, rows, total)


def _case(one: Signatures) -> Case:
    told_state = f" · {one.tag.label}" if one.tag is not None else ""
    return Case(f"{one.title}{told_state}", tuple(_signed(cell) for cell in one.cells))


def _signed(cell: SignatureCell) -> Signed:
    verdict = str(cell.verdict.label) if cell.verdict is not None else ""
    at = formats.exact_time(cell.at) if cell.at is not None and cell.signed else ""
    return Signed(str(cell.role), str(cell.name), str(cell.note), verdict, at, str(cell.opinion))


def on_paper(value: Any, kind: ColumnKind) -> str:
    """A value in words: whole days and exact sums, because paper does not know when it is read."""
    if value is None:
        return ""
    if isinstance(value, date):
        return formats.exact_time(value) if isinstance(value, datetime) else value.isoformat()
    if kind is ColumnKind.STARS:
        return "★" * int(value)
    if isinstance(value, int | Decimal) and kind in FIGURES:
        return formats.number(value) if kind is ColumnKind.NUMBER else formats.money(int(value), exact=True)
    return str(value.label if isinstance(value, Tag) else value.name if isinstance(value, Person) else value)


class FormsOfRecords:
    """The printed form of one record; mixed into the view of a noun."""

    noun: Noun
    nouns: Any
    session: Any
    _again: Any

    @expose("/<id:pk>/form", methods=["POST"])
    @needs(PRINT)
    @leaves(FORM)
    def form(self, pk: int) -> Response:
        """The record as PDF, for a reason that the trail keeps."""
        if not has_form(self.noun):
            raise NotFound
        wish = PrintWish(self.noun.path, pk, printed_fields(self.noun), request.form.get("reason", ""), g.identity.language)
        try:
            printed = print_record(database_of(), wish, lambda mark: self._drawn(pk, mark))
        except (BadInput, Conflict, TooLarge) as error:
            answer: Response = self._again(pk, _one_sentence(error))
            return answer
        return handed_out(printed)

    def _drawn(self, pk: int, mark: Message) -> bytes:
        record = self.session.get(self.noun.model, pk)
        if record is None:
            raise NotFound
        return typeset(form_of(self.session, self.nouns, self.noun, record, mark))


def print_sheet(source: SheetSource, record_id: int, asked: Pairs, draw: Callable[[PaperHead], Form]) -> Response:
    """A sheet about one record as PDF, through the gate: for the ``reason`` of the form that was sent, within the quota, marked and
    recorded like the form of a record. ``draw`` makes the paper from what stands on every one.

    Raises what :func:`core.exports.printing.print_record` raises; a missing reason as one sentence.
    """
    wish = PrintWish(source.key, record_id, (), request.form.get("reason", ""), g.identity.language, asked)
    try:
        return handed_out(print_record(database_of(), wish, lambda mark: typeset(draw(paper_head(mark)))))
    except BadInput as error:
        raise _one_sentence(error) from error


def sheet_verb(nouns: Nouns, source: SheetSource, action: str, hidden: tuple[tuple[str, str], ...]) -> tuple[Verb, ...]:
    """The button that prints the sheet, with what it is asked for ``hidden`` in it; for those alone who may print such sheets."""
    if not g.actor.may(source.resource, PRINT):
        return ()
    reason = form_field(nouns, REASON, request.form.get("reason", ""))
    return (Verb(msg("Print as PDF"), action, "printer", hidden, fields=(reason,)),)


def handed_out(printed: Printed) -> Response:
    """The answer with a PDF that leaves now."""
    response = make_response(printed.content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = content_disposition(printed.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _one_sentence(error: KeguanError) -> KeguanError:
    if isinstance(error, BadInput) and error.fields:
        return BadInput(msg("%(field)s: %(sentence)s", field=REASON.label, sentence=next(iter(error.fields.values()))))
    return error
