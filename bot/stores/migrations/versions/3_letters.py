"""What messaging platforms bring and take, and who has agreed to be written down."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"

CONVERSATION = sa.String(64)


def upgrade() -> None:
    """Make the tables; nothing is moved."""
    op.create_table(
        "letters",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(32), nullable=False),
        sa.Column("conversation", CONVERSATION, nullable=False, index=True),
        sa.Column("received", sa.Float, nullable=False, index=True),
        sa.Column("body", sa.LargeBinary),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("finished", sa.Boolean, nullable=False, index=True),
        sa.UniqueConstraint("mark", name="letters_once"),
    )
    op.create_table(
        "posts",
        sa.Column("letter", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("conversation", CONVERSATION, nullable=False, index=True),
        sa.Column("at", sa.Float, nullable=False, index=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "offers",
        sa.Column("conversation", CONVERSATION, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "consents",
        sa.Column("conversation", CONVERSATION, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("conversation", CONVERSATION, primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
