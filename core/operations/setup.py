"""Make this folder ready: ``python3 core/operations/setup.py [--dev]``, the first half of ``make run`` and ``make test``.

Runs before anything is installed, so it uses the standard library alone, in syntax that an older Python can still read and
refuse, and holds its few sentences in both languages itself instead of asking gettext.

Each step has a digest of what it is made from. The stamp of a step is taken away before the step begins and written, atomically,
after it has ended: killed at any point, the next run repeats exactly the steps that were not finished. A half-built environment
is never mended, always built anew. An exclusive lock, inherited by the children, lets nobody in while a child of a killed
set-up still writes.
"""

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
NEEDED_MEGABYTES = 900  # environment with developers' tools 430, browser assets while they are unpacked 400, rounded up

CHINESE = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "").startswith("zh")

WORDS = {
    "environment": ("Making the Python environment", "建立 Python 环境"),
    "packages": ("Installing Python packages", "安装 Python 软件包"),
    "tools": ("Installing developers' tools", "安装开发工具"),
    "translations": ("Compiling translations", "编译译文"),
    "assets": ("Fetching what the browser needs", "获取浏览器所需文件"),
    "ready": ("Ready after {seconds} s.", "已就绪，用时 {seconds} 秒。"),
    "waiting": ("Another set-up is still at work here; waiting for it to end.", "另一个安装过程仍在进行，正在等待它结束。"),
    "interrupted": (
        "Interrupted. Please run the same command again; it goes on where it stopped.",
        "已中断。请再次运行同一命令，将从中断处继续。",
    ),
    "old_python": (
        "Keguan needs Python 3.11 or newer, this is {version}. Please install a newer one, or name it: make PYTHON=python3.11",
        "客管需要 Python 3.11 或更高版本，当前为 {version}。请安装新版本，或指定解释器：make PYTHON=python3.11",
    ),
    "no_venv": (
        "This Python cannot make environments. Please install its package first, on Debian and Ubuntu: apt-get install {package}",
        "当前 Python 不能建立虚拟环境。请先安装所缺的软件包，Debian 和 Ubuntu 上：apt-get install {package}",
    ),
    "no_network": (
        "The package server cannot be reached. Please check the network, or set a mirror (pip config, npm config), and run again. {log}",
        "无法连接软件包服务器。请检查网络，或设置镜像（pip config、npm config）后再次运行。{log}",
    ),
    "full_disk": (
        "The disk is full: {folder} needs about {megabytes} MB. Please make room and run again.",
        "磁盘空间不足：{folder} 约需 {megabytes} MB。请清理后再次运行。",
    ),
    "damaged_lock": (
        "A package is not what the lock file names. Please run git checkout -- '*.lock' package-lock.json and try again. {log}",
        "软件包与锁定文件不一致，未予使用。请先运行 git checkout -- '*.lock' package-lock.json，然后重试。{log}",
    ),
    "no_access": (
        "{path} cannot be written. Please give yourself the right, or choose another folder.",
        "无法写入 {path}。请授予权限，或换一个文件夹。",
    ),
    "failed": ("The step failed. Its last lines stand above. {log}", "该步骤失败，最后几行输出见上。{log}"),
    "log": ("Everything it said: {path}", "完整输出：{path}"),
}

