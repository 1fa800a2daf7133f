"""The language of a terminal: the same catalogues as the web, without the web."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_babel import Babel, force_locale

from config.settings import ROOT, Settings
from core.extension.registry import Registry

CORE_TRANSLATIONS = ROOT / "core" / "translations"


def terminal_language(settings: Settings, environment: Mapping[str, str] = os.environ) -> str:
    """Language of the person at the terminal, by the usual variables; the deployment's where they name none."""
    said = next((environment[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(key)), "")
    if said.startswith("zh"):
        return "zh_CN"
    return "en" if said.startswith("en") else settings.default_language


@contextmanager
def speaking(language: str, folders: Iterable[Path] = ()) -> Iterator[None]:
    """Inside, messages are shown in ``language`` (zh_CN or en), with the catalogues of the core and of ``folders``."""
    app = Flask("keguan")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in (CORE_TRANSLATIONS, *folders))
    Babel(app)
    with app.app_context(), force_locale(language):
        yield


def catalogues_of(registry: Registry) -> list[Path]:
    """Folders with the translations of the installed plugins."""
    return [registry.folder(name) / "translations" for name in registry.names]
