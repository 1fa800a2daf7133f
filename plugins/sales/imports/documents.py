"""Files of quotations, orders and project proposals: what is still open where a company comes from (R-475).

Quotations and orders come as drafts with their lines; numbers are given by the house, on finalising and submitting.
"""

from __future__ import annotations

from core.work.declared_imports import LinesOf, declared_documents, declared_import
from plugins.sales.models import Order, OrderLine, ProjectProposal, Quotation, QuotationLine
from plugins.sales.operations import (
    change_order,
    change_proposal,
    change_quotation,
    create_order,
    create_proposal,
    create_quotation,
)
from plugins.sales.operations.lines import TYPED

KEYS = (("customer", "title"),)
CUSTOMER = ("客户编号", "客户代码", "customer no", "customer code")
LINE_NAMES = {
    "line_code": ("产品编码", "产品代码", "商品编码", "料号", "product code", "sku"),
    "line_name": ("产品名称", "产品", "品名", "商品名称", "product name", "product"),
    "line_unit": ("单位", "计量单位", "unit"),
    "line_quantity": ("数量", "quantity", "qty"),
    "line_price": ("单价", "价格", "price", "unit price"),
    "line_discount": ("折扣", "discount"),
}
QUOTATIONS = declared_documents(
    Quotation,
    create_quotation,
    change_quotation,
    LinesOf(QuotationLine, TYPED),
    keys=KEYS,
    aliases={"customer": CUSTOMER, "title": ("报价单名称", "报价标题", "标题", "subject"), **LINE_NAMES},
)
ORDERS = declared_documents(
    Order,
    create_order,
    change_order,
    LinesOf(OrderLine, TYPED),
    keys=KEYS,
    aliases={
        "customer": CUSTOMER,
        "title": ("订单名称", "订单标题", "标题", "subject"),
        "needed_on": ("需求日期", "交货日期", "交期"),
        **LINE_NAMES,
    },
)
PROPOSALS = declared_import(
    ProjectProposal,
    create_proposal,
    change_proposal,
    keys=KEYS,
    aliases={"customer": CUSTOMER, "title": ("方案名称", "项目名称", "标题")},
)
