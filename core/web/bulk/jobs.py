"""The job that brings an order to its end, as whoever asked for it, with the rights of now."""

from __future__ import annotations

from typing import Any

from core.database.sessions import Database
from core.extension.calling import registry
from core.extension.exchange import JobHandler, Task
from core.kernel.errors import NotFound
from core.kernel.words import msg
from core.web.bulk.asking import KIND
from core.web.bulk.running import bring_to_end, found_run
from core.web.views import RecordView


def _bring_to_end(database: Database, task: Task) -> Any:
    run_id = int(str(task.payload["run"]))
    with database.transaction() as session:
        path = found_run(session, run_id).noun
    nouns = {view.noun.path: view.noun for _, view in registry().at_start("crm_views") if issubclass(view, RecordView)}
    noun = nouns.get(path)
    if noun is None or noun.plugin not in task.modules:
        raise NotFound
    bring_to_end(database, noun, run_id, task.progress)


BULK = JobHandler(KIND, _bring_to_end, msg("Bulk change"), long=True)
