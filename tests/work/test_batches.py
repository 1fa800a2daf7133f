"""Many records at once: identities drawn ahead are the next ones, and a list of keys finds what is among it, both on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.database.batches import among, number_ahead, refresh_statistics
from core.kernel.acting import acting_as
from tests.work.probe import Client

if TYPE_CHECKING:
    from tests.work.conftest import Office


def entered(office: Office, *codes: str, ahead: bool) -> list[int]:
    """Identities of new clients with ``codes``, in their order."""
    with acting_as(office.ann), office.database.transaction() as session:
        clients = [Client(code=code, name=code) for code in codes]
        if ahead:
            number_ahead(session, clients)
        session.add_all(clients)
        session.flush()
        return [client.id for client in clients]


def test_identities_drawn_ahead_collide_with_none_that_the_database_gives(office: Office) -> None:
    given = [
        *entered(office, "A", "B", ahead=False),
        *entered(office, "C", "D", "E", ahead=True),
        *entered(office, "F", ahead=False),
        *entered(office, "G", ahead=True),
        *entered(office, ahead=True),
    ]
    assert given == sorted(set(given))
    assert len(given) == 7


def test_keys_are_found_whatever_they_hold_and_only_those_of_the_list(office: Office) -> None:
    odd = ["K'1", 'K"2', "K\\3", "{K,4}", "客户5", "NULL", "%"]
    entered(office, *odd, "other", ahead=True)
    with acting_as(office.ann):
        session = office.database.session()
        for keys in (odd, odd[:1], []):
            found = session.scalars(select(Client.code).where(among(session, Client.code, keys))).all()
            assert sorted(found) == sorted(keys)


def test_keys_find_nothing_that_one_may_not_see(office: Office) -> None:
    entered(office, "A", ahead=True)
    with acting_as(office.bob):
        session = office.database.session()
        assert session.scalars(select(Client.code).where(among(session, Client.code, ["A"]))).all() == []


def test_the_database_counts_a_table_anew_when_it_is_told_to(office: Office) -> None:
    entered(office, *(f"K{number}" for number in range(300)), ahead=True)
    refresh_statistics(office.database.engine, [Client])
    if office.url.startswith("postgresql"):
        with office.database.engine.connect() as connection:
            estimated = connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'probe_client'").scalar_one()
        assert estimated == 300
