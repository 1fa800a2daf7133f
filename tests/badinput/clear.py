"""What a clear sentence is: in the reader's language, about the matter, nothing of the inside."""

from __future__ import annotations

import re

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
QUOTED = re.compile(r"“[^”]*”|‘[^’]*’")
LATIN = re.compile(r"[A-Za-z]{3,}")
INNARDS = re.compile(
    r"\b(None|null|Traceback|Exception|Error|marshmallow|sqlalchemy|psycopg|sqlite|core_|ab_)\b|[a-z][A-Z][a-z]|<class|0x[0-9a-f]{6}|%\("
)
WORDS_OF_THE_TRADE = re.compile(
    r"name@example\.com|JSON|Rison|X-Keguan-Company|ERP|CRM|WeChat|UTF-8|GB18030|CSV|XLSX?|ZIP|PDF|Excel", re.IGNORECASE
)
LONGEST = 220
MOST_SENTENCES = 3  # what is wrong, what to do, and perhaps an example
NAMES_OF_FIELDS = re.compile(r"\b(q|col|opr|value|version|username|password|provider|db)\b")


def unclear(sentence: str, language: str) -> str:
    """What is wrong with the sentence; nothing when a person can read it."""
    plain = NAMES_OF_FIELDS.sub("", WORDS_OF_THE_TRADE.sub("", QUOTED.sub("", sentence)))
    if not sentence.strip() or len(sentence) > LONGEST or "\n" in sentence:
        return f"is empty or too long: {sentence[:300]!r}"
    if found := INNARDS.search(plain):
        return f"shows the inside ({found[0]!r}): {sentence}"
    if "!" in sentence or "！" in sentence:
        return f"shouts: {sentence}"
    if not sentence.rstrip().endswith((".", "。", "?", "？")):
        return f"is no whole sentence: {sentence}"
    if len(re.findall(r"[.。](?:\s|$)|。", plain)) > MOST_SENTENCES:
        return f"is more than {MOST_SENTENCES} sentences: {sentence}"
    return _wrong_language(sentence, plain, language)


def _wrong_language(sentence: str, plain: str, language: str) -> str:
    if language == "zh_CN" and (not HAN.search(plain) or LATIN.search(plain)):
        return f"is not Chinese: {sentence}"
    if language == "en" and HAN.search(plain):
        return f"is not English: {sentence}"
    return ""
