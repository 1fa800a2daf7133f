"""Page models with the data of the mock-ups, so that a person can compare; labels in the language of the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from flask_babel import get_locale

from core.web import pages as p

NOW = datetime(2026, 3, 18, 2, 31, 7, tzinfo=UTC)
TODAY = date(2026, 3, 18)
VERSION = (("version", "7"),)


def t(zh: str, en: str) -> str:
    """Sample words; real labels come from the catalogues."""
    locale = get_locale()
    return zh if locale is not None and locale.language == "zh" else en


PEOPLE = {
    "zhou": (12, "周启航", "Zhou Qihang"),
    "sun": (13, "孙佳怡", "Sun Jiayi"),
    "lin": (14, "林晓芸", "Lin Xiaoyun"),
    "he": (15, "何志远", "He Zhiyuan"),
    "zhao": (16, "赵文博", "Zhao Wenbo"),
    "chen": (17, "陈思齐", "Chen Siqi"),
    "li": (18, "李建明", "Li Jianming"),
}


def who(key: str) -> p.Person:
    """One of the people of the demo company."""
    number, zh, en = PEOPLE[key]
    return p.Person.of(number, t(zh, en))


def shell(current: str = "customers", **changes: object) -> p.Shell:
    """The frame of a department head of the east company."""
    item = p.MenuItem
    business = tuple(
        item(t(zh, en), f"/c/east/{key}", icon, current=key == current, children=children if key == "customers" else ())
        for key, zh, en, icon, children in (
            (
                "customers",
                "客户",
                "Customers",
                "building",
                (p.Link(t("联系人", "Contacts"), "/c/east/contacts"), p.Link(t("跟进记录", "Follow-ups"), "/c/east/interactions")),
            ),
            ("contracts", "合同", "Contracts", "file-text", ()),
            ("billing", "开票与回款", "Billing", "receipt-yuan", ()),
            ("service", "服务派工", "Service", "tool", ()),
            ("reports", "报表", "Reports", "chart-bar", ()),
        )
    )
    values: dict[str, object] = {
        "company": t("启衡机电（华东）", "Qiheng East"),
        "companies": (
            p.Link(t("启衡机电（华东）", "Qiheng East"), "/c/east/", current=True),
            p.Link(t("启衡机电（西部）", "Qiheng West"), "/c/west/"),
        ),
        "menu": (
            p.MenuSection(
                "",
                (
                    item(t("工作台", "Home"), "/c/east/", "home", current=current == "desk"),
                    item(t("待办", "To-dos"), "/c/east/todos", "checkbox", count="5"),
                    item(t("待我审批", "Waiting for me"), "/c/east/approvals", "rubber-stamp", count="4", hot=True),
                ),
            ),
            p.MenuSection(t("业务模块", "Modules"), business),
            p.MenuSection(
                t("管理", "Administration"),
                (
                    item(t("模块管理", "Modules"), "/c/east/modules", "apps", current=current == "modules"),
                    item(t("角色与权限", "Roles and rights"), "/c/east/roles", "shield-lock", current=current == "roles"),
                    item(t("组织架构", "Organisation"), "/c/east/organisation", "sitemap", current=current == "organisation"),
                ),
            ),
        ),
        "bottom": (
            item(t("工作台", "Home"), "/c/east/", "home", current=current == "desk"),
            item(t("客户", "Customers"), "/c/east/customers", "building", current=current == "customers"),
            item(t("新建", "New"), "/c/east/new", "plus"),
            item(t("审批", "Approvals"), "/c/east/approvals", "rubber-stamp", count="4"),
            item(t("我的", "Me"), "/c/east/me", "user"),
        ),
        "search_href": "/c/east/search",
        "create": (
            p.Link(t("客户", "Customer"), "/form", "building", drawer=True),
            p.Link(t("合同", "Contract"), "/contract-form", "file-text"),
        ),
        "notices_href": "/notices",
        "notices_count": 7,
        "help_href": "/help",
        "home_href": "/c/east/",
        "me": p.Me(
            who("zhou"),
            t("销售经理 · 华东销售一部", "Sales manager · East sales 1"),
            "/sign-out",
            (p.Link(t("修改密码", "Change password"), "/password", "key"),),
        ),
        "language": p.Language("en" if t("z", "e") == "z" else "zh_CN", t("EN", "中"), "/language"),
    }
    return p.Shell(**(values | changes))  # type: ignore[arg-type]


STATES = {
    "good": ("合作中", "Active", p.Tone.GOOD),
    "run": ("洽谈中", "In talks", p.Tone.RUN),
    "wait": ("待核实", "To verify", p.Tone.WAIT),
    "idle": ("已暂停", "Paused", p.Tone.IDLE),
    "warn": ("流失预警", "Churn warning", p.Tone.BAD),
    "defer": ("暂缓流失", "Loss deferred", p.Tone.WAIT),
}
MARKS = {"key": ("重点", "Key", p.Tone.NOTE), "dealer": ("经销", "Dealer", p.Tone.LINE), "tender": ("招标", "Tender", p.Tone.LINE)}


def state(key: str) -> p.Tag:
    """A customer's state with its colour."""
    zh, en, tone = STATES[key]
    return p.Tag(t(zh, en), tone)


