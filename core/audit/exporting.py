"""The trail as files that anybody can check without Keguan: rows, blocks, and the program that compares them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.blocks import block_line, within
from core.audit.models import AuditBlock, AuditRow
from core.audit.rows import LINE, line_of

VERIFIER = Path(__file__).resolve().parent.parent / "operations" / "verify_trail.py"
REVIEWED = {"keguan_reviewed": True, "yield_per": 2_000}


@dataclass(frozen=True)
class Exported:
    """What was written: the folder, rows and blocks, and the newest head, which is to be kept elsewhere."""

    folder: Path
    rows: int
    blocks: int
    head: str


def export_trail(session: Session, chain: int, folder: Path) -> Exported:
    """Write the sealed rows of ``chain`` into ``folder``, which must not exist yet (:class:`FileExistsError`). Constant memory."""
    folder.mkdir(parents=True, mode=0o700)
    head, blocks, last = _write_blocks(session, chain, folder / "blocks.txt")
    rows = _write_rows(session, chain, folder / "rows.jsonl", last)
    shutil.copyfile(VERIFIER, folder / VERIFIER.name)
    return Exported(folder, rows, blocks, head)


def _write_blocks(session: Session, chain: int, path: Path) -> tuple[str, int, int]:
    table = AuditBlock.__table__
    asked = select(*table.c).where(table.c.chain == chain).order_by(table.c.number)
    head, count, last = "", 0, 0
    with path.open("wb") as file:
        found: Any = session.execute(asked, execution_options=REVIEWED).mappings()
        for block in found:
            file.write(block_line(block) + b"\n")
            head, count, last = block["head"], count + 1, block["last_id"]
    return head, count, last


def _write_rows(session: Session, chain: int, path: Path, last: int) -> int:
    table = AuditRow.__table__
    asked = select(*(table.c[name] for name in LINE)).where(within(chain), table.c.id <= last).order_by(table.c.id)
    count = 0
    with path.open("wb") as file:
        found: Any = session.execute(asked, execution_options=REVIEWED).mappings()
        for row in found:
            file.write(line_of(row) + b"\n")
            count += 1
    return count
