"""Charts on the desk: offered by plugins, each drawn by the chart of its own list when it comes into sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from core.extension.calling import hooks
from core.extension.exchange import DeskChart
from core.kernel.acting import actor
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.web.charting import COUNT, SUMMED, groupable, measures
from core.web.charts import chart_address
from core.web.desk_scope import Chosen
from core.web.nouns import Noun, Nouns
from core.web.pages import ChartCard
from core.web.pages.charts import CARDS


def desk_charts(nouns: Nouns, chosen: Chosen) -> tuple[ChartCard, ...]:
    """Those whose list the person may see, with all that they tell, under what is chosen."""
    asked = ((one, nouns.by_path[one.noun]) for one in _shown(nouns))
    followed = ((one, noun, chosen.conditions(noun, one.owner, one.day)) for one, noun in asked)
    return tuple(_card(noun, one, where, chosen) for one, noun, where in followed if where is not None)


def _card(noun: Noun, one: DeskChart, where: Mapping[str, Sequence[str]], chosen: Chosen) -> ChartCard:
    drawn = chart_address(noun, by=one.by, measure=one.measure, draw=one.kind, **one.conditions, **where)
    return ChartCard(one.title, drawn, chosen.span.label if one.day else "")


def charted(nouns: Nouns) -> set[str]:
    """Resources of the lists that are drawn."""
    return {nouns.by_path[one.noun].resource for one in _shown(nouns)}


def anything_drawn(session: Session, nouns: Nouns) -> bool:
    """Whether a list behind these charts holds a record that the person sees, whosever it is."""
    models = {one.noun: nouns.by_path[one.noun].model for one in _shown(nouns)}
    parts = [select(model.id) for model in models.values()]
    return bool(parts) and session.scalar(union_all(*parts).limit(1)) is not None


def _shown(nouns: Nouns) -> list[DeskChart]:
    return [one for one in hooks().crm_desk_charts() if _may_see(nouns.by_path[one.noun], one)][:CARDS]


def check_desk_chart(nouns: Nouns, plugin: str, one: DeskChart) -> None:
    """Stop the start for a chart of a list that is not there, or of a field that it does not have."""
    noun = nouns.by_path.get(one.noun)
    asked = {one.by, one.owner, *((one.day,) if one.day else ())}
    if noun is None or not asked <= set(noun.filters) or (one.measure != COUNT and _kind(noun, one.measure) not in SUMMED):
        raise StartRefused(
            msg(
                "The chart “%(title)s” of %(plugin)s draws %(measure)s by %(by)s of %(path)s, which does not exist.",
                title=one.title.text,
                plugin=plugin,
                measure=one.measure,
                by=one.by,
                path=one.noun,
            )
        )


def _kind(noun: Noun, name: str) -> str:
    return noun.fields[name].kind if name in noun.fields else ""


def _may_see(noun: Noun, one: DeskChart) -> bool:
    may_measure = one.measure == COUNT or one.measure in measures(noun)
    return actor().may(noun.resource, "read") and one.by in groupable(noun) and may_measure
