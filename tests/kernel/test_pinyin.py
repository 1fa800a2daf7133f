"""Readings are told by the phrases around a character, though few of the known phrases are kept."""

from __future__ import annotations

import os
import subprocess
import sys

from config.settings import ROOT

SAID = """
import hashlib, json
from pathlib import Path
import pypinyin
from core.kernel.pinyin import readings
from pypinyin.constants import PHRASES_DICT
phrases = sorted(json.loads((Path(pypinyin.__file__).parent / "phrases_dict.json").read_text("utf-8")))
print(len(phrases), len(PHRASES_DICT), hashlib.sha256(repr([readings(phrase) for phrase in phrases]).encode()).hexdigest())
"""


def said(every_phrase: str) -> tuple[int, int, str]:
    """How many phrases there are, how many are kept, and one number for how all are read; '' keeps every phrase."""
    environment = {**os.environ, "PYPINYIN_NO_PHRASES": every_phrase}
    done = subprocess.run([sys.executable, "-c", SAID], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    phrases, kept, digest = done.stdout.split()
    return int(phrases), int(kept), digest


def test_the_few_phrases_that_are_kept_read_every_phrase_as_all_of_them_would() -> None:
    phrases, all_kept, wanted = said("")
    _, kept, digest = said("1")
    assert phrases > 40_000
    assert all_kept == phrases
    assert kept < phrases / 5
    assert digest == wanted
