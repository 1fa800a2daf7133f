"""Check an exported audit trail of Keguan on any machine with Python, without Keguan:

    python -I verify_trail.py FOLDER [HEAD ...]

FOLDER holds rows.jsonl and blocks.txt as `python app.py audit export` wrote them. HEAD is a head that you kept from earlier, or the path of
a file of the anchor. Ends with 0 when every row is as it was sealed and every kept head is in the trail, else with 1 and what is wrong.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WANTED = ("chain", "epoch", "number", "after_id", "first_id", "last_id", "count", "root", "previous", "made_at")


def sha(prefix: bytes, content: bytes) -> bytes:
    """SHA-256 with the prefix that tells leaves, nodes and heads apart."""
    return hashlib.sha256(prefix + content).digest()


def tree(leaves: list[bytes]) -> bytes:
    """Merkle tree hash of RFC 9162, 2.1.1, by its own definition."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"", b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01", tree(leaves[:half]) + tree(leaves[half:]))


def lines(path: Path) -> Iterator[bytes]:
    """Whole lines, byte for byte, without their end."""
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                raise ValueError(f"{path.name}: the last line is cut off")
            yield line[:-1]


def block_of(line: bytes) -> dict[str, Any]:
    """What a block says, if that is what its head is the hash of."""
    head, _, said = line.partition(b" ")
    if head != sha(b"\x02", said).hex().encode():
        raise ValueError(f"a block is not what its head says: {line[:80]!r}")
    return {**{name: json.loads(said)[name] for name in WANTED}, "head": head.decode()}


def check(folder: Path) -> tuple[set[str], list[str], int]:
    """Heads of the trail, remarks, and the number of rows; ValueError at the first thing that is wrong."""
    rows, heads, remarks, count, last = lines(folder / "rows.jsonl"), [], [], 0, None
    for line in lines(folder / "blocks.txt"):
        block = block_of(line)
        before = last or {"epoch": 1, "number": 0, "head": "0" * 64, "last_id": 0, "chain": block["chain"]}
        name = f"block {block['number']}"
        if block["chain"] != before["chain"] or block["after_id"] != before["last_id"]:
            raise ValueError(f"{name} does not belong behind the one before it")
        if block["epoch"] > before["epoch"] and block["number"] > before["number"]:
            remarks.append(f"{name} of {block['made_at']}: a restored database began anew; what was sealed since the backup is lost")
        elif (block["epoch"], block["number"], block["previous"]) != (before["epoch"], before["number"] + 1, before["head"]):
            raise ValueError(f"{name} does not follow the one before it")
        found = [row for _, row in zip(range(block["count"]), rows, strict=False)]
        ids = [json.loads(row)[0] for row in found]
        if ids != sorted(set(ids)) or [*ids[:1], *ids[-1:]] != [block["first_id"], block["last_id"]] or ids[0] <= block["after_id"]:
            raise ValueError(f"{name}: rows are missing, doubled or out of order")
        if tree([sha(b"\x00", row) for row in found]).hex() != block["root"]:
            raise ValueError(f"{name}: its rows are not those that were sealed")
        heads.append(block["head"])
        count, last = count + len(found), block
    if next(rows, None) is not None:
        raise ValueError("there are rows that no block has sealed")
    return set(heads), remarks, count


def main(folder: str, *kept: str) -> int:
    """Say what was found; 0 when all is well."""
    wanted = [head for one in kept for head in (_of_anchor(Path(one)) if Path(one).is_file() else [one])]
    try:
        heads, remarks, count = check(Path(folder))
    except (ValueError, KeyError, IndexError, TypeError, OSError) as error:
        print(f"NOT AS SEALED: {error}")
        return 1
    missing = [head for head in wanted if head not in heads]
    for line in [*remarks, *(f"NOT IN THE TRAIL: the head {head}" for head in missing[:10])]:
        print(line)
    print(
        f"{count} rows in {len(heads)} blocks are as they were sealed; {len(wanted) - len(missing)} of {len(wanted)} kept heads are there"
    )
    return 1 if missing or not heads else 0


def _of_anchor(path: Path) -> list[str]:
    return [str(block_of(line)["head"]) for line in lines(path)]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 1 else __doc__)