# What tools print, most telling first, and which sentence it means.
SIGNS = (
    ("full_disk", r"No space left on device|ENOSPC|Errno 28"),
    ("damaged_lock", r"DO NOT MATCH THE HASHES|Hashes are required|--require-hashes mode|EINTEGRITY|Invalid requirement|EUSAGE|EJSONPARSE"),
    ("no_venv", r"ensurepip is not available|No module named '?(venv|ensurepip)"),
    ("no_access", r"Permission denied|EACCES|Read-only file system"),
    ("no_network", r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|ConnectTimeout|Read timed out|ProxyError"),
    ("no_network", r"SSLError|Connection (refused|broken|reset)|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"),
)


class Trouble(Exception):
    """The set-up cannot go on; ``str()`` is the one sentence to show."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(words(key, **facts))
        self.key = key


def words(key: str, **facts: object) -> str:
    """The sentence ``key`` in the reader's language, its places filled with ``facts``."""
    return WORDS[key][CHINESE].format(**facts)


class Folder:
    """One checkout with its environment, stamps, log and lock, all below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = root / ".venv"
        self.python = self.environment / "bin" / "python"
        self.stamps = self.environment / "keguan-setup.json"
        self.log = root / "build" / "setup.log"
        self.lock = -1

    @contextlib.contextmanager
    def locked(self) -> "Iterator[None]":
        """Let one set-up at a time in; the lock ends with the last process that inherited it."""
        self.log.parent.mkdir(exist_ok=True)
        self.lock = os.open(self.root / "build" / "setup.lock", os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(words("waiting"), flush=True)
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(self.lock)

    def stamped(self) -> "dict[str, str]":
        """Digest of every finished step; empty when nothing is finished or the file is unreadable."""
        try:
            return dict(json.loads(self.stamps.read_text()))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return {}

    def stamp(self, step: str, digest: str) -> None:
        """Write down that ``step`` ended with ``digest``; nothing where there is no environment yet to write it in."""
        if self.environment.is_dir():
            fresh = self.stamps.with_suffix(".new")
            fresh.write_text(json.dumps({**self.stamped(), step: digest}, indent=1))
            fresh.replace(self.stamps)

    def digest(self, *patterns: str) -> str:
        """SHA-256 over names and contents of all files that match ``patterns``."""
        total = hashlib.sha256()
        for path in sorted(found for pattern in patterns for found in self.root.glob(pattern)):
            total.update(f"{path.relative_to(self.root)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()

    def run(self, *command: "str | Path") -> None:
        """Run ``command`` quietly into the log, ticking seconds on a terminal; :class:`Trouble` when it fails."""
        with self.log.open("w+b") as log:
            child = subprocess.Popen(
                [str(part) for part in command], cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[self.lock]
            )
            wait_for(child)
            if child.returncode:
                log.seek(0)
                raise self.trouble(log.read().decode(errors="replace"))

    def trouble(self, output: str) -> Trouble:
        """The sentence for what a failed command printed; its last lines are shown where no sentence is known."""
        key = next((key for key, signs in SIGNS if re.search(signs, output)), "failed")
        if key == "failed":
            print("", *output.strip().splitlines()[-12:], sep="\n", flush=True)
        return Trouble(
            key, log=words("log", path=self.log), folder=self.root, path=self.root, megabytes=NEEDED_MEGABYTES, package=venv_package()
        )


def wait_for(child: "subprocess.Popen[bytes]") -> None:
    """Wait until ``child`` ends, showing the seconds on a terminal."""
    began = time.monotonic()
    while True:
        try:
            child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if sys.stdout.isatty():
                print(f"\0337 {time.monotonic() - began:.0f} s\0338", end="", flush=True)
        else:
            return


def venv_package() -> str:
    """Name of the Debian package that completes this Python."""
    return "python{}.{}-venv".format(*sys.version_info)


def interpreter() -> str:
    """The Python outside any environment: the one inside is about to be replaced."""
    return str(getattr(sys, "_base_executable", sys.executable))


def set_aside(folder: Folder) -> None:
    """Take away an older or half-built environment; by renaming first, so that never half of one stands in its place."""
    if folder.environment.exists():
        folder.environment.rename(folder.root / f".venv.old-{os.getpid()}")
    for stale in folder.root.glob(".venv.old-*"):
        shutil.rmtree(stale, ignore_errors=True)


def make_environment(folder: Folder) -> None:
    """Build ``.venv`` from nothing."""
    set_aside(folder)
    folder.run(interpreter(), "-m", "venv", folder.environment)


def install(folder: Folder, lock: str) -> None:
    """Install exactly what ``lock`` names: built packages only, each checked against its hash."""
    quiet = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off")
    folder.run(folder.python, "-m", "pip", "install", *quiet, "--require-hashes", "--only-binary", ":all:", "-r", folder.root / lock)


class Step(NamedTuple):
    """One thing to make: from which files (patterns), into which path (which must exist for the stamp to count), and how."""

    name: str
    sources: "tuple[str, ...]"
    product: str
    make: "Callable[[Folder], None]"


STEPS = (
    Step("environment", ("requirements.lock",), ".venv/bin/python", make_environment),
    Step("packages", ("requirements.lock",), ".venv", lambda folder: install(folder, "requirements.lock")),
    Step("tools", ("requirements-dev.lock",), ".venv", lambda folder: install(folder, "requirements-dev.lock")),
    Step(
        "translations",
        ("core/translations/**/*.po", "plugins/*/translations/**/*.po"),
        ".venv",
        lambda folder: folder.run(folder.python, "-m", "core.operations.catalogues"),
    ),
    Step(
        "assets",
        ("package.json", "package-lock.json", "requirements-node.lock", "core/web/assets.json", "core/web/static/icons.txt"),
        "core/web/static/vendor/manifest.json",
        lambda folder: folder.run(folder.python, "-m", "core.operations.assets", "build"),
    ),
)


def due(folder: Folder, dev: bool) -> "list[tuple[Step, str]]":
    """The steps to do now, in order, each with the digest of what it will be made from."""
    digests = {step.name: folder.digest(*step.sources) for step in STEPS}
    digests["environment"] += f" {os.path.realpath(interpreter())}"
    stamps = folder.stamped()
    if any(stamps.get(name, digests[name]) != digests[name] for name in ("environment", "packages", "tools")):
        stamps = {}  # other locks, another Python, or an installation that was cut off: everything anew
    return [
        (step, digests[step.name])
        for step in STEPS
        if (dev or step.name != "tools") and (stamps.get(step.name) != digests[step.name] or not (folder.root / step.product).exists())
    ]


def check_machine(folder: Folder) -> None:
    """Refuse at once what would fail later: no ``venv`` module, or too little room on the disk."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble("no_venv", package=venv_package())
    if shutil.disk_usage(folder.root).free < NEEDED_MEGABYTES * 1_000_000:
        raise Trouble("full_disk", folder=folder.root, megabytes=NEEDED_MEGABYTES)


def make_ready(folder: Folder, dev: bool) -> None:
    """Do every step that is due, numbered and timed; silent when nothing is."""
    began = time.monotonic()
    todo = due(folder, dev)
    if any(step.name == "environment" for step, _ in todo):
        check_machine(folder)
    for number, (step, digest) in enumerate(todo, 1):
        print(f"[{number}/{len(todo)}] {words(step.name)} …", end="", flush=True)
        started = time.monotonic()
        folder.stamp(step.name, "begun")
        step.make(folder)
        folder.stamp(step.name, digest)
        print(f" {time.monotonic() - started:.1f} s", flush=True)
    if todo:
        print(words("ready", seconds=f"{time.monotonic() - began:.1f}"), flush=True)


def use_newer_python() -> None:
    """Continue in the newest Python of this machine when the one that was named is too old; :class:`Trouble` without one."""
    if sys.version_info >= OLDEST:
        return
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(newer, [newer, *sys.argv])
    raise Trouble("old_python", version="{}.{}.{}".format(*sys.version_info))


def in_one_sentence(error: OSError, folder: Folder) -> str:
    """What a failure of the set-up's own reading and writing means to a person."""
    if error.errno == errno.ENOSPC:
        return words("full_disk", folder=folder.root, megabytes=NEEDED_MEGABYTES)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return words("no_access", path=error.filename or folder.root)
    return f"{words('failed', log='')} {error}"


def main(arguments: "list[str]") -> int:
    """Make the folder of this file ready, with developers' tools when ``--dev`` is given; exit code 0 only on success."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Chinese letters still gets the rest
    folder = Folder(ROOT)
    try:
        use_newer_python()
        with folder.locked():
            make_ready(folder, dev="--dev" in arguments)
    except Trouble as trouble:
        return complain(str(trouble))
    except OSError as error:
        return complain(in_one_sentence(error, folder))
    except KeyboardInterrupt:
        return complain(words("interrupted"), 130)
    return 0


def complain(sentence: str, code: int = 1) -> int:
    """Show ``sentence`` on a line of its own and hand back the exit ``code``."""
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
