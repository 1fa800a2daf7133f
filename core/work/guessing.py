"""Which field a column is meant for, guessed from its name: by labels in both languages, aliases, and what was chosen before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from core.extension.chinese import chinese
from core.work.import_fields import Offer
from core.work.mapping import bare
from core.work.profiles import Profile

_ASIDE = re.compile(r"[（(\[【].*?[）)\]】]|[*＊：:]")


def guess(offer: Offer, columns: Sequence[str], earlier: Iterable[Profile] = ()) -> dict[str, str]:
    """Column to field, each field once; a column that nothing speaks for is left out.

    The latest of ``earlier`` profiles, which come newest first, goes before what the names say: somebody chose it.
    """
    chosen = _chosen(offer, earlier)
    spoken = _spoken(offer)
    found: dict[str, str] = {}
    for names in (chosen, spoken):
        for column in columns:
            field = names.get(bare(column)) or names.get(bare(_ASIDE.sub("", column)))
            if column not in found and field is not None and field not in found.values():
                found[column] = field
    return found


def _chosen(offer: Offer, earlier: Iterable[Profile]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for profile in earlier:
        for column in profile.columns:
            if column.target in offer.fields:
                for source in column.sources:
                    names.setdefault(bare(source), column.target)
    return names


def _spoken(offer: Offer) -> Mapping[str, str]:
    """What a field is called: its label in both languages and in the reader's, its own name, and its aliases."""
    names: dict[str, str] = {}
    for name, field in offer.fields.items():
        for word in (str(field.label), field.label.text, chinese(field.label), name, *offer.target.aliases.get(name, ())):
            names.setdefault(bare(word), name)
    return names
