"""Files of title data and of money that came in, as a bank writes it down."""

from __future__ import annotations

from core.work.declared_imports import declared_import
from plugins.billing.models import InvoiceTitle, Receipt
from plugins.billing.operations import add_title, change_receipt, change_title, register_receipt

TITLES = declared_import(
    InvoiceTitle,
    add_title,
    change_title,
    aliases={
        "customer": ("客户", "客户编号", "客户代码", "customer no"),
        "name": ("购方名称", "购买方名称", "发票抬头", "抬头"),
        "tax_number": ("税号", "纳税人识别号", "统一社会信用代码"),
        "bank": ("开户行", "开户银行"),
        "account": ("账号", "银行账号"),
    },
)
RECEIPTS = declared_import(
    Receipt,
    register_receipt,
    change_receipt,
    aliases={
        "bank_reference": ("流水号", "交易流水号", "银行流水号", "transaction id", "reference"),
        "payer": ("付款方", "对方户名", "付款人", "counterparty"),
        "amount": ("金额", "收款金额", "贷方金额", "credit"),
        "received_on": ("收款日期", "交易日期", "入账日期", "date"),
        "customer": ("客户编号", "客户代码", "customer no"),
        "account": ("收款账户", "本方账号"),
        "way": ("回款方式", "收款方式"),
        "note": ("备注", "摘要", "附言", "remarks"),
    },
)
"""A line of a bank statement is found by its reference, so that the statement of a month may be brought in each week (R-110)."""
TARGETS = (TITLES, RECEIPTS)
