"""English names of pipelines and stages; those that the program has founded get the ones that it gives today."""

import sqlalchemy as sa
from alembic import op

revision = "sales_0003"
down_revision = "sales_0002"
branch_labels = None
depends_on = None

NAMES = {
    "sales_pipeline": {"标准销售流程": "Standard sales process"},
    "sales_stage": {
        "初步接触": "First contact",
        "需求确认": "Needs confirmed",
        "方案报价": "Proposal and quote",
        "商务谈判": "Negotiation",
        "待签约": "Ready to sign",
    },
}
LENGTHS = {"sales_pipeline": 80, "sales_stage": 60}


def upgrade() -> None:
    """Make the change."""
    for table, names in NAMES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("english", sa.String(length=LENGTHS[table]), nullable=True))
        stored = sa.table(table, sa.column("name", sa.String), sa.column("english", sa.String))
        for name, english in names.items():
            op.execute(stored.update().where(stored.c.name == name).values(english=english))


def downgrade() -> None:
    """Take the change back."""
    for table in NAMES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("english")
