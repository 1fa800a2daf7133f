"""Files of competitors, found by their name."""

from core.work.declared_imports import declared_import
from plugins.sales.models import Competitor
from plugins.sales.operations.competitors import add_competitor, change_competitor

TARGET = declared_import(Competitor, add_competitor, change_competitor, aliases={"name": ("竞争对手", "公司名称", "名称", "company")})