def marks(*keys: str) -> tuple[p.Tag, ...]:
    """Marks of importance and free tags."""
    return tuple(p.Tag(t(zh, en), tone) for zh, en, tone in (MARKS[key] for key in keys))


CUSTOMERS = (
    ("徐州重远工程机械集团", 5, "good", ("key", "dealer", "tender"), "sun", 1890600000, 342000000, 0.01, 1, "徐州", "Xuzhou"),
    ("苏州恒锐精密机械有限公司", 5, "good", ("key",), "zhou", 386240000, 48600000, 0.03, -4, "苏州", "Suzhou"),
    ("合肥晶澄光电科技有限公司", 4, "run", ("tender",), "sun", None, None, 0.09, 0, "合肥", "Hefei"),
    ("金华义和五金有限公司", 2, "wait", (), "zhou", None, None, 0.7, 0, "金华", "Jinhua"),
    ("宁波海曜电器股份有限公司", 5, "good", ("key",), "lin", 1248000000, 126000000, 0.76, 1, "宁波", "Ningbo"),
    ("常州博泰新能源有限公司", 4, "wait", (), "he", None, None, 0.98, 0, "常州", "Changzhou"),
    ("芜湖江源汽车零部件有限公司", 4, "good", (), "he", 441000000, 65200000, 1.04, 2, "芜湖", "Wuhu"),
    ("杭州云栖自动化设备有限公司", 5, "good", ("key",), "lin", 732580000, 91250000, 2, 1, "杭州", "Hangzhou"),
    ("无锡联创轴承有限公司", 4, "good", (), "zhao", 217650000, None, 3, 2, "无锡", "Wuxi"),
    ("扬州恒信电缆有限公司", 4, "run", ("tender",), "zhao", None, None, 3, 1, "扬州", "Yangzhou"),
    ("上海启泽生物医药有限公司", 4, "run", (), "zhou", None, None, 4, 3, "上海", "Shanghai"),
    ("台州永固模具有限公司", 3, "good", (), "lin", 67390000, None, 5, 7, "台州", "Taizhou"),
    ("南京瑞川食品机械有限公司", 3, "good", (), "zhou", 94800000, 23700000, 6, 6, "南京", "Nanjing"),
    ("蚌埠华玻新材料有限公司", 3, "good", (), "sun", 116400000, 19400000, 7, 5, "蚌埠", "Bengbu"),
    ("南通海润船舶配套有限公司", 3, "good", (), "he", 208800000, 41800000, 8, -1, "南通", "Nantong"),
    ("嘉兴宏泰纺织有限公司", 3, "good", (), "zhao", 153020000, 7650000, 9, 8, "嘉兴", "Jiaxing"),
    ("镇江金港包装材料有限公司", 3, "idle", (), "zhou", None, None, 12, None, "镇江", "Zhenjiang"),
    ("绍兴越新印染有限公司", 2, "defer", (), "chen", 28600000, None, 33, 13, "绍兴", "Shaoxing"),
    ("温州正阳阀门制造有限公司", 2, "warn", (), "chen", 41500000, 16800000, 47, -12, "温州", "Wenzhou"),
    ("湖州安吉竹木制品有限公司", 1, "idle", (), None, 9200000, None, 132, None, "湖州", "Huzhou"),
)


def customer_columns() -> tuple[p.Column, ...]:
    """The columns of the customer list."""
    kind, place, column = p.ColumnKind, p.CardPlace, p.Column
    return (
        column("name", t("客户名称", "Customer"), kind.NAME, "?order=name", place=place.NAME),
        column("stars", t("星级", "Stars"), kind.STARS),
        column("state", t("状态", "Status"), kind.TAG, place=place.STATE),
        column("tags", t("标签", "Tags"), kind.TAGS),
        column("owner", t("负责人", "Owner"), kind.PERSON, place=place.OWNER),
        column("total", t("合同额", "Contracts"), kind.MONEY, "?order=total", place=place.SUM),
        column("open", t("应收", "Receivable"), kind.MONEY),
        column("last", t("最近跟进", "Last contact"), kind.RELATIVE, "?order=-last", "descending", place.LAST, late_after=30),
        column("next", t("下次联系", "Next contact"), kind.DUE),
        column("city", t("所在地", "City"), quiet=True),
    )


def customer_rows() -> tuple[p.Row, ...]:
    """Twenty customers in every state."""
    return tuple(
        p.Row(
            str(number),
            "/record",
            (
                name,
                stars,
                state(status),
                marks(*tags),
                who(owner) if owner else None,
                total,
                due,
                NOW - timedelta(days=days),
                TODAY + timedelta(days=next_in) if next_in is not None else None,
                t(zh, en),
            ),
            name,
            number in (2, 5, 8),
            f"/c/east/customers/{number}/follow",
        )
        for number, (name, stars, status, tags, owner, total, due, days, next_in, zh, en) in enumerate(CUSTOMERS, 1)
    )


