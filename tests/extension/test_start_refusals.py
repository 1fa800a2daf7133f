"""Every mistake of a plugin stops the start with one sentence that names the plugin, hook, table, right or page (design 3.3)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.extension.starting import Starter
from tests.extension.strangers import API, HOOKS, MANIFEST, MODELS, VIEWS, write_bare_plugin, write_plugin

INNARDS = ("Traceback", "Error:", "<class", "object at")


class Mistake(NamedTuple):
    """One room replaced, and what the sentence must name."""

    room: str
    text: str
    names: tuple[str, ...]


PAGE = """
from flask_appbuilder import expose

from core.web.access import needs
from core.web.views import PluginView


class {View}ThingsView(PluginView):
    plugin = "{name}"
    resource = "{resource}"

    @expose("/")
    @needs("read")
    def list(self):
        return ""
"""


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


SETTING = """

from core.database.fields import Field
from core.extension.exchange import CodeListSpec, ParameterSpec


@hookimpl
def {hook}():
    return [{spec}]
"""


def setting(hook: str, *specs: str) -> str:
    """The hooks of the well-mannered plugin, and declared parameters or code lists."""
    return HOOKS + SETTING.replace("{hook}", hook).replace("{spec}", ", ".join(specs))


DAYS = 'ParameterSpec("{name}.days", msg("Days"), Field("integer", msg("Days")), 30)'
WORDS = 'CodeListSpec("{name}.word", msg("Words"), (("one", msg("One")),))'

PERSON = swap(
    MODELS,
    'title = fields.text(msg("Title"), required=True, sortable=True)',
    'title = fields.text(msg("Title"), required=True, personal=True)\n    address = fields.text(msg("Address"), personal=True)',
)
VISIT = """

class Visit(CompanyRecord):
    __tablename__ = "{name}_visit"
    __label__: ClassVar[Message] = msg("Visit")

    whom = reference("{name}_thing", msg("Whom"), required=True)
"""
VISITED = VISIT + '    address = fields.text(msg("Address"))\n'
CALLED = VISIT + '    asked_for = fields.text(msg("Asked for"), personal=True)\n'
ABOUT = swap(
    swap(VISITED, "class Visit", "from core.database.records import AboutPerson\n\n\nclass Visit"),
    "    __label__",
    '    __about_person__ = AboutPerson("title", frozenset({{"address"}}))\n    __label__',
)

MISTAKES: dict[str, Mistake] = {
    "an address of a person that no erasure would reach": Mistake("models", PERSON + VISITED, ("Visit", "address", "__about_person__")),
    "a personal field that no erasure would reach": Mistake("models", PERSON + CALLED, ("Visit", "asked_for", "__about_person__")),
    "records about nobody that is a person": Mistake("models", PERSON + ABOUT, ("Visit", "rightly whom")),
    "records kept by a law that no erasure would touch": Mistake(
        "hooks",
        HOOKS
        + """

from core.extension.exchange import KeptByLaw


@hookimpl
def crm_kept_by_law():
    from {package}.models import Thing

    return [KeptByLaw(Thing, lambda session, ids: {{}})]
