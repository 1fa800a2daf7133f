"""What demo contracts are about."""

from __future__ import annotations

GOODS: tuple[tuple[str, str, str, str], ...] = (
    ("KY-75A", "螺杆空压机 75kW", "台", "186000.00"),
    ("KY-37B", "永磁变频空压机 37kW", "台", "98500.00"),
    ("GZ-20", "冷冻式干燥机 20m³", "台", "32600.00"),
    ("CG-3", "储气罐 3m³", "只", "9800.00"),
    ("BY-12", "年度保养包", "套", "12800.00"),
    ("LX-02", "精密过滤器滤芯", "只", "460.00"),
    ("GD-50", "铝合金管道 DN50", "米", "138.50"),
)
SMALL_GOODS = GOODS[4:]
SUBJECTS = ("二期厂房空压站", "空压机节能改造", "年度保养服务", "干燥净化系统", "管网改造工程", "备件年度供货")
TERMS = "合同生效后付三成，发货前付三成，验收后付三成，质保金一成，质保期一年。"
IN_PARTS = ("30, 30, 30, 10", "30, 60, 10", "50, 50", "40, 50, 10")
"""Shares in per cent of the payment schedules."""
AGREED: tuple[tuple[str, str], ...] = (
    ("更换干燥机滤芯并调试", "3800.00"),
    ("上门更换温控阀", "1260.00"),
    ("空压机年检与润滑油更换", "5400.00"),
    ("管路漏点检测与修补", "2900.00"),
)
"""What was agreed by word of mouth, and for how much (yuan)."""
