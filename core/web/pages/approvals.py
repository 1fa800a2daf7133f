"""Approvals: the case with its document and signature cells, and the editor of a chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.web.pages.forms import FormField, Option
from core.web.pages.parts import Block, Link, Page, Person, Tag, Text, Verb


@dataclass(frozen=True, slots=True)
class SignatureCell:
    """One cell of the form: ``role`` is the step, ``name`` stands in ink once signed; ``now`` waits since ``at`` (UTC)."""

    role: Text
    name: Text = ""
    note: Text = ""
    verdict: Tag | None = None
    at: datetime | None = None
    opinion: Text = ""
    signed: bool = False
    now: bool = False


@dataclass(frozen=True, kw_only=True)
class Signatures(Block):
    """The way of a document through its steps, as the cells of the paper form; ``open`` leads to the case."""

    title: Text
    cells: tuple[SignatureCell, ...]
    tag: Tag | None = None
    at: datetime | None = None
    open: Link | None = None
    verbs: tuple[Verb, ...] = ()
    note: Text = ""
    template: ClassVar[str] = "keguan/blocks/signatures.html"


@dataclass(frozen=True, kw_only=True)
class CasePage(Page):
    """One case: what is asked, the document, the signatures, and the decision for whom it asks."""

    tags: tuple[Tag, ...] = ()
    filler: Person
    facts: tuple[Text, ...] = ()
    at: datetime
    document: Link | None = None
    blocks: tuple[Block, ...] = ()
    verbs: tuple[Verb, ...] = ()
    opinion: FormField | None = None
    approve: str = ""
    send_back: str = ""
    reject: str = ""
    template: ClassVar[str] = "keguan/case.html"


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step in the editor; ``place`` counts from 0, ``asked`` are the chosen values."""

    place: int
    title: str
    needs: str
    asked: tuple[str, ...]
    person: FormField
    from_amount: str
    condition: str


@dataclass(frozen=True, kw_only=True)
class ChainPage(Page):
    """The editor of a chain: steps, and who would decide for a document that one describes."""

    action: str
    number: int
    steps: tuple[StepForm, ...]
    needs: tuple[Option, ...]
    asked: tuple[Option, ...]
    conditions: tuple[Option, ...]
    may_change: bool
    lead: Text = ""
    preview: tuple[FormField, ...] = ()
    found: Signatures | None = None
    older: tuple[Text, ...] = ()
    template: ClassVar[str] = "keguan/chain.html"
