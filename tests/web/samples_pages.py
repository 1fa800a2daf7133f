"""Sample pages of the doors, the desk and the administration, and the list of all samples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from core.web import pages as p
from tests.web import samples_forms as f
from tests.web import samples_records as r
from tests.web.samples import NOW, TODAY, customers, no_customers, shell, t, who


def sign_in(wrong: bool = False) -> p.SignInPage:
    """The door, with or without a wrong password."""
    says = (p.Say(t("账号或密码不对，还可以再试 3 次。", "Account or password is wrong; 3 tries left.")),) if wrong else ()
    return p.SignInPage(
        title=t("登录", "Sign in"),
        action="/sign-in",
        username="zhouqihang" if wrong else "",
        invalid=wrong,
        says=says,
        owner=t("启衡机电集团", "Qiheng Group"),
        language=p.Language("en", t("English", "中文"), "/language"),
    )


def password(wrong: bool = False) -> p.PasswordPage:
    """Change of password, forced the first time."""
    return p.PasswordPage(
        title=t("修改密码", "Change password"),
        action="/password",
        errors={"new": t("新密码至少 10 个字符", "At least 10 characters")} if wrong else {},
        rules=(
            t("至少 10 个字符，含数字和字母", "At least 10 characters with digits and letters"),
            t("不能与最近 5 个密码相同", "Not one of the last 5"),
        ),
        cancel_href="/",
        forced=t("这是首次登录，请先改掉初始密码。", "First sign-in: please replace the initial password.") if wrong else "",
    )


def companies() -> p.CompaniesPage:
    """Two companies to choose from."""
    return p.CompaniesPage(
        title=t("选择公司", "Choose a company"),
        companies=(
            p.CompanyChoice("启衡机电（华东）", "/c/east/", t("销售经理", "Sales manager")),
            p.CompanyChoice("启衡机电（西部）", "/c/west/", t("合同管理员", "Contract administrator")),
        ),
    )


TITLES = {
    400: ("这个请求看不懂", "This request could not be read"),
    403: ("这个页面不对您的角色开放", "This page is not open to your role"),
    404: ("没有这个页面", "There is no such page"),
    409: ("有人先改过了", "Somebody changed it first"),
    413: ("文件太大", "The file is too large"),
    429: ("请求太频繁", "Too many requests"),
    500: ("系统出了问题", "Something broke on our side"),
    503: ("系统正在维护", "The system is being maintained"),
}


def error(status: int) -> p.ErrorPage:
    """An error page."""
    zh, en = TITLES[status]
    return p.ErrorPage(
        title=t(zh, en),
        status=status,
        reason=t(
            "打开“到款”需要“到款 · 查看”权限。您的角色是销售经理，没有这一项。",
            "Opening “Receipts” needs the right to see receipts; your role does not have it.",
        ),
        number="7F3K-20QD",
        at=NOW,
        onward=(
            p.Link(t("回工作台", "Back to home"), "/"),
            p.Link(t("请安全管理员开通", "Ask the security administrator"), "/ask", "send"),
        ),
        whom=t("吴敏 · 分机 8021", "Wu Min · ext. 8021"),
        whom_label=t("安全管理员", "Security admin"),
        logged=status == 403,
    )


def modules() -> p.ModulesPage:
    """The modules of a company, one asking."""
    ask = p.Ask(
        t("停用“合同”？", "Disable “Contracts”?"),
        t(
            "会收起 4 项菜单、2 个页签，暂停 6 项定时提醒；2,318 条数据保留，再启用即恢复。",
            "4 menus and 2 tabs go away, 6 reminders stop; 2,318 records stay.",
        ),
        t("停用", "Disable"),
        t("不停用", "Keep it on"),
    )
    module = p.Module
    return p.ModulesPage(
        title=t("模块管理", "Modules"),
        company=t("启衡机电（华东）", "Qiheng East"),
        log=p.Link(t("开关记录", "Log"), "/log", "history"),
        groups=(
            p.ModuleGroup(
                t("销售相关", "Sales"),
                (
                    module(
                        "customers",
                        t("客户", "Customers"),
                        t("客户、联系人、跟进与移交", "Customers, contacts, follow-ups, handover"),
                        "building",
                        True,
                        "/modules/customers",
                        switched_by=who("li"),
                        switched_at=NOW,
                        locked=t("被 合同 依赖，不能停用", "Needed by Contracts"),
                    ),
                    module(
                        "contracts",
                        t("合同", "Contracts"),
                        t("合同、交付与移交", "Contracts, delivery, handover"),
                        "file-text",
                        True,
                        "/modules/contracts",
                        (t("客户", "Customers"),),
                        "",
                        who("zhou"),
                        NOW - timedelta(days=99),
                        ask=ask,
                    ),
                ),
            ),
            p.ModuleGroup(
                t("服务与关怀", "Service"),
                (
                    module(
                        "service",
                        t("服务派工", "Service"),
                        t("服务请求、派工、投诉", "Requests, dispatch, complaints"),
                        "tool",
                        False,
                        "/modules/service",
                        (t("客户", "Customers"),),
                        t("停用后数据保留 1,204 条", "1,204 records kept"),
                        who("he"),
                        NOW,
                    ),
                    module("office", t("办公", "Office"), t("新闻、文件与日历", "News, files, calendar"), "news", False, "/modules/office"),
                ),
            ),
        ),
    )


SCOPES = (
    ("", "不能", "no", 0),
    ("own", "本人", "own", 1),
    ("shared", "本人及共享", "own and shared", 2),
    ("dept", "本部门", "department", 3),
    ("tree", "本部门及下级", "subtree", 4),
    ("charge", "分管部门", "in charge", 5),
    ("all", "全公司", "company", 6),
)


def permissions(read_only: bool = False) -> p.PermissionsPage:
    """The matrix of a sales manager, one cell unsaved."""
    cell = p.PermissionCell
    rows = (
        ("客户", "Customers", ("tree", "own", "tree", "", "shared", "own", "dept")),
        ("联系人", "Contacts", ("tree", "own", "tree", "", "shared", "-", "")),
        ("跟进记录", "Follow-ups", ("tree", "own", "own", "", "shared", "-", "")),
    )
    more = (
        ("合同", "Contracts", ("shared", "own", "own", "", "shared", "-", "dept!")),
        ("开票通知", "Invoice notices", ("own", "own", "own", "", "-", "-", "")),
    )

    def group(zh: str, en: str, items: tuple[tuple[str, str, tuple[str, ...]], ...]) -> p.PermissionGroup:
        return p.PermissionGroup(
            t(zh, en),
            tuple(
                p.PermissionRow(
                    t(a, b),
                    tuple(
                        cell(f"{b}-{n}", v.strip("!-"), "" if v.endswith("!") else v.strip("!-"), v != "-") for n, v in enumerate(values)
                    ),
                )
                for a, b, values in items
            ),
        )

    verbs = (
        ("查看", "See"),
        ("新建", "Create"),
        ("修改", "Edit"),
        ("删除", "Delete"),
        ("共享", "Share"),
        ("移交", "Hand over"),
        ("导出", "Export"),
    )
    roles = (
        ("部门负责人", "Head", 6),
        ("销售经理", "Sales manager", 23),
        ("合同管理员", "Contract admin", 3),
        ("开票员", "Invoicing clerk", 2),
    )
    return p.PermissionsPage(
        title=t("角色", "Roles"),
        roles=tuple(p.Link(t(zh, en), f"/roles/{n}", count=str(n), current=n == 23) for zh, en, n in roles),
        role=t("销售经理", "Sales manager"),
        detail=t("23 人 · 吴敏 于 2026-02-11 修改", "23 people · changed by Wu Min on 2026-02-11"),
        people=23,
        verbs=tuple(t(*v) for v in verbs),
        scopes=tuple(p.ScopeOption(value, t(zh, en), bars) for value, zh, en, bars in SCOPES),
        groups=(group("客户", "Customers", rows), group("合同与回款", "Contracts and money", more)),
        action="/roles/23",
        sentences=(
            t(
                "销售经理能看本部门及下级的客户和联系人，能改本部门及下级的客户。",
                "A sales manager sees and edits the customers of the subtree.",
            ),
            t("合同只看本人及共享给他的；不能删除任何记录。", "Contracts: own and shared; may delete nothing."),
        ),
        field_rights=(
            p.FieldRight(t("手机、微信", "Mobile"), t("脱敏，可查看", "masked, may show"), "wait"),
            p.FieldRight(t("银行账号", "Bank account"), t("脱敏", "masked")),
        ),
        create=p.Link(t("新建角色", "New role"), "/form", "plus", drawer=True),
        links=(p.Link(t("复制", "Copy"), "/copy", "copy"), p.Link(t("修订记录", "History"), "/history", "history")),
        read_only=t("只有安全管理员可以修改。", "Only the security administrator may change this.") if read_only else "",
    )


def organisation() -> p.OrganisationPage:
    """A tree of three levels."""
    node = p.DepartmentNode
    verbs = (p.Link(t("修改", "Edit"), "/form", "pencil", drawer=True), p.Verb(t("移动", "Move"), "/move", "arrow-right"))
    first = node("3", t("华东销售一部", "East sales 1"), "east-1", who("zhou"), None, 8, "/list", verbs)
    second = node("4", t("华东销售二部", "East sales 2"), "east-2", None, None, 1, "/list", verbs)
    east = node("2", t("华东大区", "East region"), "east", who("sun"), who("li"), 2, "/list", verbs, (first, second))
    root = node(
        "1",
        t("启衡机电（华东）", "Qiheng East"),
        "root",
        who("li"),
        None,
        3,
        "/list",
        verbs,
        (east, node("5", t("合同管理部", "Contract office"), "contracts", who("lin"), None, 4, "/list", verbs)),
    )
    return p.OrganisationPage(
        title=t("组织架构", "Organisation"),
        company=t("启衡机电（华东）", "Qiheng East"),
        roots=(root,),
        create=p.Link(t("新建部门", "New department"), "/form", "plus", drawer=True),
        links=(p.Link(t("员工", "Employees"), "/list", "users"),),
    )


def desk() -> p.DeskPage:
    """The start page."""
    figure, item, card, link = p.Figure, p.DeskItem, p.DeskCard, p.Link
    days = timedelta
    return p.DeskPage(
        title=t("早上好，周启航", "Good morning, Zhou Qihang"),
        place=t("工作台", "Home"),
        today=NOW.date(),
        figures=(
            figure(t("我的客户", "My customers"), "186", "/list", t("本月新增 7", "7 new this month")),
            figure(t("本月签约", "Signed this month"), "¥4,286,500", "/list", t("目标 ¥6,000,000 · 71%", "of ¥6,000,000 · 71%"), share=71),
            figure(
                t("应收逾期", "Overdue"),
                "¥1,087,600",
                "/list",
                t("占应收 19.4%", "19.4% of receivables"),
                late=True,
                share=19,
                share_tone=p.Tone.BAD,
            ),
            figure(t("本周跟进", "Follow-ups this week"), "12", "/list", t("计划 15", "15 planned"), share=80),
            figure(t("待核实客户", "To verify"), "3", "/list", t("最早 2 天前", "oldest 2 days")),
            figure(t("生效合同", "In force"), "27", "/list", t("本月到期 1", "1 ends this month")),
        ),
        cards=(
            card(
                t("逾期跟进", "Overdue follow-ups"),
                tuple(
                    item(name, "/record", t("送正式报价", "Send the quotation"), who(person), TODAY - days(n))
                    for name, person, n in (("温州正阳阀门", "chen", 12), ("苏州恒锐精密机械", "zhou", 4), ("南通海润船舶配套", "he", 1))
                ),
                link(t("全部 9 个", "All 9"), "/list"),
            ),
            card(
                t("待我处理", "Waiting for me"),
                (
                    item(t("核实 常州博泰 是否重名", "Check Changzhou Botai"), "/record", due=TODAY),
                    item(
                        t("合同付款条件变更", "Payment terms changed"),
                        "/record",
                        t("林晓芸 · 等 5 小时", "Lin Xiaoyun · 5 h"),
                        who("lin"),
                        value="¥3,980,000",
                    ),
                ),
                link(t("全部 4 项", "All 4"), "/list"),
            ),
            card(
                t("最近打开", "Recent"),
                (
                    item("苏州恒锐精密机械有限公司", "/record", at=NOW - days(hours=2)),
                    item("HT-2025-0862", "/record", at=NOW - days(days=1)),
                ),
            ),
            card(t("团队动态", "Team"), (), empty=t("团队今天还没有新动态。", "Nothing from the team yet today."), span=12),
        ),
        hints=(
            link(t("导入客户", "Import customers"), "/import", "upload"),
            link(t("邀请同事", "Invite colleagues"), "/people", "user-plus"),
        ),
    )


def notices() -> p.NoticesPage:
    """Read and unread notices."""
    one = p.Notice
    return p.NoticesPage(
        title=t("通知", "Notices"),
        notices=(
            one(
                "1",
                t("孙佳怡 把“合肥晶澄光电”移交给您", "Sun Jiayi handed “Hefei Jingcheng” over to you"),
                NOW - timedelta(minutes=9),
                "/record",
                True,
            ),
            one(
                "2",
                t("导入完成：新建 5,401，拒绝 47", "Import finished: 5,401 created, 47 rejected"),
                NOW - timedelta(days=1),
                "",
                True,
                t("下载被拒绝的行，改好再导一次。", "Download the rejected rows, mend them and import again."),
            ),
            one(
                "3",
                t("合同 HT-2024-0415 质保 30 天后到期", "The warranty of HT-2024-0415 ends in 30 days"),
                NOW - timedelta(days=20),
                "/record",
            ),
        ),
        read_all=p.Verb(t("全部标为已读", "Mark all as read"), "/read", "list-check"),
        pager=p.Pager.of(1, 20, 3, lambda page, _size: f"/notices?page={page}"),
    )


Sample = tuple[Callable[[], p.Page], str | None]
"""A page and which menu entry is current in its shell; None stands without a shell."""

SAMPLES: dict[str, Sample] = {
    "list": (customers, "customers"),
    **{f"list-{kind}": ((lambda kind=kind: no_customers(kind)), "customers") for kind in ("first", "no_match", "failed", "off")},  # type: ignore[misc]
    "record": (r.record, "customers"),
    "record-details": (lambda: r.record(body=(*r.details(), r.contracts_table())), "customers"),
    "record-refused": (lambda: r.record(body=(r.composer(t("请写一句话", "Please write a sentence")), r.timeline())), "customers"),
    "record-contract": (r.contract_record, "contracts"),
    "record-empty": (r.empty_record, "customers"),
    "history": (r.history, "customers"),
    "form": (f.form, "customers"),
    "form-refused": (lambda: f.form(wrong=True), "customers"),
    "form-contract": (lambda: f.contract_form(wrong=True), "contracts"),
    "form-conflict": (f.conflict, "customers"),
    "sign-in": (sign_in, None),
    "sign-in-refused": (lambda: sign_in(wrong=True), None),
    "password": (password, "customers"),
    "password-forced": (lambda: password(wrong=True), None),
    "companies": (companies, None),
    "modules": (modules, "modules"),
    "permissions": (permissions, "roles"),
    "permissions-read-only": (lambda: permissions(read_only=True), "roles"),
    "organisation": (organisation, "organisation"),
    "desk": (desk, "desk"),
    "notices": (notices, "desk"),
    **{f"error-{status}": ((lambda status=status: error(status)), "billing" if status < 500 else None) for status in TITLES},  # type: ignore[misc]
}


def frame(current: str | None) -> p.Shell | None:
    """The shell of a sample."""
    return shell(current) if current else None
