"""Service: requests with exactly one current handler, and dispatch orders that send somebody to the customer."""

from core.extension.manifest import Manifest
from core.kernel.words import msg

MANIFEST = Manifest(
    "service",
    msg("Service"),
    msg("Service requests from the first call to the archive, and dispatch orders with result, parts and signature."),
    "1.0",
    requires=("customers",),
    icon="tool",
)
