"""What demo customers are called and what is said with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Place(NamedTuple):
    """Where a customer sits: its telephone begins with ``area_code``, its credit code names the ``division`` that registered it."""

    province: str
    city: str
    street: str
    area_code: str
    division: str


PLACES: dict[str, tuple[Place, ...]] = {
    "east": (
        Place("江苏", "苏州", "吴中区金枫南路", "0512", "320506"),
        Place("江苏", "无锡", "新吴区长江路", "0510", "320214"),
        Place("江苏", "徐州", "铜山区珠江东路", "0516", "320312"),
        Place("江苏", "扬州", "邗江区扬子江中路", "0514", "321003"),
        Place("浙江", "宁波", "鄞州区启明路", "0574", "330212"),
        Place("浙江", "台州", "椒江区机场中路", "0576", "331002"),
        Place("浙江", "金华", "婺城区宾虹西路", "0579", "330702"),
        Place("安徽", "合肥", "经开区紫云路", "0551", "340100"),
        Place("安徽", "芜湖", "鸠江区九华北路", "0553", "340207"),
        Place("上海", "上海", "松江区中辰路", "021", "310117"),
    ),
    "west": (
        Place("四川", "成都", "双流区物联大道", "028", "510116"),
        Place("四川", "绵阳", "涪城区绵兴东路", "0816", "510703"),
        Place("重庆", "重庆", "渝北区金渝大道", "023", "500112"),
        Place("陕西", "西安", "雁塔区科技二路", "029", "610113"),
        Place("陕西", "宝鸡", "高新大道", "0917", "610300"),
        Place("湖北", "武汉", "东西湖区金山大道", "027", "420112"),
        Place("湖南", "长沙", "岳麓区麓枫路", "0731", "430104"),
        Place("广东", "佛山", "顺德区科苑一路", "0757", "440606"),
        Place("广东", "东莞", "松山湖工业西路", "0769", "441900"),
        Place("甘肃", "兰州", "西固区环行东路", "0931", "620104"),
    ),
}
STEMS = (
    *(
        "恒锐",
        "联创",
        "重远",
        "恒信",
        "海曜",
        "永固",
        "义和",
        "晶澄",
        "江源",
        "启泽",
        "博泰",
        "瑞川",
        "金港",
        "越新",
        "正阳",
        "华玻",
        "宏泰",
    ),
    *(
        "海润",
        "安竹",
        "云栖",
        "川衡",
        "锦拓",
        "渝锋",
        "秦岳",
        "宝垣",
        "楚衡",
        "湘泽",
        "南粤信",
        "松岭",
        "陇正",
        "蜀科",
        "巴山",
        "明远",
        "嘉禾",
    ),
    *("天翼衡", "聚鑫源", "卓朗", "维特恩", "鼎盛和", "凯旋达", "远景河", "立昌", "众邦", "德宇"),
)
FIRST = "恒联重海永义晶江启博瑞金越正华宏润安云川锦渝秦宝楚湘松陇蜀明嘉卓鼎凯立众德天聚远"
SECOND = "锐创信曜固和澄源泽泰港新阳玻栖衡拓锋岳垣岭科禾朗盛达昌邦宇翼鑫"
"""Two letters of a further name."""
TRADES: tuple[tuple[str, str], ...] = (
    ("精密机械", "专用设备制造"),
    ("轴承", "通用零部件"),
    ("工程机械", "专用设备制造"),
    ("电缆", "电气设备"),
    ("电器", "家用电器"),
    ("模具", "通用零部件"),
    ("五金", "金属制品"),
    ("光电科技", "电子元件"),
    ("汽车零部件", "汽车配件"),
    ("生物医药", "医药制造"),
    ("新能源", "电源设备"),
    ("食品机械", "专用设备制造"),
    ("包装材料", "包装印刷"),
    ("印染", "纺织"),
    ("阀门制造", "通用设备"),
)
INDUSTRIES: Mapping[str, tuple[str, str]] = {
    "专用设备制造": ("special_machinery", "Special-purpose machinery"),
    "通用零部件": ("components", "General components"),
    "电气设备": ("electrical_equipment", "Electrical equipment"),
    "家用电器": ("appliances", "Household appliances"),
    "金属制品": ("metal_products", "Metal products"),
    "电子元件": ("electronic_components", "Electronic components"),
    "汽车配件": ("automotive_parts", "Automotive parts"),
    "医药制造": ("pharmaceuticals", "Pharmaceuticals"),
    "电源设备": ("power_supplies", "Power supplies"),
    "包装印刷": ("packaging", "Packaging and printing"),
    "纺织": ("textiles", "Textiles"),
    "通用设备": ("general_machinery", "General machinery"),
}
"""Code and English label of the industries that a company of the demonstration adds to the list."""
SURNAMES = (
    "刘陈杨黄吴徐孙朱马胡郭高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡"
    "潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵"
)
GIVEN = ("建国", "志强", "晓芸", "雅琴", "佳怡", "文博", "思齐", "启明", "海涛", "丽华", "俊杰", "春梅", "国栋", "欣然", "立新", "玉兰")
POSITIONS = (("设备部", "部长"), ("采购部", "采购经理"), ("总经办", "总经理"), ("生产部", "主管"), ("财务部", "会计"), ("动力车间", "主任"))
TALKS: tuple[tuple[str, str, str], ...] = (
    ("{who}确认空压机方案按两用一备走，要求尽快给正式报价，付款方式想改为 3-3-3-1。", "需求已确认", "送正式报价"),
    ("到厂里看了机房，管网压力波动大，{who}同意先做一周用气量测绘。", "同意测绘", "安排测绘人员"),
    ("{who}说今年技改预算六月批下来，目前在比三家。", "有预算", "送样机资料"),
    ("电话回访，设备运行正常，{who}问起保养包的价格。", "运行正常", "发保养报价"),
    ("参观了我们的装配车间，{who}对交货期有顾虑，想分两批交。", "关注交期", "给出分批交货计划"),
    ("{who}反映上次送货单据少一联，已补寄，并约好下次见面。", "已补单据", "上门拜访"),
    ("谈了年度框架合同，{who}希望价格锁定一年。", "有意年度合同", "拟框架合同草稿"),
)
NEEDS = ("二期厂房空压站改造", "降低用气能耗", "年度保养与备件", "新增一条生产线", "老旧设备更换")
