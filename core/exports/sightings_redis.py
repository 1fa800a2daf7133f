"""Sightings counted in Redis, where several machines serve."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from core.exports.sightings import Count, Reader, SightingsFile
from core.kernel.clock import today

log = logging.getLogger(__name__)

KEPT = 3 * 24 * 3600  # seconds that Redis remembers


class SightingsRedis:
    """Counts in Redis for several machines; while it is out of reach, each machine counts in its own file."""

    def __init__(self, url: str, spare: SightingsFile) -> None:
        self._redis: Any = Redis.from_url(url, socket_timeout=2)
        self._spare = spare

    def note(self, reader: Reader, kind: str, ids: Collection[int], most: int) -> Count:
        """As :meth:`Sightings.note`."""
        if not ids:
            return Count(0, refused=False)
        key, wanted = _key(reader, kind), list(ids)
        try:
            with self._redis.pipeline(transaction=True) as steps:
                steps.smismember(key, wanted).sadd(key, *wanted).expire(key, KEPT).scard(key)
                known, new, _, seen = steps.execute()
            refused = new > 0 and seen > most
            if refused:
                self._redis.srem(key, *(one for one, was in zip(wanted, known, strict=True) if not was))
        except RedisError as error:
            log.warning("sightings are counted in the file of this machine: %s", error)
            return self._spare.note(reader, kind, ids, most)
        return Count(seen - new if refused else seen, refused)

    def flag(self, reader: Reader, name: str) -> bool:
        """As :meth:`Sightings.flag`."""
        try:
            return bool(self._redis.set(_key(reader, f"flag-{name}"), 1, ex=KEPT, nx=True))
        except RedisError:
            return self._spare.flag(reader, name)

    def flagged(self, reader: Reader, name: str) -> bool:
        """As :meth:`Sightings.flagged`."""
        try:
            return bool(self._redis.exists(_key(reader, f"flag-{name}")))
        except RedisError:
            return self._spare.flagged(reader, name)


def _key(reader: Reader, what: str) -> str:
    return f"keguan:seen:{today()}:{reader.company_id}:{reader.employee_id}:{what}"
