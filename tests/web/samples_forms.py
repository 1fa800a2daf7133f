"""Sample forms with every kind of field, clean, refused and in conflict."""

from __future__ import annotations

from core.web import pages as p
from tests.web.samples import VERSION, t

INDUSTRIES = ("专用设备制造", "汽车零部件", "电线电缆", "纺织", "生物医药", "食品机械", "船舶配套")


def lines(wrong: bool) -> p.Lines:
    """The lines of a contract."""
    kind, column = p.FieldKind, p.LineColumn
    return p.Lines(
        columns=(
            column("description", t("内容", "Description"), required=True, width="wide"),
            column("unit", t("单位", "Unit"), width="narrow"),
            column("quantity", t("数量", "Quantity"), kind.NUMBER, True, "quantity", "narrow"),
            column("price", t("单价（元）", "Price (yuan)"), kind.MONEY, True, "price"),
            column("amount", t("金额（元）", "Amount (yuan)"), kind.MONEY, False, "amount"),
        ),
        rows=(
            p.Line(
                {
                    "description": t("螺杆空压机 75 kW", "Screw compressor 75 kW"),
                    "unit": t("台", "pc"),
                    "quantity": "3",
                    "price": "286000",
                    "amount": "858000.00",
                },
                id="1",
            ),
            p.Line(
                {
                    "description": t("安装调试", "Installation"),
                    "unit": t("项", "job"),
                    "quantity": "x" if wrong else "1",
                    "price": "42000",
                    "amount": "",
                },
                {"quantity": t("数量要是数字", "Write a number")} if wrong else {},
                "2",
            ),
        ),
        add=t("添加一行", "Add a line"),
        total="¥900,000.00",
    )


def form(wrong: bool = False, **changes: object) -> p.FormPage:
    """A new customer, or the same refused with errors."""
    field, kind = p.FormField, p.FieldKind
    basics = (
        field(
            "name",
            t("客户名称", "Name"),
            value="苏州恒锐精密",
            required=True,
            hint_href="/duplicates",
            max_length=120,
            help=t("写营业执照上的全称", "As on the business licence"),
        ),
        field(
            "way",
            t("联系方式", "Channel"),
            kind.CHOICE,
            "phone",
            required=True,
            options=(
                p.Option("visit", t("上门拜访", "Visit"), "map-pin"),
                p.Option("phone", t("电话", "Phone"), "phone"),
                p.Option("wechat", t("微信", "WeChat"), "brand-wechat"),
                p.Option("mail", t("邮件", "Mail"), "mail"),
            ),
        ),
        field(
            "text",
            t("谈了什么", "What was said"),
            kind.TEXTAREA,
            t("刘工确认空压机方案按两用一备走。", "Two compressors and a spare."),
            required=True,
            help=t("写结论和对方的原话", "Conclusions and their words"),
        ),
        field(
            "owner",
            t("负责人", "Owner"),
            kind.REFERENCE,
            "12",
            t("周启航", "Zhou Qihang"),
            search_href="/choices",
            create=p.Link(t("新建员工", "New employee"), "/form"),
            pair=True,
        ),
        field("industry", t("行业", "Industry"), kind.CHOICE, options=tuple(p.Option(str(n), name) for n, name in enumerate(INDUSTRIES))),
        field(
            "next_on",
            t("下次联系", "Next contact"),
            kind.DATE,
            "2026-03-15",
            required=True,
            error=t("下次联系要晚于今天（3月18日）", "Choose a day after today (Mar 18)") if wrong else "",
            pair=True,
        ),
        field(
            "credit",
            t("信用额度", "Credit limit"),
            kind.MONEY,
            "800000" if not wrong else "12.345",
            error=t("金额最多两位小数", "At most two decimals") if wrong else "",
        ),
        field("gas", t("年用气量", "Gas per year"), kind.NUMBER, "1850", unit=t("万立方米", "10⁴ m³"), pair=True),
        field("at", t("拜访时间", "Visit at"), kind.DATETIME, "2026-03-20T09:30"),
        field(
            "key",
            t("重点客户", "Key customer"),
            kind.CHECKBOX,
            "1",
            help=t("重点客户每月至少联系一次", "Key customers are called once a month"),
        ),
        field("code", t("客户编号", "Number"), kind.TEXT, "KH-2024-00318", disabled=t("编号生成后不能修改", "The number cannot change")),
    )
    more = (
        field("email", t("邮箱", "E-mail"), kind.EMAIL, pair=True),
        field("phone", t("电话", "Phone"), kind.PHONE),
        field("file", t("附件", "Files"), kind.FILE, multiple=True, files=(p.FileChip("site.jpg", "/file", "1.2 MB", "photo"),)),
    )
    values: dict[str, object] = {
        "title": t("新建客户", "New customer"),
        "crumbs": (p.Link(t("客户", "Customers"), "/list"),),
        "back": p.Link(t("客户", "Customers"), "/list"),
        "action": "/form",
        "groups": (p.FieldSet("", basics), p.FieldSet(t("更多字段", "More fields"), more, folded=True)),
        "submit": t("保存客户", "Save customer"),
        "cancel_href": "/list",
        "hidden": VERSION,
        "saved_draft": t("草稿已存 10:26", "Draft saved 10:26"),
        "says": (p.Say(t("保存不了：有 2 处要改，您填的内容都在。", "Not saved: 2 things to mend; what you typed is kept.")),)
        if wrong
        else (),
    }
    return p.FormPage(**(values | changes))  # type: ignore[arg-type]


def contract_form(wrong: bool = False) -> p.FormPage:
    """A contract with its lines."""
    field, kind = p.FormField, p.FieldKind
    head = (
        field("title", t("合同名称", "Title"), value=t("二期空压站", "Compressor station 2"), required=True),
        field("signed_on", t("签订日期", "Signed on"), kind.DATE, "2026-03-18", pair=True),
        field(
            "kind",
            t("类型", "Kind"),
            kind.CHOICE,
            "1",
            required=True,
            options=(p.Option("1", t("销售", "Sale")), p.Option("2", t("服务", "Service"))),
        ),
        field("total", t("合同额", "Total"), kind.SHOWN, shown="¥900,000.00"),
    )
    return form(
        title=t("修改合同 HT-2025-0862", "Edit contract HT-2025-0862"),
        groups=(
            p.FieldSet(t("合同", "Contract"), head),
            p.FieldSet(
                t("标的", "Lines"), (field("lines", t("合同明细", "Contract lines"), kind.LINES, required=True, lines=lines(wrong)),)
            ),
        ),
        submit=t("保存合同", "Save contract"),
        more_submits=(("another", t("保存并再建一份", "Save and add another")),),
        says=(),
    )


def conflict() -> p.FormPage:
    """Somebody saved first."""
    one = p.ConflictField
    clash = p.Conflict(
        t("孙佳怡", "Sun Jiayi"),
        "10:24",
        (
            one("credit", t("信用额度", "Credit limit"), "¥800,000.00", "¥500,000.00"),
            one("industry", t("行业", "Industry"), t("专用设备制造", "Machinery"), ""),
        ),
        (t("地址", "Address"), t("账期", "Payment term")),
    )
    return form(conflict=clash)
