"""Merkle trees as RFC 9162 makes them: leaves and nodes are hashed apart, so that neither can pass for the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

LEAF, NODE, HEAD = b"\x00", b"\x01", b"\x02"


def leaf(line: bytes) -> bytes:
    """Hash of one line."""
    return hashlib.sha256(LEAF + line).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Root over ``leaves`` in their order; of nothing it is the hash of nothing (RFC 9162, 2.1.1)."""
    peaks: list[tuple[int, bytes]] = []  # (leaves below, hash) of complete trees, the widest first
    for one in leaves:
        width, found = 1, one
        while peaks and peaks[-1][0] == width:
            _, left = peaks.pop()
            width, found = 2 * width, hashlib.sha256(NODE + left + found).digest()
        peaks.append((width, found))
    if not peaks:
        return hashlib.sha256(b"").digest()
    _, found = peaks.pop()
    while peaks:
        _, left = peaks.pop()
        found = hashlib.sha256(NODE + left + found).digest()
    return found


def head_of(said: bytes) -> str:
    """Head of a block: the hash of the line that says what it seals."""
    return hashlib.sha256(HEAD + said).hexdigest()
