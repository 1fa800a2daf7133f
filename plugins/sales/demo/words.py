"""What demo opportunities, quotations, orders and projects are about."""

from __future__ import annotations

SUBJECTS = (
    "二期厂房空压站",
    "空压机节能改造",
    "年度保养服务",
    "干燥净化系统",
    "管网改造工程",
    "新线用气配套",
    "无油机更换",
    "集中供气站",
    "备件年度供货",
    "余热回收改造",
)
NEEDS = (
    "现有设备能耗高，计划在下次检修前更换，要求两用一备。",
    "新线投产在即，用气量约 40 立方每分钟，对露点有要求。",
    "客户在比三家，关注五年运行成本和售后到场时间。",
    "集团统一招标，技术标先行，商务标两周后开。",
    "老客户追加，沿用上次的配置和付款条件。",
)
STEPS = ("上门测绘用气量", "递交技术方案", "报价并说明付款条件", "约客户参观样板站", "确认合同条款", "请部长一起拜访")
COMPETITORS = ("海川动力", "北方压缩机", "联合气源")
RIVAL_NOTES = ("价格低一成左右，交货慢。", "本地服务网点多，能效指标弱。", "擅长大型无油机，报价偏高。")
LOST_NOTES = {
    "price": ("客户最终选择了报价更低的一家", "比同行高一成，客户没有再谈"),
    "budget": ("集团今年压缩技改预算", "技改预算没有批下来，明年再议"),
    "competitor": ("对方承诺两周交货", "对方在当地有服务站，到场更快"),
}
"""What is noted beside each reason."""
WON_NOTES = {
    "solution": ("测绘数据说服了设备部", "两用一备的方案得到认可"),
    "price": ("价格和付款条件谈妥", "五年运行成本最低"),
    "service": ("承诺四小时到场，客户放心", "认可我们的保养服务"),
    "relation": ("老客户续签", "设备部多年合作，直接采购"),
}
ENTRIES: tuple[tuple[str, int, int], ...] = (
    ("现场勘察完成，机房尺寸和电源已确认。", 10, 4),
    ("设备已排产，预计四周后发货。", 35, 15),
    ("管路材料到场，开始安装支架。", 55, 46),
    ("主机就位，完成电气接线。", 75, 62),
    ("试运行三天，压力稳定。", 90, 80),
)
"""What was done, how far the project is then in per cent, and how many days after its beginning."""
MILESTONES: tuple[tuple[str, int, int | None], ...] = (
    ("方案会签", 10, None),
    ("设备到货", 40, 1),
    ("安装调试完成", 75, 2),
    ("验收", 100, 3),
)
"""Name, days after the beginning of the project, and the payment of the contract that becomes due."""
DUTIES = ("技术支持", "现场安装", "商务协调")
REASON = "客户扩产，现有空压站供气不足；本项目可带动后续保养合同。"
WAY = "先测绘后设计，分两批发货，周末停机切换，不影响客户生产。"
OFFERS = ("空压站设备", "节能改造", "备件年度供货", "干燥净化系统", "保养服务")
"""What is quoted without an opportunity."""
TERMS = (
    "交货期：合同生效后 30 天内送达现场。付款：预付三成，货到六成，质保金一成。",
    "交货期：现货，三天内发出。付款：月结 30 天。",
    "含安装调试与一次操作培训，质保 24 个月。付款：预付五成，验收后付清。",
)
ANSWERS = ("价格可以，请尽快安排", "同意，按此下单", "设备部已确认，走采购流程")
REFUSALS = (("price", "比同行高一成左右"), ("budget", "今年的预算用完了"), ("delivery", "希望两周内到货"))
"""Reason and what the customer said."""
