"""What a typical record needs beside values that fit its fields: an agreement by word of mouth lies in the past."""

from __future__ import annotations

from core.kernel.clock import today

VALUES = {"oral-contracts": {"agreed_on": str(today())}}
