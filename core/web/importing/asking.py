"""The first two steps: handing the file in, and saying what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from core.extension.calling import registry
from core.kernel.errors import BadInput, KeguanError
from core.kernel.words import Message, counted, msg
from core.web import formats
from core.web.nouns import Nouns
from core.web.pages import Ask, ColumnRow, FieldKind, FormField, Link, MapPage, Option, Say, Tone, UploadPage, Verb
from core.web.showing import view_name
from core.work.guessing import guess
from core.work.import_fields import Offer, offer_of
from core.work.import_models import ImportFile, ImportProfile
from core.work.importing import earlier_profiles, profile_of, readable_profiles, target_for
from core.work.mapping import bare
from core.work.profiles import Profile

STEPS = (msg("Upload"), msg("Match columns"), msg("Check"), msg("Report"))
PASSED_OVER = Option("", msg("Skip"))


def title_of(nouns: Nouns, resource: str) -> Message:
    """What comes in, in the plural."""
    noun = next((one for one in nouns.by_path.values() if one.resource == resource), None)
    return noun.plural if noun is not None else registry().resources[resource].title


def way_back(nouns: Nouns, resource: str) -> Link:
    """The list that the rows go to; the list of imports where there is none."""
    noun = next((one for one in nouns.by_path.values() if one.resource == resource), None)
    if noun is None:
        return Link(msg("Imports"), url_for("ImportsView.imports"))
    return Link(noun.plural, url_for(f"{view_name(noun)}.list"))


def upload_page(nouns: Nouns, resource: str, limit: int, typed: str = "", error: KeguanError | None = None) -> UploadPage:
    """Choose a file, drop it, or paste rows."""
    back = way_back(nouns, resource)
    return UploadPage(
        title=msg("Import: %(list)s", list=title_of(nouns, resource)),
        crumbs=(back,),
        back=back,
        step=1,
        steps=STEPS,
        action=url_for("ImportsView.receive", key=resource),
        accept=".csv,.xlsx,.txt",
        limit=_accepted(resource, limit),
        blank=Link(msg("Download an empty form"), url_for("ImportsView.blank", key=resource), "file-type-xls"),
        kept=(Link(msg("Past imports"), url_for("ImportsView.imports"), "history"),),
        typed=typed,
        says=(Say(_sentence(error)),) if error is not None else (),
    )


def _accepted(resource: str, limit: int) -> Message:
    """What a file looks like that is taken."""
    if not target_for(resource).documents:
        return msg("CSV or XLSX, at most %(limit)s; the first row names the columns.", limit=formats.size(limit))
    return msg(
        "CSV or XLSX, at most %(limit)s; the first row names the columns. Each row holds one line of a document; the lines of a document "
        "stand one below the other.",
        limit=formats.size(limit),
    )


def _sentence(error: KeguanError) -> Message:
    return next(iter(error.fields.values()), error.message) if isinstance(error, BadInput) else error.message


@dataclass(frozen=True)
class Said:
    """What each column is read into, the key, and the name that all this is kept under."""

    columns: Mapping[str, str]
    key: tuple[str, ...]
    name: str = ""


def first_mapping(offer: Offer, file: ImportFile, kept: Sequence[ImportProfile], chosen: ImportProfile | None) -> Said:
    """What the page begins with: the chosen kept mapping, what was said of this file before, else a guess."""
    if chosen is not None:
        return _from_profile(offer, file, profile_of(chosen.text), chosen.name)
    if file.profile:
        return _from_profile(offer, file, profile_of(file.profile), file.profile_name)
    columns = guess(offer, file.head["columns"], readable_profiles(kept))
    found = set(columns.values())
    return Said(columns, next((key for key in offer.keys if found.issuperset(key)), offer.keys[0]))


def _from_profile(offer: Offer, file: ImportFile, profile: Profile, name: str) -> Said:
    sources = {bare(source): column.target for column in profile.columns for source in column.sources if column.target in offer.fields}
    columns = {column: sources[bare(column)] for column in file.head["columns"] if bare(column) in sources}
    return Said(columns, profile.key if profile.key in offer.keys else offer.keys[0], name)


def map_page(session: Any, nouns: Nouns, file: ImportFile, given: Said | None, chosen_id: str, error: BadInput | None) -> MapPage:
    """The columns with their samples; ``given`` is what was chosen before a refusal."""
    offer = offer_of(target_for(file.resource))
    kept = earlier_profiles(session, file.resource)
    chosen = next((one for one in kept if str(one.id) == chosen_id), None)
    mapping = given or first_mapping(offer, file, kept, chosen)
    wrong: Mapping[str, Message] = error.fields if error is not None else {}
    back = way_back(nouns, file.resource)
    return MapPage(
        title=msg("Import: %(list)s", list=title_of(nouns, file.resource)),
        crumbs=(back,),
        back=back,
        step=2,
        steps=STEPS,
        action=url_for("ImportsView.map", pk=file.id),
        file=counted("%(name)s, about %(count)s row", "%(name)s, about %(count)s rows", file.head["length"], name=file.name),
        columns=tuple(_row(place, column, file, mapping, wrong) for place, column in enumerate(file.head["columns"])),
        fields=(PASSED_OVER, *_options(offer)),
        key=_key_field(offer, mapping.key, wrong.get("key", "")),
        name=FormField(
            "name",
            msg("Save this mapping as"),
            value=mapping.name,
            max_length=80,
            help=msg(
                "Everyone who imports here can use it; a mapping of the same name is replaced. Leave it empty not to save the mapping."
            ),
        ),
        profiles=tuple(Link(one.name, url_for("ImportsView.mapping", pk=file.id, profile=one.id), current=one is chosen) for one in kept),
        drop=_drop(chosen) if chosen is not None else None,
        discard=_discard(file),
        says=_says(file, error),
    )


def _row(place: int, column: str, file: ImportFile, mapping: Said, wrong: Mapping[str, Message]) -> ColumnRow:
    samples = tuple(sample for sample in file.head["samples"].get(column, ()) if sample)
    return ColumnRow(f"field-{place}", column, samples, mapping.columns.get(column, ""), wrong.get(column, ""))


def _options(offer: Offer) -> tuple[Option, ...]:
    needed = {name for key in offer.keys for name in key}
    return tuple(
        Option(name, msg("%(field)s (matches existing records)", field=one.label) if name in needed else one.label)
        for name, one in offer.fields.items()
    )


def _key_field(offer: Offer, key: tuple[str, ...], error: Message | str) -> FormField:
    options = tuple(Option(",".join(names), _named(offer, names)) for names in offer.keys)
    return FormField(
        "key",
        msg("Match existing records by"),
        FieldKind.CHOICE,
        ",".join(key),
        required=True,
        options=options,
        error=error,
        help=msg("A row that matches an existing record updates it; any other creates one. Empty cells change nothing."),
    )


def _named(offer: Offer, names: tuple[str, ...]) -> Message | str:
    return " + ".join(str(offer.fields[name].label) for name in names)


def _drop(chosen: ImportProfile) -> Verb:
    ask = Ask(msg("Delete the mapping “%(name)s”?", name=chosen.name), msg("Past imports stay as they are."), msg("Delete"))
    return Verb(msg("Delete this mapping"), url_for("ImportsView.drop", pk=chosen.id), "trash", ask=ask, tone=Tone.BAD)


def _discard(file: ImportFile) -> Verb | None:
    if file.import_job_id is not None:
        return None
    return Verb(msg("Discard the file"), url_for("ImportsView.discard", pk=file.id), "trash")


def _says(file: ImportFile, error: BadInput | None) -> tuple[Say, ...]:
    found = [Say(error.message if error.fields else _sentence(error))] if error is not None else []
    if file.head.get("mended"):
        found.append(Say(msg("These are rejected rows of an earlier import; the column with the reasons is ignored."), Tone.RUN))
    return tuple(found)
