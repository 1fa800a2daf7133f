"""The first start makes a demonstration and finishes one that was cut off; production starts with none of it."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config.settings import Settings
from core import commands
from core.commands.program import program
from core.commands.serving import refuse_taken_port
from core.kernel.errors import StartRefused
from core.operations import demo, first_start
from core.operations.readiness import refuse_weak_production
from core.organisation.models import Company
from core.web.house import Keguan
from tests.world import World

SAFE = {"environment": "production", "secure_cookies": True, "public_hosts": ("crm.example.com",)}
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@sqlite_only
def test_demo_data_that_were_cut_off_are_finished_with_the_same_password(core: Keguan, monkeypatch: pytest.MonkeyPatch) -> None:
    console, filled = Console(quiet=True), Filled(cut_off_at="华睿仪器")
    monkeypatch.setattr(demo, "hooks", lambda modules: filled)
    with pytest.raises(KeyboardInterrupt):
        first_start.make_demo(core, console, rounds=2)
    accounts = core.settings.data / first_start.FILE
    before = accounts.read_text(encoding="utf-8")
    assert [(name, number) for _, name, number in demo.unfinished(core.database, 2)] == [("华睿仪器", 0), ("启衡机电", 1), ("华睿仪器", 1)]
    first_start.make_demo(core, console, rounds=2)
    assert filled.names == ["启衡机电", "华睿仪器"] * 2
    assert len(set(filled.seeds)) == 4
    assert demo.unfinished(core.database, 2) == []
    assert accounts.read_text(encoding="utf-8") == before
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("weakness", "sentence"),
    [
        ({"demo_password": "x"}, "KEGUAN_DEMO_PASSWORD is set"),
        ({"secure_cookies": False}, "KEGUAN_SECURE_COOKIES is off"),
        ({"public_hosts": ()}, "KEGUAN_PUBLIC_HOSTS is empty"),
        ({}, "Demo accounts are open"),
    ],
)
@sqlite_only
def test_production_refuses_what_only_a_first_look_may_have(world: World, weakness: dict[str, object], sentence: str) -> None:
    keguan = world.keguan
    settings = keguan.settings.model_copy(update={"demo_password": "", **SAFE, **weakness})
    with pytest.raises(StartRefused, match=sentence):
        refuse_weak_production(settings, keguan.database)


@sqlite_only
def test_production_starts_without_weaknesses(core: Keguan) -> None:
    refuse_weak_production(core.settings.model_copy(update={"demo_password": "", **SAFE}), core.database)


@sqlite_only
def test_production_makes_no_demo_data(core: Keguan) -> None:
    production = Keguan(core.settings.model_copy(update=SAFE), core.database, core.registry, core.nouns)
    with pytest.raises(StartRefused, match="no demo data"):
        first_start.make_demo(production, Console(quiet=True))


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=f"Port {port} is in use"):
            refuse_taken_port(Settings().model_copy(update={"host": "127.0.0.1", "port": port}))


SPOKEN = pytest.mark.parametrize(
    ("language", "unwritable", "full"),
    [
        ("en_US.UTF-8", "The folder {} cannot be written: a part of its name is a file. Please", "The disk with the folder {} is full."),
        ("zh_CN.UTF-8", "无法写入文件夹 {}：其路径中有一段是文件。", "文件夹 {} 所在的磁盘已满，"),
    ],
    ids=["English", "Chinese"],
)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """``said(language, data, "run")``: the exit code of the command with that data folder, and its only line on standard error."""

    def call(language: str, data: Path, *arguments: str) -> tuple[int, str]:
        for name, value in {"LC_ALL": language, "KEGUAN_DATA": str(data), "PORT": "0"}.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = commands.main(list(arguments))
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1, told.err
        return code, told.err.strip()

    return call


@SPOKEN
@pytest.mark.parametrize("command", [("run",), ("init",), ("company", "list"), ("doctor",)], ids=" ".join)
def test_a_data_folder_below_a_file_is_one_sentence(
    said: Callable[..., tuple[int, str]], tmp_path: Path, language: str, unwritable: str, full: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    data = tmp_path / "file" / "var"
    code, sentence = said(language, data, *command)
    assert code == commands.REFUSED
    assert sentence.startswith(unwritable.format(data))
    assert "KEGUAN_DATA" in sentence.removeprefix(unwritable)


@SPOKEN
def test_a_disk_that_is_full_while_the_keys_are_made_is_one_sentence(
    said: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, unwritable: str, full: str
) -> None:
    def write(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", write)
    code, sentence = said(language, tmp_path / "var", "run")
    assert (code, sentence.startswith(full.format(tmp_path / "var"))) == (commands.REFUSED, True), sentence


@SPOKEN
@pytest.mark.parametrize(
    "trouble",
    [sqlite3.OperationalError("database or disk is full"), OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))],
    ids=["sqlite", "quota"],
)
def test_a_disk_that_is_full_while_the_database_is_written_is_one_sentence(
    said: Callable[..., tuple[int, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    unwritable: str,
    full: str,
    trouble: Exception,
) -> None:
    def main(*arguments: object, **options: object) -> int:
        raise OperationalError("INSERT", {}, trouble) if isinstance(trouble, sqlite3.Error) else trouble

    monkeypatch.setattr(program, "main", main)
    code, sentence = said(language, tmp_path / "var", "init")
    assert (code, sentence.startswith(full.format(tmp_path / "var"))) == (commands.REFUSED, True), sentence


class Filled:
    """Stands for the plugins: notes whom it was asked to fill, and is cut off once."""

    def __init__(self, cut_off_at: str) -> None:
        self.cut_off_at, self.names, self.seeds = cut_off_at, list[str](), list[int]()

    def crm_demo(self, session: Session, company: Company, seed: int) -> None:
        if company.name == self.cut_off_at:
            self.cut_off_at = ""
            raise KeyboardInterrupt
        self.names.append(company.name)
        self.seeds.append(seed)
