"""A catalogue to look at, made by the project, entered as a real one is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.kernel.acting import System, acting_as
from core.kernel.story import FOUNDED, Story, ago
from plugins.catalog.models import Product
from plugins.catalog.operations import create_line, create_price_list, create_product, write_price

GOODS: dict[str, tuple[tuple[str, str, str, str, str | None, str], ...]] = {
    "空压机": (
        ("KY-37B", "永磁变频空压机 37kW", "台", "98500.00", "88", "37B变频机"),
        ("KY-55B", "永磁变频空压机 55kW", "台", "136000.00", "88", "55B变频机"),
        ("KY-75A", "螺杆空压机 75kW", "台", "186000.00", "85", "75A螺杆机"),
        ("KY-132W", "无油水润滑空压机 132kW", "台", "468000.00", "90", ""),
    ),
    "后处理": (
        ("GZ-20", "冷冻式干燥机 20m³", "台", "32600.00", "85", "冷干机20"),
        ("XF-15", "吸附式干燥机 15m³", "台", "46800.00", "85", ""),
        ("CG-3", "储气罐 3m³", "只", "9800.00", "92", "3方储气罐"),
        ("JL-10", "精密过滤器 10m³", "只", "3260.00", "80", ""),
    ),
    "管路与备件": (
        ("GD-50", "铝合金管道 DN50", "米", "138.50", "80", "铝管50"),
        ("LX-02", "精密过滤器滤芯", "只", "460.00", "75", ""),
        ("RY-20", "空压机专用油 20L", "桶", "1180.00", "85", ""),
    ),
    "服务": (
        ("BY-12", "年度保养包", "套", "12800.00", "90", "年保"),
        ("CH-01", "用气量测绘", "次", "6800.00", "60", ""),
        ("AZ-01", "安装调试", "项", "18000.00", None, ""),
    ),
}
"""Product line to its goods: code, name, unit, list price in yuan, lowest discount in per cent, other names."""
COST = 62
"""What goods cost the company, in per cent of their list price."""
OFFER = ("KY-37B", "KY-55B", "GZ-20", "BY-12")
"""What the price list of the half-year makes cheaper, by four per cent."""


def make(session: Session, company: Any, seed: int) -> None:
    """Enter the catalogue of ``company``, once, with a price list that is in force and one that has ended."""
    dice = random.Random(f"{seed}/{company.slug}/catalog")  # noqa: S311 -- demo data must be the same every time
    with acting_as(System("demo data", company.id)), Story(dice, ago(FOUNDED - 10)) as story:
        if session.scalar(select(Product.id).limit(1)) is not None:
            return
        ids = _goods(session)
        day = ago(0)
        _offer(session, ids, 98, {"name": "上一期优惠价", "valid_to": day - timedelta(days=61)})
        story.on(day - timedelta(days=63))
        half_year = {"name": f"{day.year} 年节能机型优惠价", "valid_from": day - timedelta(days=60), "valid_to": day + timedelta(days=120)}
        _offer(session, ids, 96, half_year)


def _offer(session: Session, ids: Mapping[str, tuple[int, Decimal]], share: int, values: Mapping[str, Any]) -> None:
    """A price list of what is in :data:`OFFER`, at ``share`` per cent of the usual price."""
    price_list = create_price_list(session, values)
    for code in OFFER:
        product_id, price = ids[code]
        offered = (price * share / 100).quantize(Decimal("0.01"))
        write_price(session, {"price_list": price_list.id, "product": product_id, "price": offered})


def _goods(session: Session) -> dict[str, tuple[int, Decimal]]:
    found: dict[str, tuple[int, Decimal]] = {}
    for position, (line_name, goods) in enumerate(GOODS.items(), 1):
        line = create_line(session, {"name": line_name, "position": position})
        for code, name, unit, price, lowest, aliases in goods:
            cost = (Decimal(price) * COST / 100).quantize(Decimal("0.01"))
            values = {"code": code, "name": name, "unit": unit, "list_price": Decimal(price), "line": line.id, "aliases": aliases}
            product = create_product(session, {**values, "lowest_discount": Decimal(lowest) if lowest else None, "cost_price": cost})
            found[code] = (product.id, product.list_price)
    return found
