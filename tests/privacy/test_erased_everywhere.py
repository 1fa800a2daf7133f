"""After an erasure the name stands in no column of any table and in no file of the data folder, wherever work has copied it (PIPL 47).

Each place is filled by the door that people use, and found filled before the erasure: a place that was never filled proves nothing.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import inspect, text

from core.exports.states import ExportFormat
from core.kernel.acting import System, acting_as
from core.kernel.words import msg
from core.lists.operations import ViewWish, save_view
from core.privacy.erasing import erase_person
from core.testing.world import World
from core.work.attachments import hashes_in_use
from core.work.comments import write_comment
from core.work.file_store import file_store
from core.work.notices import notify
from plugins.customers.models import Contact
from plugins.customers.operations import add_contact
from tests.exports.conftest import Gate
from tests.plugins.conftest import Trade
from tests.web.test_importing import handed_in, tried
from tests.world import Browser

NAME, MOBILE = "卓殊名", "13987654329"
FORMS = (NAME, quote(NAME), NAME.encode("unicode_escape").decode(), MOBILE)
ROWS = f"客户\t姓名\t手机\n没有这家公司\t{NAME}\t{MOBILE}\n"


FILLED = {"core_notice.message", "core_comment.text", "core_list_view.conditions", "core_import_file.head", "attachments", "exports"}
LEFT = {"core_export_request.asked", "core_audit_row.changes"}
"""What somebody asked an export for is bound to what was approved, and sealed with it: it says what left, not who the person is."""


def places(world: World) -> set[str]:
    """Columns and files that hold the name or the number."""
    found = set()
    with world.keguan.database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings().all()
            found |= {f"{table}.{name}" for row in rows for name, value in row.items() if any(one in str(value) for one in FORMS)}
    folder = world.keguan.settings.data
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((".db", ".db-wal", ".db-shm")))
    return found | {str(path.relative_to(folder).parts[0]) for path in files if any(one in _text(path) for one in FORMS)}


def _text(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.requirement("R-462")
def test_no_column_and_no_file_holds_the_name_of_whoever_was_erased(world: World, client_for: Callable[[str], Browser]) -> None:
    customer, owner = Trade(world).customer(), client_for("sales.east1")
    with world.use_case("sales.east1") as session:
        contact = add_contact(session, {"customer": customer.id, "name": NAME, "mobile": MOBILE})
        person = int(contact.id)
        notify(session, world.employees["sales.east1"].id, msg("“%(title)s” has been approved.", title=NAME), f"/contacts/{person}")
        save_view(session, "contacts", urlencode({"q": NAME}), ViewWish("重点联系人"))
        write_comment(session, Contact, person, f"{NAME}说下周到货")
    tried(owner, world, handed_in(owner, ROWS, "/imports/new/customers.contact"), **{"field-0": "customer"})
    gate = Gate(world)
    request = gate.ask("head.east", source="contacts", form=ExportFormat.CSV, asked=(("q", NAME),))
    gate.approve(request)
    gate.make(request)
    assert places(world) >= {*FILLED, *LEFT}, "a place was never filled"
    with world.use_case("leader") as session:
        erase_person(session, "customers_contact", person, None, "本人要求")
    with acting_as(System("the sweep", world.companies["qiheng"].id)), world.keguan.database.transaction() as session:
        kept = hashes_in_use(session, world.companies["qiheng"].id)
    file_store().remove_all_but(world.companies["qiheng"].id, kept, grace=0)
    assert places(world) == LEFT
