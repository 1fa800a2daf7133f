"""What the company sells: product lines, products under all their names, and price lists with their validity."""

from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest(
    "catalog",
    msg("Product catalogue"),
    msg("Product lines, products with the lowest discount, and price lists with validity."),
    "1.0",
    icon="package",
)
