"""Files of service requests that are still to be handled (R-475)."""

from __future__ import annotations

from core.work.declared_imports import declared_import
from plugins.service.models import ServiceRequest
from plugins.service.operations import change_request, receive_request

REQUESTS = declared_import(
    ServiceRequest,
    receive_request,
    change_request,
    keys=(("customer", "title"),),
    aliases={
        "customer": ("客户编号", "客户代码", "customer no", "customer code"),
        "title": ("服务请求", "主题", "标题", "subject"),
        "description": ("问题描述", "描述", "内容", "description"),
        "received_at": ("受理时间", "受理日期", "received"),
    },
)
TARGETS = (REQUESTS,)
