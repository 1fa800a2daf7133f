"""The provinces of China under the names that files use for them."""

from __future__ import annotations

_SHORT = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 "
    "陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
_LONG = {
    "内蒙古自治区": "内蒙古",
    "内蒙": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}
PROVINCES: tuple[str, ...] = tuple(_SHORT.split())
"""Short names, as customers carry them in their region (R-064)."""


def province(name: str) -> str | None:
    """The short name of the province meant by ``name`` ('广东省', '内蒙'), or None when it is none."""
    short = _LONG.get(name) or name.removesuffix("省").removesuffix("市")
    return short if short in PROVINCES else None
