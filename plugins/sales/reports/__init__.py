"""What sales show on other records' pages and on the desk."""

from plugins.sales.reports.desk import desk_charts, desk_figures, desk_tasks
from plugins.sales.reports.profit import profit_figures
from plugins.sales.reports.records import (
    CUSTOMER_TABLES,
    OPPORTUNITY_TABLES,
    customer_counts,
    customer_figures,
    customer_timeline,
    opportunity_counts,
    project_timeline,
    quotation_counts,
)

__all__ = [
    "CUSTOMER_TABLES",
    "OPPORTUNITY_TABLES",
    "customer_counts",
    "customer_figures",
    "customer_timeline",
    "desk_charts",
    "desk_figures",
    "desk_tasks",
    "opportunity_counts",
    "profit_figures",
    "project_timeline",
    "quotation_counts",
]
