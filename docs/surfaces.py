"""The page of surfaces: what they are, what one meets while a module is off, and those that each module of this program has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from config.settings import Settings
from core.application import checked_registry
from core.operations.surfaces import KINDS, RECORDS, Surface, declared_surfaces
from core.web.features import FEATURES

HEAD = """# Surfaces

Written by `make docs`. A *surface* is anything by which somebody or something reaches a module. `python app.py surfaces` lists all of them,
with the module each belongs to and the right it asks for (`--json` for programs). A module that is off for a company is off on every one of
them, at the next request of every process; its data stay and come back with it.

| Kind | What is off | What one gets |
| --- | --- | --- |
| page (`route`) | lists, records, forms, verbs, choices, files, saved links, forms that were open | 404 |
| `rest` | every method, with session, token or API key, also those from before | 404 |
| `records` | what records of a kind are offered on their pages and in REST, by feature: see the table below | 404 |
| `menu` | entries of the side menu and the desk, and what can be created from the top bar | absent |
| `list search` | the search box of each list: fields that identify a record, and the name of what it belongs to | 404, with its list |
| `board` | records as cards in columns, with the fields that each person has chosen for the cards | 404 |
| `tab`, `stat button`, `figure`, `timeline` | what the module shows on records of other modules | absent |
| `desk figure`, `desk task`, `desk chart` | what the module shows on the desk | absent |
| `search` | its kinds of record in the search of the top bar | absent |
| OpenAPI | its paths in `/api/v1/_openapi` | absent |
| `job` | a queued job waits until the module is on again | nothing is run |
| `schedule` | no job is asked for | nothing is queued |
| `import` | files for its resources | refused, “nothing of that name takes imports” |
| `hook` | what other modules tell it | not heard |
| `command` | commands are for whoever runs the deployment: they ask for the company and meet the same verbs | refused by the verb |

`tests/switch` walks over all of this: two web processes over one database, the switch thrown through the first, every surface asked through
the second. It finds the surfaces in the registry and among the routes, never in a list kept by hand, so that a new module is walked over
without a line of test. It also uses what people keep from before (an open form, a saved link, an old token, an API key, a queued job), and
compares the other company's answers before and during byte for byte. What it saw stands in `build/evidence/switch-sqlite.json` and
`switch-postgres.json`.

A module that another one requires cannot be switched off before that one: the page says which.

## Records by feature

Each record type gets its pages from its declaration (`Noun`); what it is offered follows from what it declares, and nothing has to be
written for it. `tests/browser/test_every_feature.py` uses each of these by hand on records of every module, and on those of a module that
`plugins new` has just written.

%(table)s
## Module by module

Pages and REST are left out: each record type of a module has its list, its record, its form and the same in REST; the command prints their
routes. What a stat button, figure, timeline or task says depends on the record and on who looks.
"""


def surfaces_page() -> str:
    """The explanation, and for each module its surfaces by kind."""
    registry = checked_registry(Settings())
    found: dict[str, list[Surface]] = defaultdict(list)
    told = list(declared_surfaces(registry))
    for one in told:
        found[one.plugin].append(one)
    head = HEAD % {"table": _features([one for one in told if one.kind == RECORDS])}
    return "\n".join([head, *(_module(name, found[name]) for name in sorted(found))])


def _features(told: Iterable[Surface]) -> str:
    """Features down, and how many record types have each; those that lack it are named where they are few."""
    having: dict[str, set[str]] = defaultdict(set)
    for one in told:
        path, _, feature = one.name.partition(": ")
        having[feature].add(path)
    everything = set().union(*having.values())
    lines = ["| Feature | Record types | Without it |", "| --- | --- | --- |"]
    for feature in (one.name for one in FEATURES):
        missing = sorted(everything - having[feature])
        lines.append(f"| {feature} | {len(having[feature])} of {len(everything)} | {', '.join(f'`{one}`' for one in missing) or '–'} |")
    return "\n".join(lines) + "\n"


def _module(name: str, surfaces: Iterable[Surface]) -> str:
    kinds: dict[str, list[str]] = defaultdict(list)
    for one in surfaces:
        kinds[one.kind].append(_told(one))
    lines = [f"| {kind} | {', '.join(kinds[kind])} |" for kind in KINDS if kind in kinds and kind != RECORDS]
    return f"### {name}\n\n| Kind | Which |\n| --- | --- |\n" + "\n".join(lines) + "\n"


def _told(one: Surface) -> str:
    said = f"`{one.name}`"
    return f"{said} ({one.where})" if one.where and one.kind in ("hook", "tab", "schedule") else said
