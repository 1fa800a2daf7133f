"""Whatever declares its business key takes files: entered, found again, changed; what it belongs to is named by its own key (R-475)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.extension.exchange import ConvertedRow
from tests.plugins.conftest import Trade
from tests.world import World

ROWS: tuple[tuple[str, str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    ("catalog.line", "head.east", {"name": "空压机", "position": 1}, {"position": 2}),
    ("catalog.price_list", "head.east", {"name": "2026 版", "valid_from": date(2026, 1, 1)}, {"valid_to": date(2026, 12, 31)}),
    ("catalog.product", "head.east", {"code": "K-7", "name": "滤芯", "list_price": Decimal(10)}, {"list_price": Decimal(11)}),
    ("catalog.price", "head.east", {"price_list": "2026 版", "product": "K-7", "price": Decimal(9)}, {"price": Decimal(8)}),
    (
        "sales.quotation",
        "head.east",
        {"customer": "HD", "title": "报价", "line_code": "K-7", "line_quantity": Decimal(2)},
        {"terms": "含税"},
    ),
    (
        "sales.order",
        "head.east",
        {"customer": "HD", "title": "首批", "line_name": "滤芯", "line_quantity": Decimal(2)},
        {"line_unit": "箱"},
    ),
    ("sales.proposal", "head.east", {"customer": "HD", "title": "改造", "amount": Decimal(9)}, {"plan": "分两期"}),
    (
        "contracts.contract",
        "head.east",
        {"customer": "HD", "title": "年度供货", "line_name": "主机", "line_quantity": Decimal(1), "line_price": Decimal(7)},
        {"line_price": Decimal(8)},
    ),
    (
        "contracts.oral_contract",
        "head.east",
        {"customer": "HD", "subject": "提前发货", "amount": Decimal(5), "agreed_on": date(2026, 3, 2), "agreed_by": "head.east"},
        {"amount": Decimal(6)},
    ),
    ("service.request", "service", {"customer": "HD", "title": "漏油", "channel": "phone"}, {"description": "夜班发现"}),
    ("sales.competitor", "head.east", {"name": "阿特拉斯"}, {"note": "价格低"}),
    ("billing.title", "invoicing", {"customer": "HD", "name": "宏达机械有限公司", "bank": "中国银行"}, {"bank": "工商银行"}),
    (
        "billing.receipt",
        "contracts",
        {"bank_reference": "B-1", "payer": "宏达", "amount": Decimal(100), "received_on": date(2026, 3, 2), "customer": "HD"},
        {"note": "一季度"},
    ),
)


@pytest.mark.requirement("R-475")
def test_a_row_is_entered_once_found_again_and_changed(world: World, trade: Trade) -> None:
    trade.customer(code="HD")
    targets = {target.resource: target for _, target in world.keguan.registry.at_start("crm_imports")}
    for resource, by, row, more in ROWS:
        target = targets[resource]
        states = []
        for values in (row, row, {**row, **more}):
            with world.use_case(by) as session:
                key = tuple(values[name] for name in target.keys[0])
                states += [outcome.state for outcome in target.write(session, [ConvertedRow(2, key, values)])]
        assert states == ["created", "unchanged", "updated"], resource
