"""Makes ``dirty-companies.csv``: 300 rows of invented companies with every kind of dirt that files of customers have.

Run ``python -m tests.data.make_dirty`` after a change; a test compares the committed file with what this writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).with_name("dirty-companies.csv")
HEADER = "证券代码,公司名称,备注,地域,行业,上市日期\r\n"
ROWS = 300
EVERY = 6  # every sixth row is dirty

ACCEPTED = {
    "spaces": "  {code} ,　{name}  ,spaces, {region} ,软件服务, 2004-05-06 \r\n",
    "full width": "{wide},{name},full width,{region},软件服务,２００４/５/６\r\n",
    "invisible": "\ufeff{code},{name}\u200b,invisible,{region},软件服务,2004-05-06\r\n",
    "emoji": "{code},{name}🚀,emoji,{region},软件服务,2004-05-06\r\n",
    "rare character": "{code},{name}𫝀𬳵,rare character,{region},软件服务,2004-05-06\r\n",
    "province in full": "{code},{name},province in full,{region}省,软件服务,2004-05-06\r\n",
    "trailing separators": "{code},{name},trailing separators,{region},软件服务,2004-05-06,,,\r\n",
    "quoted": '{code},"{name}, ""分部""",quoted,{region},软件服务,2004-05-06\r\n',
    "line break in a cell": '{code},"{name}\n二部",line break in a cell,{region},软件服务,2004-05-06\r\n',
    "unix line end": "{code},{name},unix line end,{region},软件服务,2004.5.6\n",
    "old mac line end": "{code},{name},old mac line end,{region},软件服务,20040506\r",
    "empty lines": "\r\n\n,,,,,\r\n{code},{name},empty lines,{region},软件服务,2004年5月6日\r\n",
    "formula": "{code},=HYPERLINK(A1)&{name},formula,{region},软件服务,2004-05-06\r\n",
    "optional cells empty": "{code},{name},optional cells empty,,,\r\n",
}
REJECTED = {
    "known key": "600000.SH,{name},known key,{region},软件服务,2004-05-06\r\n",
    "no name": "{code},   ,no name,{region},软件服务,2004-05-06\r\n",
    "no key": ",{name},no key,{region},软件服务,2004-05-06\r\n",
    "31 February": "{code},{name},31 February,{region},软件服务,2004-02-31\r\n",
    "no date": "{code},{name},no date,{region},软件服务,明年春天\r\n",
    "long name": "{code}," + "很长" * 80 + ",long name,{region},软件服务,2004-05-06\r\n",
    "long cell": "{code},{name}," + "长" * 10_001 + ",{region},软件服务,2004-05-06\r\n",
    "control character": "{code},{name}\x07,control character,{region},软件服务,2004-05-06\r\n",
    "NUL": "{code},{name},N\0UL,{region},软件服务,2004-05-06\r\n",
    "lone quotation mark": '{code},"{name},lone quotation mark,{region},软件服务,2004-05-06\r\n',
    "too few cells": "{code},{name},too few cells\r\n",
    "too many cells": "{code},{name},有限公司,too many cells,{region},软件服务,2004-05-06\r\n",
    "no province": "{code},{name},no province,乌有,软件服务,2004-05-06\r\n",
    "three faults": "{code},,three faults,乌有,软件服务,2004-13-01\r\n",
}
KINDS = ACCEPTED | REJECTED
REGIONS = ("浙江", "江苏", "广东", "四川", "湖北", "山东")
SYLLABLES = "华宏中信远达鑫瑞恒泰安盛源创新康百利金海天德"


def rows() -> Iterator[tuple[str, str]]:
    """Kind ('' for a clean row) and text of every row, its line end included."""
    kinds = list(KINDS.items())
    for number in range(ROWS):
        kind, pattern = "", "{code},{name},,{region},银行,1999-11-10\r\n"
        if number and number % EVERY == 0:
            kind, pattern = kinds[(number // EVERY - 1) % len(kinds)]
        yield kind, pattern.format(**_company(number))


def text() -> str:
    """The whole file."""
    return HEADER + "".join(row for _kind, row in rows())


def _company(number: int) -> dict[str, str]:
    code = f"{600000 + number}.SH"
    size = len(SYLLABLES)
    name = SYLLABLES[number % size] + SYLLABLES[(number // size * 7 + number) % size] + "实业" + str(number)
    return {
        "code": code,
        "wide": code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}),
        "name": name,
        "region": REGIONS[number % len(REGIONS)],
    }


if __name__ == "__main__":
    FILE.write_bytes(text().encode())
