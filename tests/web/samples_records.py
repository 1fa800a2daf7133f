"""Sample record, forms and conflict."""

from __future__ import annotations

from datetime import UTC, date, datetime

from core.web import pages as p
from tests.web.samples import VERSION, marks, state, t, who


def at(month: int, day: int, hour: int, minute: int) -> datetime:
    """A moment of 2026 on Shanghai's clock, as UTC."""
    return datetime(2026, month, day, hour - 8, minute, tzinfo=UTC)


def timeline() -> p.Timeline:
    """What happened with the customer."""
    entry, tone = p.Entry, p.Tone
    return p.Timeline(
        kinds=tuple(
            p.Link(t(zh, en), f"/record?kind={n}", current=n == 0)
            for n, (zh, en) in enumerate((("全部", "All"), ("跟进", "Follow-ups"), ("变更", "Changes"), ("文件", "Files")))
        ),
        older=p.Link(t("更早的 41 条", "41 older entries"), "/record?before=9"),
        entries=(
            entry(
                at(3, 18, 9, 42),
                who("zhou").name,
                t("电话 · 刘建国", "Call · Liu Jianguo"),
                "phone",
                tone.RUN,
                t(
                    "刘工确认空压机按两用一备走，4 月 10 日前要正式报价，付款想改成 3-3-3-1。",
                    "Confirmed two compressors and a spare; wants the quotation before 10 April.",
                ),
            ),
            entry(
                at(3, 18, 8, 0),
                t("系统", "System"),
                t("星级由评分规则调整", "Stars changed by the scoring rule"),
                "edit",
                changes=((t("星级", "Stars"), "4", "5"), (t("账期", "Payment term"), "", t("月结 60 天", "60 days"))),
            ),
            entry(
                at(3, 17, 17, 20),
                who("li").name,
                t("退回招待申请 ZD-2026-0058", "Returned reception request ZD-2026-0058"),
                "rubber-stamp",
                tone.WAIT,
                t("人均超过标准，请改成工作餐再报。", "Above the limit per head; please make it a working lunch."),
                mark=p.Tag(t("退回", "Returned"), tone.WAIT),
            ),
            entry(
                at(3, 17, 15, 6),
                who("zhou").name,
                t("上传附件", "Attached files"),
                "file-text",
                files=(
                    p.FileChip("空压站技术协议.pdf", "/file/1", "2.4 MB", "file-type-pdf"),
                    p.FileChip("site.jpg", "/file/2", "1.2 MB", "photo"),
                ),
            ),
            entry(
                at(3, 12, 14, 31),
                who("lin").name,
                t("登记到款并分配到 HT-2025-0862", "Booked a receipt for HT-2025-0862"),
                "cash",
                tone.GOOD,
                "¥360,000.00",
                href="/record",
            ),
        ),
    )


def details() -> tuple[p.FieldGroup, ...]:
    """The right column."""
    row, kind = p.ValueRow, p.ColumnKind
    edit = p.Link("", "/form", drawer=True)
    return (
        p.FieldGroup(
            title=t("基本信息", "Basics"),
            note=t("完整度 92%", "92% complete"),
            rows=(
                row(t("行业", "Industry"), t("专用设备制造", "Special machinery"), edit=edit),
                row(t("负责人", "Owner"), who("zhou"), kind.PERSON),
                row(t("信用额度", "Credit limit"), 80000000, kind.EXACT_MONEY, edit=edit),
                row(t("账期", "Payment term"), None, edit=edit),
                row(
                    t("地址", "Address"),
                    t("苏州市吴中区木渎镇金枫南路 1258 号", "1258 Jinfeng South Road, Mudu, Wuzhong, Suzhou"),
                    edit=edit,
                ),
                row(t("上市日期", "Listed on"), date(2015, 6, 1), kind.DATE),
            ),
            folded=(row(t("传真", "Fax"), None), row(t("网址", "Website"), "www.example.cn")),
        ),
        p.FieldGroup(
            title=t("主要联系人", "Main contact"),
            rows=(
                row(t("姓名", "Name"), t("刘建国 · 设备部部长", "Liu Jianguo · Head of equipment"), href="/record"),
                row(t("手机", "Mobile"), "138****2671", unmask_action="/unmask"),
            ),
        ),
    )


