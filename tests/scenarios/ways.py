"""The two ways of a program into the house: by the verbs themselves, and by REST. A story does not know which one it goes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from core.kernel.errors import KeguanError
from core.operations.language import catalogues_of, speaking
from core.web.input import read_json
from core.web.listing import find, read_query
from core.web.nouns import Noun, Nouns
from core.web.values import load
from tests.world import Browser, World

Values = Mapping[str, Any]


class Refused(Exception):
    """Somebody asked for what cannot be; the text is the sentence that he or she reads."""


class Way(ABC):
    """How people of the story do things: ``who`` is an account, values are as REST takes them."""

    @abstractmethod
    def create(self, who: str, path: str, values: Values) -> int:
        """Create a record of the noun ``path`` and return its id; raises :class:`Refused`."""

    @abstractmethod
    def act(self, who: str, path: str, record_id: int, verb: str, **values: Any) -> None:
        """Run a verb on a record; raises :class:`Refused`."""

    @abstractmethod
    def all(self, who: str, path: str, **filters: Any) -> list[int]:
        """Ids of the records that ``who`` sees in the list with these filters, oldest first."""

    def only(self, who: str, path: str, **filters: Any) -> int:
        """The one record that there is."""
        (found,) = self.all(who, path, **filters)
        return found


@dataclass
class ByVerbs(Way):
    """Calls what page and REST call, in the language of the house unless another is spoken."""

    world: World
    nouns: Nouns
    language: str = "zh_CN"

    def create(self, who: str, path: str, values: Values) -> int:
        noun = self.nouns.by_path[path]
        assert noun.create is not None
        create = noun.create
        return int(self._do(who, lambda session: create(session, read_json(noun, dict(values), creating=True))).id)

    def act(self, who: str, path: str, record_id: int, verb: str, **values: Any) -> None:
        noun = self.nouns.by_path[path]
        act = noun.act(verb)
        assert act is not None, f"{path} has no verb {verb}"
        version = self._version(who, noun, record_id)
        self._do(who, lambda session: act.run(session, record_id, version, **load(act.asks, values)))

    def all(self, who: str, path: str, **filters: Any) -> list[int]:
        noun = self.nouns.by_path[path]
        arguments = MultiDict({name: str(value) for name, value in filters.items()} | {"order": "id"})
        with self.world.reading(who) as session:
            return [record.id for record in find(session, noun, read_query(noun, arguments)).records]

    def _version(self, who: str, noun: Noun, record_id: int) -> int:
        with self.world.reading(who) as session:
            record = session.get(noun.model, record_id)
            assert record is not None, f"{who} does not see {noun.path} {record_id}"
            return int(record.version)

    def _do(self, who: str, work: Callable[[Any], Any]) -> Any:
        try:
            with speaking(self.language, catalogues_of(self.world.keguan.registry)), self.world.use_case(who) as session:
                return work(session)
        except KeguanError as error:
            with speaking(self.language, catalogues_of(self.world.keguan.registry)):
                fields = getattr(error, "fields", {})
                raise Refused("".join(map(str, fields.values())) or str(error.message)) from error


@dataclass
class ByRest(Way):
    """Asks as a program does, with the person's bearer token."""

    program_of: Callable[[str], Browser]

    def create(self, who: str, path: str, values: Values) -> int:
        return int(self._sent(self.program_of(who).post(f"/api/v1/{path}/", json=dict(values)), 201)["id"])

    def act(self, who: str, path: str, record_id: int, verb: str, **values: Any) -> None:
        program, address = self.program_of(who), f"/api/v1/{path}/{record_id}"
        version = self._sent(program.get(address), 200)["result"]["version"]
        self._sent(program.post(f"{address}/{verb}", json={"version": version, **values}), 200)

    def all(self, who: str, path: str, **filters: Any) -> list[int]:
        answer = self.program_of(who).get(f"/api/v1/{path}/", query_string={**filters, "order": "id"})
        return [int(one) for one in self._sent(answer, 200)["ids"]]

    def _sent(self, answer: Any, wanted: int) -> dict[str, Any]:
        body: dict[str, Any] = answer.get_json()
        if answer.status_code == wanted:
            return body
        assert 400 <= answer.status_code < 500, answer.text
        raise Refused("".join(map(str, body.get("fields", {}).values())) or str(body["message"]))
