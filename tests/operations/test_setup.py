"""The set-up: one clear sentence for what a machine lacks, and nothing that a kill -9 could spoil for good."""

from __future__ import annotations

import ast
import errno
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import pytest

from core.operations import setup

DRIVER = """
import os, signal, sys
from pathlib import Path
from core.operations import setup

folder = setup.Folder(Path(sys.argv[1]))
deadly, fifo = sys.argv[2], sys.argv[3]

def make(name):
    def step(folder):
        if name == "environment":
            setup.set_aside(folder)
            (folder.environment / "bin").mkdir(parents=True)
        product = folder.environment / ("bin/python" if name == "environment" else f"{name}.txt")
        product.write_text("half")
        if deadly == name:
            os.kill(os.getpid(), signal.SIGKILL)
        if deadly == f"orphan {name}":
            folder.run(sys.executable, "-c", f"import os; os.kill(os.getppid(), 9); open({fifo!r}).read()")
        product.write_text("whole")
    return step

setup.STEPS = tuple(step._replace(make=make(step.name), product=".venv/bin/python") for step in setup.STEPS)
with folder.locked():
    setup.make_ready(folder, dev=True)
"""
STEPS = ["environment", "packages", "tools", "translations", "assets"]


@pytest.fixture
def folder(tmp_path: Path) -> setup.Folder:
    for name in ("requirements.lock", "requirements-dev.lock", "package.json"):
        (tmp_path / name).write_text(f"# {name}\n")
    return setup.Folder(tmp_path)


def drive(folder: setup.Folder, deadly: str = "", fifo: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DRIVER, str(folder.root), deadly, fifo]
    return subprocess.Popen(command, cwd=setup.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def made(folder: setup.Folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.environment.rglob("*") if path.is_file() and path != folder.stamps}


@pytest.mark.requirement("R-458")
@pytest.mark.parametrize("step", STEPS)
def test_a_set_up_killed_in_any_step_is_repaired_by_running_it_again(folder: setup.Folder, step: str) -> None:
    killed = drive(folder, deadly=step)
    killed.communicate()
    assert killed.returncode == -9
    assert "half" in made(folder).values()
    repaired = drive(folder)
    output, _ = repaired.communicate()
    assert repaired.returncode == 0, output
    assert set(made(folder).values()) == {"whole"}
    assert len(made(folder)) == len(STEPS)


def test_a_second_set_up_waits_for_the_child_that_a_killed_one_left_behind(folder: setup.Folder, tmp_path: Path) -> None:
    fifo = tmp_path / "release"
    os.mkfifo(fifo)
    with drive(folder, deadly="orphan packages", fifo=str(fifo)) as killed:
        killed.wait()
        with drive(folder) as second:
            assert second.stdout is not None
            assert second.stdout.readline().strip() == setup.words("waiting")
            fifo.write_text("the child may end now")
            output, _ = second.communicate()
    assert second.returncode == 0, output
    assert set(made(folder).values()) == {"whole"}


def test_a_finished_set_up_has_nothing_to_do_and_says_nothing(folder: setup.Folder) -> None:
    drive(folder).communicate()
    output, _ = drive(folder).communicate()
    assert output == ""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("requirements.lock", STEPS),
        ("requirements-dev.lock", STEPS),
        ("package.json", ["assets"]),
    ],
)
def test_a_changed_source_repeats_the_steps_that_are_made_from_it(folder: setup.Folder, changed: str, expected: list[str]) -> None:
    drive(folder).communicate()
    (folder.root / "core/web/static/vendor").mkdir(parents=True)
    (folder.root / "core/web/static/vendor/manifest.json").write_text("{}")
    assert setup.due(folder, dev=True) == []
    (folder.root / changed).write_text("something else\n")
    assert [step.name for step, _ in setup.due(folder, dev=True)][: len(expected)] == expected


def test_developers_tools_are_installed_only_when_asked_for(folder: setup.Folder) -> None:
    assert "tools" not in [step.name for step, _ in setup.due(folder, dev=False)]


def test_an_unreadable_stamp_means_everything_anew(folder: setup.Folder) -> None:
    drive(folder).communicate()
    folder.stamps.write_text("{ torn")
    assert [step.name for step, _ in setup.due(folder, dev=True)] == STEPS


@pytest.mark.requirement("R-458")
def test_an_old_python_is_told_the_version_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    with pytest.raises(setup.Trouble, match=r"3\.11.*3\.9\.18"):
        setup.use_newer_python()


def test_an_old_python_hands_over_to_a_newer_one_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[str] = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(setup.shutil, "which", lambda name: sys.executable if name == "python3.12" else None)
    monkeypatch.setattr(setup.os, "execv", lambda path, arguments: handed.append(path) or sys.exit(0))
    with pytest.raises(SystemExit):
        setup.use_newer_python()
    assert handed == [sys.executable]


