"""Which records are finished, so that their files stay with them: as their nouns declare."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.extension.registry import Registry
from core.web.nouns import Noun
from core.web.views import RecordView
from core.work.attachments import Finished


def finishing_nouns(registry: Registry) -> Mapping[type[Any], Finished]:
    """By class, whether a record is finished: it is not changed any more, or its noun says that files stay from now on."""
    views = [view for _, view in registry.at_start("crm_views") if issubclass(view, RecordView)]
    return {view.noun.model: partial(_finished, view.noun) for view in views}


def _finished(noun: Noun, record: Any) -> bool:
    if noun.why_fixed is not None and noun.why_fixed(record) is not None:
        return True
    return noun.keeps_files is not None and noun.keeps_files(record)
