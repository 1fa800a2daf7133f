"""Files of contracts that are not signed yet, with their lines, and of what was agreed by word of mouth (R-475)."""

from __future__ import annotations

from core.work.declared_imports import LinesOf, declared_documents, declared_import
from plugins.contracts.models import Contract, ContractLine, OralContract
from plugins.contracts.operations import change_contract, change_oral_contract, draft_contract, record_oral_contract

CUSTOMER = ("客户编号", "客户代码", "customer no", "customer code")
CONTRACTS = declared_documents(
    Contract,
    draft_contract,
    change_contract,
    LinesOf(ContractLine, ("code", "name", "unit", "quantity", "price")),
    keys=(("customer", "title"),),
    aliases={
        "customer": CUSTOMER,
        "title": ("合同名称", "合同标题", "标题", "subject"),
        "starts_on": ("开始日期", "生效日期", "start"),
        "ends_on": ("结束日期", "到期日期", "end"),
        "line_code": ("产品编码", "产品代码", "商品编码", "product code", "sku"),
        "line_name": ("产品名称", "产品", "品名", "商品名称", "product name", "product"),
        "line_unit": ("单位", "计量单位", "unit"),
        "line_quantity": ("数量", "quantity", "qty"),
        "line_price": ("单价", "价格", "price", "unit price"),
    },
)
"""They come as drafts; the number is given on signing, so a contract is found again by its customer and title."""
ORAL_CONTRACTS = declared_import(
    OralContract,
    record_oral_contract,
    change_oral_contract,
    keys=(("customer", "subject"),),
    aliases={"customer": CUSTOMER, "subject": ("事项", "内容", "标题"), "amount": ("金额",), "agreed_on": ("约定日期", "日期")},
)
TARGETS = (CONTRACTS, ORAL_CONTRACTS)
