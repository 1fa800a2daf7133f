"""The door of Keguan: ``app:application`` for web servers, ``python app.py COMMAND`` for people."""

import sys
from typing import Any


def __getattr__(name: str) -> Any:
    """Build the web application when a server first asks for it, so that commands start without it."""
    if name != "application":
        raise AttributeError(name)
    from core.commands.serving import serve_application

    globals()["application"] = serve_application()
    return globals()["application"]


if __name__ == "__main__":
    from core.commands import main

    sys.exit(main())
