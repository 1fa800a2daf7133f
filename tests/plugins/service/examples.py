"""What a typical dispatch order needs beside values that fit its fields: an end after its beginning."""

from __future__ import annotations

from datetime import timedelta

from core.kernel.clock import now

VALUES = {
    "dispatch-orders": {
        "starts_at": (now() + timedelta(days=1)).isoformat(timespec="minutes"),
        "ends_at": (now() + timedelta(days=1, hours=3)).isoformat(timespec="minutes"),
    }
}
