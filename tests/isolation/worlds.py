"""The other world: for one person the same to the letter, with everything that he or she may not see turned upside down."""

from __future__ import annotations

from random import Random
from typing import Any

from sqlalchemy import Integer, UniqueConstraint, delete, select
from sqlalchemy.orm import Session

from core.access.models import Share
from core.application import Keguan
from core.database.sessions import Database
from core.kernel.acting import System, acting_as
from core.kernel.words import Message
from core.work.models import Attachment, Notice
from tests.isolation.building import House, undeclared
from tests.isolation.declared import Person
from tests.isolation.reference import Thing

COPIES = 3


def unique_columns(model: Any) -> list[Any]:
    """Columns that no two records may share, but for those that say where the record belongs."""
    uniques = [one for one in model.__table__.constraints if isinstance(one, UniqueConstraint)]
    found = {column.key: column for one in uniques for column in one.columns}
    return [column for key, column in found.items() if key not in ("company_id", "id") and not column.foreign_keys]


def bound_once(model: Any) -> bool:
    """Whether there can be no second record with the same references, such as the price of a product in a list."""
    uniques = [one for one in model.__table__.constraints if isinstance(one, UniqueConstraint)]
    keys = [{column.key: column for column in one.columns if column.key != "company_id"} for one in uniques]
    return any("id" not in key and all(column.foreign_keys for column in key.values()) for key in keys)


class OtherWorld:
    """Changes the records that ``who`` may not see: other names, amounts and days, some gone, many more beside them."""

    def __init__(self, keguan: Keguan, house: House, who: Person, seed: int) -> None:
        self.database: Database = keguan.database
        self.house, self.who, self.random = house, who, Random(seed)
        self.touched = 0

    def make(self) -> int:
        """Turn this world into the other one; how many records were changed, removed or added."""
        with acting_as(System("the other world")), self.database.transaction() as session:
            hidden = [
                thing
                for thing in self.house.things.values()
                if thing.kind in ("owned", "child") and thing.key not in self.house.seen(self.who)
            ]
            for thing in hidden:
                if thing.table in self.house.models and thing.table != "core_attachment":
                    self._upset(session, thing)
            self._upset_files(session, hidden)
            self._upset_notices(session)
            self._upset_shares(session, hidden)
        self.database.release()
        return self.touched

    def _upset(self, session: Session, thing: Thing) -> None:
        model: Any = self.house.models[thing.table]
        record = session.get(model, self.house.ids[thing.key])
        for number in range(0 if bound_once(model) else COPIES):
            self._copy(session, model, record, number)
        for name, field in model.fields().items():
            if field.kind in ("text", "long_text") and getattr(record, name):
                setattr(record, name, f"Other{self.random.randrange(10**6):06}")
            elif field.kind == "money":
                setattr(record, name, getattr(record, name) + 17)
        self.touched += 1
        session.flush()

    def _copy(self, session: Session, model: Any, record: Any, number: int) -> None:
        """One more record of the same owner under the same parent: as invisible as the one it was made from."""
        columns = [column.key for column in model.__table__.columns if column.key not in ("id", "version", "created_at", "updated_at")]
        values = {name: getattr(record, name) for name in columns}
        for name, field in model.fields().items():
            if field.kind in ("text", "long_text") and values.get(name):
                values[name] = f"{'!~'[number % 2]}{self.random.randrange(10**9):09}"[: field.max_length or None]
        for column in unique_columns(model):
            if values[column.key] is not None and ("field" not in column.info or isinstance(column.type, Integer)):
                values[column.key] = undeclared(column.type, self.random.randrange(10**8))
        session.add(model(**values))
        self.touched += 1

    def _upset_files(self, session: Session, hidden: list[Thing]) -> None:
        ids = [self.house.ids[thing.key] for thing in hidden if thing.table == "core_attachment"]
        for attachment in session.scalars(select(Attachment).where(Attachment.id.in_(ids))):
            attachment.name = f"other {attachment.id}.txt"
            self.touched += 1

    def _upset_notices(self, session: Session) -> None:
        mine = self.house.ids[f"core_notice:{self.who.key}"]
        for notice in session.scalars(select(Notice).where(Notice.id != mine)).all():
            session.add(Notice(company_id=notice.company_id, employee_id=notice.employee_id, message=Message("One more")))
            notice.message = Message("Another notice")
            self.touched += 1

    def _upset_shares(self, session: Session, hidden: list[Thing]) -> None:
        """Nobody shares what this person cannot see any more; that must tell nothing either."""
        for thing in hidden:
            if thing.shares and not any(share.account == self.who.account for share in thing.shares):
                session.execute(delete(Share).where(Share.resource == thing.resource, Share.record_id == self.house.ids[thing.key]))
