"""Funds, allocation runs and their lines, payments, support records, findings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "allocation_lines",
        sa.Column("run_id", sa.Text(collation="C"), nullable=False),
        sa.Column("line", sa.Text(collation="C"), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("failed", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("supported_by", sa.Text(collation="C"), nullable=True),
        sa.Column("already_paid_vnd", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("amount_vnd >= 0", name=op.f("ck_allocation_lines_amount")),
        sa.PrimaryKeyConstraint("run_id", "line", name=op.f("pk_allocation_lines")),
    )
    op.create_index(
        "ix_allocation_lines_content",
        "allocation_lines",
        ["line", "content"],
        unique=False,
        postgresql_where=sa.text("content IS NOT NULL AND amount_vnd > 0"),
    )
    op.create_table(
        "allocation_runs",
        sa.Column("run_id", sa.Text(collation="C"), nullable=False),
        sa.Column("fund_id", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(collation="C"), nullable=True),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("refusals", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ledger_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("allocated_from_vnd", sa.BigInteger(), nullable=True),
        sa.Column("allocated_vnd", sa.BigInteger(), nullable=True),
        sa.Column("unallocated_vnd", sa.BigInteger(), nullable=True),
        sa.Column("inputs_digest", sa.Text(), nullable=True),
        sa.Column("result_digest", sa.Text(), nullable=True),
        sa.CheckConstraint("mode IN ('commit', 'preview')", name=op.f("ck_allocation_runs_mode")),
        sa.CheckConstraint(
            "state <> 'completed' OR (allocated_vnd >= 0 AND unallocated_vnd >= 0 AND allocated_vnd + unallocated_vnd = allocated_from_vnd)",
            name=op.f("ck_allocation_runs_adds_up"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'completed', 'refused')", name=op.f("ck_allocation_runs_state")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_allocation_runs")),
    )
    op.create_index("ix_allocation_runs_fund", "allocation_runs", ["fund_id"], unique=False)
    op.create_index(
        "uq_allocation_runs_supersedes",
        "allocation_runs",
        ["supersedes"],
        unique=True,
        postgresql_where=sa.text("state = 'completed' AND mode = 'commit'"),
    )
    op.create_table(
        "disbursements",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Text(collation="C"), nullable=True),
        sa.Column("line", sa.Text(collation="C"), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('paid', 'returned')", name=op.f("ck_disbursements_kind")),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_disbursements_amount")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_disbursements")),
        sa.UniqueConstraint(
            "source",
            "external_id",
            "revision",
            name=op.f("uq_disbursements_source_external_id_revision"),
        ),
    )
    op.create_index("ix_disbursements_line", "disbursements", ["run_id", "line"], unique=False)
    op.create_table(
        "findings",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_article", "findings", ["article_id"], unique=False)
    op.create_index(
        "uq_findings_current",
        "findings",
        ["subject", "finding_id"],
        unique=True,
        postgresql_where=sa.text("known_to IS NULL"),
    )
    op.create_table(
        "fund_balances",
        sa.Column("fund_id", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("allocated_vnd", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "allocated_vnd BETWEEN 0 AND amount_vnd", name=op.f("ck_fund_balances_never_overspent")
        ),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_fund_balances")),
    )
    op.create_table(
        "funds",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("fund_id", sa.Text(collation="C"), nullable=True),
        sa.Column("program", sa.Text(), nullable=True),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("funding_source", sa.Text(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("parent_run", sa.Text(collation="C"), nullable=True),
        sa.Column("parent_line", sa.Text(collation="C"), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_vnd >= 0", name=op.f("ck_funds_amount")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_funds")),
        sa.UniqueConstraint(
            "source", "external_id", "revision", name=op.f("uq_funds_source_external_id_revision")
        ),
    )
    op.create_index("ix_funds_fund", "funds", ["fund_id"], unique=False)
    op.create_index(
        "ix_funds_parent",
        "funds",
        ["parent_run", "parent_line"],
        unique=False,
        postgresql_where=sa.text("parent_run IS NOT NULL"),
    )
    op.create_table(
        "reviewed_subjects",
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("reviewed_through", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_reviewed_subjects")),
    )
    op.create_table(
        "support_records",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("program", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("fund_id", sa.Text(collation="C"), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Text(collation="C"), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_vnd >= 0", name=op.f("ck_support_records_amount")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_support_records_quantity")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_support_records")),
        sa.UniqueConstraint(
            "source",
            "external_id",
            "revision",
            name=op.f("uq_support_records_source_external_id_revision"),
        ),
    )
    op.create_index("ix_support_records_area", "support_records", ["area_id"], unique=False)
    op.create_index("ix_support_records_fund", "support_records", ["fund_id"], unique=False)
    op.create_index(
        "ix_support_records_household", "support_records", ["household_id"], unique=False
    )
    op.execute(_LINES_ADD_UP)
    op.execute(
        "CREATE TRIGGER allocation_runs_add_up AFTER UPDATE OF state ON allocation_runs "
        "FOR EACH ROW WHEN (NEW.state = 'completed') EXECUTE FUNCTION allocation_lines_add_up()"
    )


# The code asserts it too; here no defect of the code can get around it.
_LINES_ADD_UP = """
CREATE FUNCTION allocation_lines_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.allocated_vnd IS DISTINCT FROM (
        SELECT coalesce(sum(amount_vnd), 0) FROM allocation_lines WHERE run_id = NEW.run_id)
    THEN
        RAISE EXCEPTION 'the lines of run % do not make what it allocated', NEW.run_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""
