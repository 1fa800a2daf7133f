"""The customers that both applications hold: believable names, spread over industries, regions and two salespeople."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

NAMES = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "company-names.txt"
FORMS = ("有限公司", "股份有限公司", "集团有限公司", "有限责任公司")
CITIES = ("上海", "南京", "苏州", "无锡", "杭州", "宁波", "合肥", "福州", "厦门", "济南", "青岛", "南昌")
REGIONS = ("上海", "江苏", "浙江", "安徽", "福建", "山东", "江西")
INDUSTRIES = ("专用设备制造", "软件服务", "化工原料", "电气设备", "汽车配件", "医疗器械", "通信设备", "仪器仪表", "建筑工程", "食品加工")
SYLLABLES = "华宏中信远达鑫瑞恒泰安盛源创新康百利金海天德明诚博润丰嘉"
STATES = ("pending", "negotiating", "negotiating", "cooperating", "cooperating", "suspended")
TODAY = date(2026, 3, 24)
SOUGHT = "恒泰"
"""What the search looks for; every two-hundredth name has it."""


def customers(count: int, owners: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    """``count`` customers by column, always the same ones; ``owners`` follow them in turn."""
    chance = random.Random(64)
    words = _words(count)
    for number in range(count):
        word = SOUGHT + words[number] if number % 200 == 0 else words[number]
        state = chance.choice(STATES)
        yield {
            "name": f"{chance.choice(CITIES)}{word}{chance.choice(FORMS)}"[:120],
            "code": f"KH-{number:07d}",
            "kind": "company",
            "state": state,
            "review": "pending" if state == "pending" else "approved",
            "star_grade": chance.randint(1, 5),
            "industry": chance.choice(INDUSTRIES),
            "region": chance.choice(REGIONS),
            "phone": f"0512-{number:08d}",
            "last_contact_at": datetime(2026, 3, 24, 2, tzinfo=UTC) - timedelta(days=chance.randint(0, 200)),
            "next_contact_on": TODAY + timedelta(days=chance.randint(-20, 60)),
            "next_step": "送样品并确认报价",
            "owner_id": owners[number % len(owners)],
        }


def _words(count: int) -> list[str]:
    """Short names from the list of real ones where it is present, else made of syllables."""
    if NAMES.is_file():
        real = [line.strip() for line in NAMES.read_text(encoding="utf-8").splitlines() if 2 <= len(line.strip()) <= 20]
        return [real[number * 7 % len(real)] for number in range(count)]
    size = len(SYLLABLES)
    return ["".join(SYLLABLES[number // size**place % size] for place in range(4)) for number in range(count)]