def contracts_table() -> p.RelatedTable:
    """The contracts of the customer."""
    kind, column = p.ColumnKind, p.Column
    return p.RelatedTable(
        title=t("合同", "Contracts"),
        columns=(
            column("n", t("合同编号", "Number"), kind.NAME),
            column("t", t("名称", "Title")),
            column("s", t("状态", "Status"), kind.TAG),
            column("d", t("签订日期", "Signed"), kind.DATE),
            column("a", t("金额", "Amount"), kind.EXACT_MONEY),
        ),
        rows=(
            p.Row(
                "1",
                "/record",
                (
                    "HT-2025-0862",
                    t("二期空压站", "Compressor station 2"),
                    p.Tag(t("已生效", "In force"), p.Tone.GOOD),
                    date(2025, 11, 6),
                    286240000,
                ),
            ),
            p.Row("2", "/record", ("HT-2026-0031", t("备件年约", "Spare parts"), p.Tag(t("草稿", "Draft")), None, 100000000)),
        ),
        all=p.Link(t("全部 2 份", "All 2"), "/list"),
        create=p.Link(t("新建合同", "New contract"), "/contract-form", "plus"),
        totals=(t("合计", "Total"), None, None, None, 386240000),
    )


def composer(error: str = "") -> p.Composer:
    """Where a follow-up is written."""
    field, kind = p.FormField, p.FieldKind
    return p.Composer(
        action="/interactions",
        title=t("写跟进", "Write a follow-up"),
        text=field(
            "text",
            t("谈了什么", "What was said"),
            kind.TEXTAREA,
            value="x" if error else "",
            help=t("谈了什么、对方怎么说？", "What was said, and what did they answer?"),
            error=error,
        ),
        fields=(
            field(
                "way",
                t("方式", "Channel"),
                kind.CHOICE,
                "phone",
                options=(p.Option("phone", t("电话", "Phone")), p.Option("visit", t("上门拜访", "Visit"))),
            ),
            field("next_on", t("下次联系", "Next contact"), kind.DATE),
            field("next_step", t("下一步", "Next step")),
            field("file", t("附件", "Files"), kind.FILE, multiple=True),
        ),
        submit=t("保存跟进", "Save"),
    )


def verbs() -> tuple[p.Verb, ...]:
    """Verbs that ask, that cannot run, that delete."""
    verb = p.Verb
    return (
        verb(
            t("移交", "Hand over"),
            "/hand-over",
            "user-share",
            VERSION,
            fields=(
                p.FormField("owner", t("新负责人", "New owner"), p.FieldKind.REFERENCE, required=True, search_href="/choices"),
                p.FormField("why", t("原因", "Reason"), p.FieldKind.TEXTAREA, rows=2),
            ),
        ),
        verb(t("共享", "Share"), "/share", "users-plus", VERSION),
        verb(
            t("放入公海", "To the pool"),
            "/pool",
            "droplet",
            VERSION,
            forbidden=t("还有 2 份未履行完的合同", "2 contracts are not fulfilled yet"),
        ),
        verb(
            t("删除", "Delete"),
            "/delete",
            "trash",
            VERSION,
            ask=p.Ask(
                t("删除这个客户？", "Delete this customer?"),
                t("会一并删除 3 条跟进和 1 个附件，不能恢复。", "3 follow-ups and 1 file go with it, for good."),
                t("删除", "Delete"),
                t("不删除", "Keep it"),
            ),
            tone=p.Tone.BAD,
        ),
    )


