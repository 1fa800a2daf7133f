"""A made file on its way out: read from the disk as it is sent, gone afterwards."""

from __future__ import annotations

from flask import send_file
from werkzeug.wrappers import Response

from core.exports.making import Fetched
from core.work.file_names import content_disposition


def sent(fetched: Fetched) -> Response:
    """The answer that carries the file; single use, so it is thrown away when it has been sent."""
    response = send_file(fetched.path, mimetype=fetched.media_type, conditional=False)
    response.headers["Content-Disposition"] = content_disposition(fetched.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.direct_passthrough = False  # else nobody is told when the file has been sent
    response.call_on_close(lambda: fetched.path.unlink(missing_ok=True))
    return response
