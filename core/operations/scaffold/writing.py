"""Writing a new plugin from the templates beside this file."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from core.extension.manifest import NAME
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg

TEMPLATES = Path(__file__).parent / "templates"
CATALOGUE = Path("translations", "zh_CN", "LC_MESSAGES", "messages.po")
WORD = re.compile(r"[a-z]{2,25}")


@dataclass(frozen=True)
class Plan:
    """What the new plugin is called: its own name, one of its records (``noun``), and the Chinese word for them."""

    name: str
    noun: str
    chinese: str
    package: str

    @classmethod
    def of(cls, name: str, noun: str = "", chinese: str = "", *, alone: bool = False) -> Plan:
        """A plan for the plugin ``name``; without ``noun`` its records are called by the singular of the name.

        ``alone`` makes it a distribution of its own, whose package is called keguan_NAME; else it lies in ``plugins``.

        Raises :class:`BadInput` for a name that no plugin may have.
        """
        if not NAME.fullmatch(name) or name == "core":
            raise BadInput(msg("A module's name has 2 to 25 small letters or digits and begins with a letter, like “visits”."))
        noun = noun or singular(name)
        if not WORD.fullmatch(noun) or keyword.iskeyword(noun):
            raise BadInput(msg("The name of one record must be one English word in small letters, like “visit”. Please give it by --noun."))
        return cls(name, noun, chinese or "新业务", f"keguan_{name}" if alone else f"plugins.{name}")

    @property
    def words(self) -> dict[str, str]:
        """What fills the places of the templates."""
        path = plural(self.noun)
        return {
            "name": self.name,
            "package": self.package,
            "noun": self.noun,
            "Noun": self.noun.capitalize(),
            "path": path,
            "Path": path.capitalize(),
            "title": self.noun,
            "Title": self.noun.capitalize(),
            "titles": path,
            "Titles": path.capitalize(),
            "CONST": self.noun.upper(),
            "CONSTS": path.upper(),
            "chinese": self.chinese,
            "singular_entry": "" if path == self.noun else f'msgid "{self.noun.capitalize()}"\nmsgstr "{self.chinese}"\n\n',
        }


def write_plugin(plan: Plan, plugins: Path, tests: Path) -> list[Path]:
    """Write the rooms into ``plugins/NAME`` and the tests into ``tests/NAME``; return the files.

    The first revision is not among them: it is made from the models. Raises :class:`Conflict` when one of the folders is there.
    """
    return _write_rooms(plan, plugins / plan.name, tests / plan.name)


def write_distribution(plan: Plan, folder: Path) -> list[Path]:
    """Write a plugin that is installed as a wheel of its own, with its tests and ``pyproject.toml``; raises as :func:`write_plugin`."""
    written = _write_rooms(plan, folder / plan.package, folder / "tests")
    return written + [_write(source, folder / source.stem, plan) for source in sorted((TEMPLATES / "alone").glob("*.tmpl"))]


def _write_rooms(plan: Plan, rooms: Path, proofs: Path) -> list[Path]:
    for folder in (rooms, proofs):
        if folder.exists():
            raise Conflict(msg("The folder %(folder)s is there already. Please choose another name.", folder=folder))
    written = [_write(source, _place(source, rooms), plan) for source in sorted(TEMPLATES.glob("*.tmpl"))]
    written += [_write(source, proofs / source.stem, plan) for source in sorted((TEMPLATES / "tests").glob("*.tmpl"))]
    return written


def _place(source: Path, rooms: Path) -> Path:
    return rooms / (CATALOGUE if source.stem == "messages.po" else source.stem)


def _write(source: Path, target: Path, plan: Plan) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(source.read_text(encoding="utf-8")).substitute(plan.words), encoding="utf-8")
    return target


def singular(word: str) -> str:
    """One of what ``word`` names: activities, activity; visits, visit; a word without a plural stays."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def plural(word: str) -> str:
    """Many of what ``word`` names, as addresses have it."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