def record(**changes: object) -> p.RecordPage:
    """The customer of the mock-up."""
    tab = p.Tab
    figure = p.Figure
    link = p.Link
    values: dict[str, object] = {
        "title": "苏州恒锐精密机械有限公司",
        "crumbs": (link(t("客户", "Customers"), "/list"), link(t("我负责的", "Mine"), "/list?view=1")),
        "back": link(t("客户", "Customers"), "/list"),
        "mark": "恒",
        "hue": 222,
        "stars": 5,
        "starred": True,
        "star_action": "/follow",
        "tags": (*marks("key"), state("good")),
        "facts": (
            "KH-2024-00318",
            t("专用设备制造", "Special machinery"),
            t("苏州 · 吴中", "Suzhou"),
            p.Person.of(12, who("zhou").name, t("华东销售一部", "East sales 1")),
        ),
        "figures": (
            figure(t("合同额（累计）", "Contracts"), "¥3,862,400.00", "/list", t("2 份生效", "2 in force")),
            figure(t("已开票", "Invoiced"), "¥3,124,800.00", "/list", "80.9%"),
            figure(t("已回款", "Collected"), "¥2,638,800.00", "/list", "68.3%"),
            figure(t("应收", "Receivable"), "¥486,000.00", "/list", t("逾期 ¥120,000.00", "¥120,000.00 overdue"), late=True),
        ),
        "next_step": p.NextStep(
            t("送正式报价", "Send the quotation"),
            date(2026, 3, 14),
            t("联系人 刘建国", "Contact Liu Jianguo"),
            (
                p.Verb(t("完成", "Done"), "/done", hidden=VERSION),
                p.Verb(
                    t("改期", "Move"),
                    "/move",
                    hidden=VERSION,
                    fields=(p.FormField("on", t("新日期", "New date"), p.FieldKind.DATE, required=True),),
                ),
            ),
        ),
        "stats": tuple(
            link(t(zh, en), "/list", icon, count)
            for zh, en, icon, count in (
                ("商机", "Opportunities", "target-arrow", "3"),
                ("合同", "Contracts", "file-text", "2"),
                ("发票", "Invoices", "receipt-yuan", "6"),
                ("服务", "Service", "tool", "1"),
            )
        ),
        "tabs": (
            tab("activity", t("动态", "Activity"), "/record", current=True),
            tab("details", t("详细资料", "Details"), "/record?tab=details"),
            tab("contacts", t("联系人", "Contacts"), "/record?tab=contacts", "5"),
            tab("contracts", t("合同", "Contracts"), "/record?tab=contracts", "2"),
            tab("files", t("附件", "Files"), "/record?tab=files", "12"),
            tab("history", t("修订记录", "History"), "/record?tab=history", "23"),
        ),
        "verbs": (p.Verb(t("打电话", "Call"), "/call", "phone"), link(t("修改", "Edit"), "/form", "pencil", drawer=True)),
        "primary": link(t("写跟进", "Follow up"), "/form", "message-plus", drawer=True),
        "more": verbs(),
        "near": p.Near("/record/near", "/list", "/record/opened"),
        "body": (composer(), timeline()),
        "aside": details(),
    }
    return p.RecordPage(**(values | changes))  # type: ignore[arg-type]


def contract_record() -> p.RecordPage:
    """A contract: life cycle as a bar, lines, no timeline."""
    step = p.StageStep
    stages = (
        step(t("草稿", "Draft"), "done", t("2 天", "2 days")),
        step(t("待批准", "To approve"), "done", t("1 天", "1 day")),
        step(t("已签订", "Signed"), "now", t("第 4 天，通常 10 天", "day 4, usually 10")),
        step(t("已移交", "Handed over"), "later"),
        step(t("已履行", "Fulfilled"), "later"),
    )
    wide = p.FieldGroup(title=t("合同资料", "Contract"), rows=tuple(row for group in details() for row in group.rows), wide=True)
    return record(
        title="HT-2025-0862 二期空压站",
        mark="",
        stars=None,
        starred=None,
        next_step=None,
        stages=stages,
        body=(wide, contracts_table()),
        aside=(contracts_table(),),
        tabs=(),
        verbs=verbs(),
    )


def empty_record() -> p.RecordPage:
    """A record of which nothing is known yet."""
    nothing = p.FieldGroup(
        title=t("基本信息", "Basics"),
        rows=(p.ValueRow(t("行业", "Industry"), None), p.ValueRow(t("负责人", "Owner"), None, p.ColumnKind.PERSON)),
    )
    return p.RecordPage(
        title="某某公司", body=(p.Timeline(entries=()), p.RelatedTable(title=t("合同", "Contracts"), columns=(), rows=())), aside=(nothing,)
    )


def history() -> p.PanelPage:
    """The history of one field, as a drawer or a page."""
    return p.PanelPage(title=t("信用额度的修订记录", "History of the credit limit"), blocks=(timeline(),))
