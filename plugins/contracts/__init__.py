"""Contracts with lines: drafted, signed under a gapless number, handed over, mended, ended."""

from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest(
    "contracts",
    msg("Contracts"),
    msg("Contracts with lines, gapless numbers on signing, and returns for missing data."),
    "1.0",
    requires=("customers",),
    icon="file-text",
)