def options(name: str, zh: str, en: str, *values: tuple[str, str]) -> p.QuickFilter:
    """A filter by choice."""
    return p.QuickFilter(name, t(zh, en), options=tuple(p.FilterOption(str(n), t(*value)) for n, value in enumerate(values)))


def customers() -> p.ListPage:
    """The customer list of the mock-up."""
    views = (
        ("全部客户", "All customers", "10,000+"),
        ("我负责的", "Mine", "186"),
        ("部门重点客户", "Key customers", "86"),
        ("超 30 天未跟进", "Silent 30 days", "14"),
    )
    verb = p.Verb
    return p.ListPage(
        title=t("客户", "Customers"),
        action="/list",
        columns=customer_columns(),
        rows=customer_rows(),
        views=tuple(p.Link(t(zh, en), f"/list?view={n}", count=count, current=n == 0) for n, (zh, en, count) in enumerate(views)),
        create=p.Link(t("新建客户", "New customer"), "/form", "plus", drawer=True),
        secondary=(p.Link(t("导入", "Import"), "/import", "upload"),),
        filters=(
            options("state", "状态", "Status", ("合作中", "Active"), ("洽谈中", "In talks"), ("待核实", "To verify")),
            options("stars", "星级", "Stars", ("五星", "Five stars"), ("四星", "Four stars")),
            p.QuickFilter("owner", t("负责人", "Owner"), p.FilterKind.REFERENCE, search_href="/choices"),
            p.QuickFilter("created", t("登记日期", "Registered"), p.FilterKind.DATES),
        ),
        chips=(
            p.Chip(t("部门", "Dept"), t("华东大区", "East region"), "/list?a=1", t("及下级", "+ below")),
            p.Chip(t("客户类型", "Type"), t("企业客户", "Company"), "/list?b=1"),
        ),
        clear_href="/list",
        kept=(("order", "-last"),),
        bulk=(
            verb(
                t("移交", "Hand over"),
                "/bulk/hand-over",
                "user-share",
                fields=(p.FormField("owner", t("新负责人", "New owner"), p.FieldKind.REFERENCE, required=True, search_href="/choices"),),
            ),
            verb(t("共享", "Share"), "/bulk/share", "users-plus"),
            verb(t("打标签", "Tag"), "/bulk/tag", "tag"),
            verb(
                t("申请导出", "Request export"),
                "/bulk/export",
                "file-export",
                forbidden=t("导出要先经部门负责人批准", "Exports need the head's approval first"),
            ),
            verb(
                t("归档", "Archive"),
                "/bulk/archive",
                "database",
                ask=p.Ask(
                    t("归档这些客户？", "Archive these customers?"),
                    t("会停止 6 项提醒，记录保留。", "Stops 6 reminders; records stay."),
                    t("归档", "Archive"),
                    t("不归档", "Keep"),
                ),
            ),
            verb(t("放入公海", "To pool"), "/bulk/pool", "droplet"),
        ),
        pager=p.Pager.of(1, 20, 10000, lambda page, size: f"/list?page={page}&size={size}", capped=True),
    )


def no_customers(kind: str = "no_match") -> p.ListPage:
    """The list without rows: nothing matches, never used, failed, off."""
    link = p.Link
    words = {
        "first": (
            t("这里是您的客户", "Your customers live here"),
            t("把名片上的公司记下来，或者从表格导入。", "Write down the companies of your cards, or import a table."),
            (
                link(t("新建第一个客户", "Add the first customer"), "/form", "plus"),
                link(t("从表格导入", "Import a table"), "/import", "upload"),
            ),
        ),
        "no_match": (
            t("没有符合条件的客户", "No customer matches"),
            t("状态是“待核实”且所在地是“苏州”的客户为 0 个。", "0 customers are “to verify” and in “Suzhou”."),
            (link(t("去掉“所在地”", "Drop “city”"), "/list"), link(t("清空条件", "Clear all"), "/list")),
        ),
        "failed": (
            t("没能取到数据", "The data did not come"),
            t("您填的内容还在。编号 8QX2-M1", "Nothing is lost. Number 8QX2-M1"),
            (link(t("再试一次", "Try again"), "/list", "refresh"),),
        ),
        "off": (
            t("市场模块已停用", "The module is off"),
            t("数据保留，需要时请找系统管理员。", "Data are kept; ask the system administrator."),
            (link(t("回工作台", "Back to home"), "/"),),
        ),
    }
    title, text, actions = words[kind]
    chips = (p.Chip(t("状态", "Status"), t("待核实", "To verify"), "/list"),) if kind == "no_match" else ()
    empty = p.Empty(
        p.EmptyKind(kind),
        title,
        text,
        actions,
        link(t("客户从哪里来（2 分钟）", "Where customers come from (2 minutes)"), "/help") if kind == "first" else None,
    )
    return p.ListPage(
        title=t("客户", "Customers"), action="/list", columns=customer_columns(), chips=chips, empty=empty, searchable=kind != "first"
    )


Page = Callable[[], p.Page]
