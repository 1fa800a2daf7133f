"""The words that customers are described by; each company may add its own (R-060)."""

from __future__ import annotations

from core.extension.exchange import CodeListSpec
from core.kernel.words import Message, msg
from plugins.customers.rules import Source

_INDUSTRIES: tuple[tuple[str, Message], ...] = (
    ("agriculture", msg("Agriculture, forestry and fishing")),
    ("mining", msg("Mining")),
    ("manufacturing", msg("Manufacturing")),
    ("energy", msg("Electricity, heat, gas and water")),
    ("construction", msg("Construction")),
    ("retail", msg("Wholesale and retail")),
    ("transport", msg("Transport and storage")),
    ("catering", msg("Hotels and catering")),
    ("technology", msg("Information technology")),
    ("software", msg("Software development")),
    ("telecommunications", msg("Telecommunications")),
    ("finance", msg("Finance")),
    ("real_estate", msg("Real estate")),
    ("marketing", msg("Advertising and marketing")),
    ("employment", msg("Recruitment and employment services")),
    ("services", msg("Business services")),
    ("research", msg("Research and technical services")),
    ("education", msg("Education")),
    ("medical", msg("Health and medical care")),
    ("entertainment", msg("Culture and entertainment")),
    ("public", msg("Public administration")),
)
_REGIONS: tuple[tuple[str, Message], ...] = (
    ("北京", msg("Beijing")),
    ("天津", msg("Tianjin")),
    ("上海", msg("Shanghai")),
    ("重庆", msg("Chongqing")),
    ("河北", msg("Hebei")),
    ("山西", msg("Shanxi")),
    ("辽宁", msg("Liaoning")),
    ("吉林", msg("Jilin")),
    ("黑龙江", msg("Heilongjiang")),
    ("江苏", msg("Jiangsu")),
    ("浙江", msg("Zhejiang")),
    ("安徽", msg("Anhui")),
    ("福建", msg("Fujian")),
    ("江西", msg("Jiangxi")),
    ("山东", msg("Shandong")),
    ("河南", msg("Henan")),
    ("湖北", msg("Hubei")),
    ("湖南", msg("Hunan")),
    ("广东", msg("Guangdong")),
    ("深圳", msg("Shenzhen")),
    ("海南", msg("Hainan")),
    ("四川", msg("Sichuan")),
    ("贵州", msg("Guizhou")),
    ("云南", msg("Yunnan")),
    ("陕西", msg("Shaanxi")),
    ("甘肃", msg("Gansu")),
    ("青海", msg("Qinghai")),
    ("台湾", msg("Taiwan")),
    ("内蒙古", msg("Inner Mongolia")),
    ("广西", msg("Guangxi")),
    ("西藏", msg("Tibet")),
    ("宁夏", msg("Ningxia")),
    ("新疆", msg("Xinjiang")),
    ("香港", msg("Hong Kong")),
    ("澳门", msg("Macao")),
)

CODE_LISTS: tuple[CodeListSpec, ...] = (
    CodeListSpec(
        "customers.industry",
        msg("Industries"),
        _INDUSTRIES,
        open=True,
        help=msg("Offered when a customer is entered; other values may be typed too, as in lists of the stock exchanges."),
        aliases={"technology": ("technolgy", "IT"), "medical": ("healthcare",), "retail": ("wholesale",)},
    ),
    CodeListSpec(
        "customers.region",
        msg("Regions"),
        _REGIONS,
        open=True,
        help=msg("Provinces and other regions of a company; other values may be typed too."),
        aliases={code: (f"{code}省",) for code, _ in _REGIONS},
    ),
    CodeListSpec("customers.source", msg("Sources of customers"), tuple((one.value, one.label) for one in Source)),
)
"""Codes of regions are their Chinese short names, under which files and the spreading of imported rows know them."""
