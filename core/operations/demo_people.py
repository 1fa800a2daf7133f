"""The two companies of the demonstration: who sits where and does what (design 5)."""

from __future__ import annotations

from dataclasses import dataclass

from core.organisation.models import Duty


@dataclass(frozen=True)
class Place:
    """A department, below the one whose code is ``parent``."""

    code: str
    name: str
    parent: str = "hq"


@dataclass(frozen=True)
class Person:
    """An account, its employee, the presets of its roles, and what it leads: (department code, duty)."""

    account: str
    name: str
    department: str
    position: str
    roles: tuple[str, ...]
    leads: tuple[tuple[str, Duty], ...] = ()


@dataclass(frozen=True)
class House:
    """One company with its people."""

    slug: str
    name: str
    places: tuple[Place, ...]
    people: tuple[Person, ...]


IN_CHARGE = Duty.IN_CHARGE
QIHENG = House(
    "qiheng",
    "启衡机电",
    (
        Place("sales", "销售中心"),
        Place("east", "华东销售部", "sales"),
        Place("west", "西部销售部", "sales"),
        Place("contracts", "合同管理部"),
        Place("finance", "财务部"),
        Place("service", "售后服务部"),
        Place("network", "网络管理部"),
        Place("audit", "审计部"),
    ),
    (
        Person("admin", "林启航", "network", "系统管理员", ("system_administrator",)),
        Person("security", "周安然", "network", "安全管理员", ("security_administrator", "network_management")),
        Person("auditor", "沈明察", "audit", "审计管理员", ("audit_administrator",)),
        Person(
            "leader",
            "顾远谋",
            "hq",
            "副总经理",
            ("leader_in_charge", "privacy_officer"),
            (("sales", IN_CHARGE), ("contracts", IN_CHARGE), ("service", IN_CHARGE)),
        ),
        Person("head.east", "陆东升", "east", "部门经理", ("department_head",), (("east", Duty.HEAD),)),
        Person("head.west", "秦望山", "west", "部门经理", ("department_head",), (("west", Duty.HEAD),)),
        Person("sales.east1", "苏晓晨", "east", "销售经理", ("salesperson", "customer_manager")),
        Person("sales.east2", "吴佳宁", "east", "销售代表", ("salesperson",)),
        Person("sales.west1", "马一川", "west", "销售经理", ("salesperson", "customer_manager")),
        Person("contracts", "郑守约", "contracts", "合同管理员", ("contract_administrator",)),
        Person("invoicing", "钱清源", "finance", "开票员", ("invoicing_clerk",)),
        Person("service", "何暖心", "service", "服务工程师", ("after_sales",)),
        Person("finance", "尹正明", "finance", "财务部经理", ("finance_manager",)),
    ),
)
HUARUI = House(
    "huarui",
    "华睿仪器",
    (
        Place("sales", "市场销售部"),
        Place("east", "华东办事处", "sales"),
        Place("west", "西部办事处", "sales"),
        Place("network", "信息部"),
    ),
    (
        Person("admin2", "方知远", "network", "系统管理员", ("system_administrator",)),
        Person("head2", "唐立言", "sales", "部门经理", ("department_head",), (("sales", Duty.HEAD),)),
        Person("sales2", "罗锦程", "east", "销售代表", ("salesperson",)),
        Person("office2", "叶文清", "sales", "商务内勤", ("contract_administrator", "invoicing_clerk")),
    ),
)
HOUSES = (QIHENG, HUARUI)
ACCOUNTS = tuple(person.account for house in HOUSES for person in house.people)