""",
        ("alpha", "Thing"),
    ),
    "a parameter under another name": Mistake(
        "hooks", setting("crm_parameters", DAYS.replace("{name}.days", "beta.days")), ("alpha", "beta.days")
    ),
    "a parameter that is declared twice": Mistake("hooks", setting("crm_parameters", DAYS, DAYS), ("alpha.days", "twice")),
    "a parameter whose default is of another kind": Mistake(
        "hooks", setting("crm_parameters", DAYS.replace("30", '"many"')), ("alpha.days", "whole number")
    ),
    "a parameter of a kind that nobody can type": Mistake(
        "hooks", setting("crm_parameters", DAYS.replace('"integer"', '"reference"')), ("alpha.days", "reference")
    ),
    "a code list under another name": Mistake("hooks", setting("crm_code_lists", WORDS.replace("{name}", "beta")), ("alpha", "beta.word")),
    "a code list with a code twice": Mistake(
        "hooks",
        setting("crm_code_lists", WORDS.replace('(("one", msg("One")),)', '(("one", msg("One")), ("one", msg("Two")))')),
        ("alpha.word", "one"),
    ),
    "a field of a code list that nobody declares": Mistake(
        "models", MODELS + '    kind = fields.code(msg("Kind"), "{name}.nothing")\n', ("kind", "alpha.nothing")
    ),
    "a hook that nobody offers": Mistake("hooks", HOOKS + "\n\n@hookimpl\ndef crm_modles():\n    return []\n", ("alpha", "crm_modles")),
    "an argument that the hook does not have": Mistake(
        "hooks", HOOKS + "\n\n@hookimpl\ndef crm_timeline(session, recource):\n    return []\n", ("alpha", "crm_timeline", "recource")
    ),
    "a masked field that lists are asked by": Mistake(
        "models", swap(MODELS, "required=True, sortable", "masked=True, required=True, sortable"), ("title", "Thing", "searched")
    ),
    "a mask that nobody knows": Mistake(
        "models", swap(MODELS, "required=True, sortable=True", 'masked=True, mask="fog"'), ("title", "Thing", "fog")
    ),
    "a masked field that is open to nobody known": Mistake(
        "models", swap(MODELS, "required=True, sortable=True", 'masked=True, open_to=("emperor",)'), ("title", "Thing", "emperor")
    ),
    "a hidden field that must be filled in": Mistake(
        "models", swap(MODELS, "required=True, sortable=True", "hidden=True, required=True"), ("title", "Thing", "could not enter")
    ),
    "a hidden field that lists are asked by": Mistake(
        "models", swap(MODELS, "required=True, sortable=True", "hidden=True, searchable=True"), ("title", "Thing", "searched")
    ),
    "a table with another prefix": Mistake("models", swap(MODELS, "{name}_thing", "beta_thing"), ("alpha", "beta_thing")),
    "two classes of one table": Mistake(
        "models",
        MODELS + '\n\nclass Other(CompanyRecord):\n    __tablename__ = "{name}_thing"\n    __label__ = msg("Other")\n',
        ("alpha_thing", "Other"),
    ),
    "a class without a scope": Mistake("models", swap(MODELS, "Thing(OwnedRecord)", "Thing(Record)"), ("Thing", "scope")),
    "an owned class without a right": Mistake("models", swap(MODELS, '    __resource__ = "{name}.thing"\n', ""), ("Thing", "right")),
    "a class with a right that nobody declares": Mistake(
        "models", swap(MODELS, '__resource__ = "{name}.thing"', '__resource__ = "{name}.thong"'), ("Thing", "alpha.thong")
    ),
    "a child that names no parent": Mistake(
        "models",
        MODELS
        + "\n\nfrom core.database.records import ChildRecord\n\n\nclass Part(ChildRecord):\n"
        + '    __tablename__ = "{name}_part"\n    __label__ = msg("Part")\n',
        ("Part", "belongs"),
    ),
    "a model that is not handed over": Mistake(
        "models",
        MODELS + '\n\nclass Hidden(CompanyRecord):\n    __tablename__ = "{name}_hidden"\n    __label__ = msg("Hidden")\n',
        ("alpha", "Hidden"),
    ),
    "an index that a field brings already": Mistake(
        "models",
        "from sqlalchemy import Index\n"
        + MODELS
        + '    kind = fields.text(msg("Kind"), filterable=True)\n    __table_args__ = (Index(None, "company_id", "kind", "id"),)\n',
        ("Thing", "company_id, kind, id"),
    ),
    "a reference to a table that nobody has": Mistake(
        "models", MODELS + '    other = reference("nobody_table", msg("Other"))\n', ("nobody_table",)
    ),
    "a right of another plugin": Mistake("hooks", swap(HOOKS, 'resource("{name}.thing"', 'resource("beta.thing"'), ("alpha", "beta.thing")),
    "a right declared twice": Mistake(
        "hooks",
        swap(HOOKS, 'return [resource("{name}.thing"', 'return [resource("{name}.thing", msg("Things"), READ), resource("{name}.thing"'),
        ("alpha.thing", "twice"),
    ),
    "a right without a verb": Mistake(
        "hooks",
        swap(HOOKS, "READ, CREATE, UPDATE)", 'READ, CREATE, UPDATE), resource("{name}.other", msg("Others"))'),
        ("alpha.other", "verb"),
    ),
    "a grant of a verb that nobody declares": Mistake(
        "hooks", swap(HOOKS, "{{READ: Scope.OWN}}", '{{"raed": Scope.OWN}}'), ("alpha", "raed")
    ),
    "a grant on a right that nobody declares": Mistake(
        "hooks", swap(HOOKS, '{{"{name}.thing": {{READ', '{{"{name}.thong": {{READ'), ("alpha", "alpha.thong")
    ),
    "a grant to a role that does not exist": Mistake("hooks", swap(HOOKS, '"salesperson"', '"salesman"'), ("alpha", "salesman")),
    "a menu to a page that does not exist": Mistake(
        "hooks", swap(HOOKS, '"{View}ThingsView.list"', '"ThingView.list"'), ("alpha", "ThingView.list")
    ),
    "a menu with a right that nobody declares": Mistake(
        "hooks", swap(HOOKS, '"box", "{name}.thing")', '"box", "{name}.thong")'), ("alpha", "alpha.thong")
    ),
    "a misspelt field in a column": Mistake("views", swap(VIEWS, 'Shown("title")', 'Shown("titel")'), ("alpha-things", "titel", "Thing")),
    "a misspelt field in a group": Mistake("views", swap(VIEWS, '("title",)', '("titel",)'), ("alpha-things", "titel", "Thing")),
    "a misspelt field in the order": Mistake("views", swap(VIEWS, 'icon="box",', 'icon="box", order="titel",'), ("alpha-things", "titel")),
    "an order by a field without an index": Mistake(
        "views", swap(VIEWS, 'icon="box",', 'icon="box", order="department",'), ("alpha-things", "department", "sortable")
    ),
    "two nouns of one path": Mistake(
        "hooks", swap(HOOKS, "return [{View}ThingsView]", "return [{View}ThingsView, {View}ThingsView]"), ("alpha-things",)
    ),
    "a page with a name of its own": Mistake(
        "views", swap(VIEWS, "class {View}ThingsView", "class ThingPages"), ("alpha-things", "AlphaThingsView")
    ),
    "a page that is no page of ours": Mistake(
        "views",
        swap(VIEWS, "class {View}ThingsView(RecordView):\n    noun = THINGS", "class {View}ThingsView:\n    pass"),
        ("alpha", "AlphaThingsView"),
    ),
    "a page of another plugin": Mistake("views", swap(VIEWS, 'plugin="{name}"', 'plugin="core"'), ("alpha", "AlphaThingsView")),
    "a page with a right that nobody declares": Mistake(
        "views", swap(PAGE, "{resource}", "{name}.thong"), ("AlphaThingsView", "alpha.thong")
    ),
    "a page whose right names no resource": Mistake("views", swap(PAGE, "{resource}", ""), ("AlphaThingsView", "resource")),
    "a page method that asks for nothing": Mistake(
        "views",
        "from flask_appbuilder import expose\n" + VIEWS + '\n    @expose("/open")\n    def open(self):\n        return ""\n',
        ("AlphaThingsView", "open"),
    ),
    "a page with a verb that nobody declares": Mistake(
        "views",
        "from flask_appbuilder import expose\nfrom core.web.access import needs\n"
        + VIEWS
        + '\n    @expose("/open")\n    @needs("opne")\n    def open(self):\n        return ""\n',
        ("AlphaThingsView", "opne"),
    ),
    "a verb of a record with a right that nobody declares": Mistake(
        "views",
        swap(
            "from core.web.nouns import Act\n" + VIEWS,
            'icon="box",',
            'icon="box", acts=(Act("polish", msg("Polish"), lambda *a, **k: None, "plosih"),),',
        ),
        ("alpha-things", "plosih"),
    ),
    "a REST class that is none of ours": Mistake(
        "api",
        swap(API, "class {View}ThingsApi(RecordApi):\n    noun = THINGS", "class {View}ThingsApi:\n    pass"),
        ("alpha", "AlphaThingsApi"),
    ),
    "a REST class with a name of its own": Mistake(
        "api", swap(API, "class {View}ThingsApi", "class ThingRest"), ("alpha-things", "AlphaThingsApi")
    ),
    "a child noun that does not exist": Mistake(
        "views", swap(VIEWS, 'icon="box",', 'icon="box", children=("parts",),'), ("alpha-things", "parts")
    ),
    "a manifest of another name": Mistake("__init__", swap(MANIFEST, "{name!r}", '"beta"'), ("alpha", "manifest")),
    "a name that is no name": Mistake("__init__", swap(MANIFEST, "{name!r}", '"Al pha"'), ("Al pha",)),
    "no manifest at all": Mistake("__init__", '"""Nothing."""\n', ("alpha", "manifest")),
}
RENAMED = {"a page with a name of its own": "ThingPages", "a REST class with a name of its own": "ThingRest"}


def one_sentence(said: str) -> bool:
    return bool(said) and "\n" not in said.strip() and not any(innard in said for innard in INNARDS)


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_of_a_plugin_stops_the_start_and_is_named(starter: Starter, strangers: Path, what: str) -> None:
    mistake = MISTAKES[what]
    rooms = {mistake.room: mistake.text}
    if what in RENAMED:  # the class is called otherwise, so the hook has to hand over the other name
        old = "{View}ThingsView" if mistake.room == "views" else "{View}ThingsApi"
        hooks = HOOKS.replace(f"import {old}", f"import {RENAMED[what]}").replace(f"return [{old}]", f"return [{RENAMED[what]}]")
        rooms["hooks"] = hooks
    if "class Visit" in mistake.text:
        rooms["hooks"] = HOOKS.replace("import Thing\n", "import Thing, Visit\n").replace("return [Thing]", "return [Thing, Visit]")
    write_plugin(strangers, "alpha", **rooms)
    ended = starter.start(strangers)
    assert not ended.crash, ended.crash
    assert one_sentence(ended.refused), ended
    for name in mistake.names:
        assert name in ended.refused


def test_a_well_mannered_plugin_starts(starter: Starter, strangers: Path) -> None:
    write_plugin(strangers, "alpha")
    ended = starter.start(strangers)
    assert ended.names == ("alpha",), ended.refused or ended.crash
    assert {"AlphaThingsView.list", "AlphaThingsApi.get_list"} <= set(ended.endpoints)


def test_a_plugin_without_what_it_requires_does_not_start(starter: Starter, strangers: Path) -> None:
    write_bare_plugin(strangers, "alpha", requires=("beta",))
    said = starter.start(strangers).refused
    assert one_sentence(said)
    assert "alpha" in said
    assert "beta" in said


def test_plugins_that_require_each_other_do_not_start(starter: Starter, strangers: Path) -> None:
    for name, need in (("alpha", "beta"), ("beta", "gamma"), ("gamma", "alpha")):
        write_bare_plugin(strangers, name, requires=(need,))
    said = starter.start(strangers).refused
    assert one_sentence(said)
    assert all(name in said for name in ("alpha", "beta", "gamma"))


def test_a_plugin_that_is_wanted_but_absent_stops_the_start(starter: Starter, strangers: Path) -> None:
    write_bare_plugin(strangers, "alpha")
    said = starter.start(strangers, wanted=["alpha", "beta"]).refused
    assert one_sentence(said)
    assert "beta" in said


def test_a_plugin_without_chinese_words_does_not_start(starter: Starter, strangers: Path) -> None:
    write_plugin(strangers, "alpha", translated=False)
    said = starter.start(strangers).refused
    assert one_sentence(said)
    assert "alpha" in said
    assert "translations/zh_CN" in said