def test_even_an_old_python_can_read_the_set_up_far_enough_to_refuse() -> None:
    ast.parse(Path(setup.__file__).read_text(), feature_version=(3, 7))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_which_package_to_install(folder: setup.Folder, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None if name == module else object())
    with pytest.raises(setup.Trouble, match=r"apt-get install python3\.\d+-venv"):
        setup.check_machine(folder)


def test_too_little_room_on_the_disk_is_said_before_anything_is_written(folder: setup.Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda path: SimpleNamespace(free=5_000_000))
    with pytest.raises(setup.Trouble) as caught:
        setup.make_ready(folder, dev=False)
    assert caught.value.key == "full_disk"
    assert not folder.environment.exists()


def test_a_write_that_fails_for_lack_of_room_is_one_sentence(folder: setup.Folder) -> None:
    sentence = setup.in_one_sentence(OSError(errno.ENOSPC, "No space left on device"), folder)
    assert sentence == setup.words("full_disk", folder=folder.root, megabytes=setup.NEEDED_MEGABYTES)


@pytest.mark.parametrize(
    "what",
    [
        setup.Trouble("old_python", version="3.9.18"),
        setup.Trouble("no_venv", package="python3.11-venv"),
        setup.Trouble("no_network", log="build/setup.log"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EACCES, "Permission denied", "/srv/keguan/.venv"),
        OSError(errno.EIO, "Input/output error"),
        KeyboardInterrupt(),
    ],
    ids=lambda what: f"{type(what).__name__} {getattr(what, 'key', '')}".strip(),
)
def test_whatever_stops_the_set_up_is_one_line_and_no_success(
    folder: setup.Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: BaseException
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise what

    monkeypatch.setattr(setup, "ROOT", folder.root)
    monkeypatch.setattr(setup, "make_ready", stop)
    code, told = setup.main([]), capsys.readouterr()
    assert code != 0
    assert (told.out, len(told.err.strip().splitlines())) == ("", 1)


def make_wheel(folder: Path) -> None:
    """A package that pip could install from ``folder``."""
    with zipfile.ZipFile(folder / "keguan_probe-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("keguan_probe.py", "")
        wheel.writestr("keguan_probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: keguan-probe\nVersion: 1.0\n")
        wheel.writestr(
            "keguan_probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("keguan_probe-1.0.dist-info/RECORD", "")


def install_fails_with(folder: setup.Folder, lock: str) -> setup.Trouble:
    folder.log.parent.mkdir()
    folder.python = Path(sys.executable)
    (folder.root / "requirements.lock").write_text(lock)
    with folder.locked(), pytest.raises(setup.Trouble) as caught:
        setup.install(folder, "requirements.lock")
    return caught.value


def test_a_package_that_is_not_the_locked_one_is_refused_in_one_sentence(folder: setup.Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wheel(folder.root)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder.root))
    trouble = install_fails_with(folder, f"keguan-probe==1.0 --hash=sha256:{'0' * 64}\n")
    assert trouble.key == "damaged_lock"


def test_a_lock_without_hashes_is_refused(folder: setup.Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wheel(folder.root)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder.root))
    assert install_fails_with(folder, "keguan-probe==1.0\n").key == "damaged_lock"


def test_a_server_that_cannot_be_reached_is_said_in_one_sentence(folder: setup.Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"CONFIG_FILE": os.devnull, "INDEX_URL": "http://127.0.0.1:9/simple", "RETRIES": "1", "FIND_LINKS": ""}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    trouble = install_fails_with(folder, f"keguan-probe==1.0 --hash=sha256:{'0' * 64}\n")
    assert trouble.key == "no_network"


@pytest.mark.parametrize(
    ("output", "key"),
    [
        ("npm error code ENOTFOUND\nnpm error network request to https://registry.npmjs.org failed", "no_network"),
        ("npm error code EINTEGRITY\nnpm error sha512-… integrity checksum failed", "damaged_lock"),
        ("npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write", "full_disk"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "full_disk"),
        ("Error: [Errno 13] Permission denied: '/srv/keguan/.venv'", "no_access"),
        ("something nobody has seen before", "failed"),
    ],
)
def test_what_tools_print_becomes_one_sentence(folder: setup.Folder, output: str, key: str) -> None:
    assert folder.trouble(output).key == key


@pytest.mark.parametrize("key", setup.WORDS)
def test_every_sentence_exists_in_both_languages_with_the_same_places(key: str) -> None:
    english, chinese = setup.WORDS[key]
    places = [sorted(part[1] for part in Formatter().parse(text) if part[1]) for text in (english, chinese)]
    assert places[0] == places[1]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_a_chinese_terminal_is_answered_in_chinese() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", "from core.operations import setup; print(setup.words('environment'))"],
            cwd=setup.ROOT,
            env={**os.environ, "LC_ALL": locale, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for locale in ("zh_CN.UTF-8", "en_GB.UTF-8")
    ]
    assert said == ["建立 Python 环境", "Making the Python environment"]
