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
NOTE = """
local new = {}
for place = 3, #ARGV do
    if redis.call('SADD', KEYS[1], ARGV[place]) == 1 then new[#new + 1] = ARGV[place] end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
local seen = redis.call('SCARD', KEYS[1])
if #new == 0 or seen <= tonumber(ARGV[1]) then return {seen, 0} end
for _, one in ipairs(new) do redis.call('SREM', KEYS[1], one) end
return {seen - #new, 1}
"""
"""One step: in between, nobody who asks for the same records finds them counted although they are about to be refused."""


class SightingsRedis:
    """Counts in Redis for several machines; while it is out of reach, each machine counts in its own file."""

    def __init__(self, url: str, spare: SightingsFile) -> None:
        self._redis: Any = Redis.from_url(url, socket_timeout=2)
        self._note: Any = self._redis.register_script(NOTE)
        self._spare = spare

    def note(self, reader: Reader, kind: str, ids: Collection[int], most: int) -> Count:
        """As :meth:`Sightings.note`."""
        if not ids:
            return Count(0, refused=False)
        try:
            seen, refused = self._note(keys=[_key(reader, kind)], args=[most, KEPT, *ids])
        except RedisError as error:
            log.warning("sightings are counted in the file of this machine: %s", error)
            return self._spare.note(reader, kind, ids, most)
        return Count(int(seen), bool(refused))

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
