"""Several people who press a button in the same moment, each in a thread of his or her own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.kernel.errors import KeguanError
from tests.world import World


def all_at_once(world: World, works: list[Callable[[], None]]) -> list[KeguanError]:
    """Run every work in a thread of its own, all starting together; the refusals that they met."""
    start, refused, broken = threading.Barrier(len(works)), [], []

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        except KeguanError as error:
            refused.append(error)
        except Exception as error:  # noqa: BLE001 -- whatever else happens in a thread must not be lost
            broken.append(error)
        finally:
            world.keguan.database.release()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return refused
