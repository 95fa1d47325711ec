"""The first schema: facts, results on two clocks, messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("CREATE SEQUENCE recording_ids")
    op.create_table(
        "announcements",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("announced_through", sa.Date(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_announcements_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_table(
        "area_facts",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_area_facts")),
        sa.UniqueConstraint(
            "source",
            "external_id",
            "revision",
            name=op.f("uq_area_facts_source_external_id_revision"),
        ),
    )
    op.create_index("ix_area_facts_area", "area_facts", ["area_id", "on_date"], unique=False)
    op.create_table(
        "area_successions",
        sa.Column("old_code", sa.Text(), nullable=False),
        sa.Column("new_code", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "old_code", "new_code", "on_date", name=op.f("pk_area_successions")
        ),
    )
    op.create_table(
        "areas",
        sa.Column("area_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_areas")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_areas_code_valid_from")),
    )
    op.create_table(
        "articles",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_articles")),
        sa.UniqueConstraint(
            "source",
            "external_id",
            "revision",
            name=op.f("uq_articles_source_external_id_revision"),
        ),
    )
    op.create_index(op.f("ix_articles_article_id"), "articles", ["article_id"], unique=False)
    op.create_table(
        "crash_ledger",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), server_default="", nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("route", "message_id", "item", name=op.f("pk_crash_ledger")),
    )
    op.create_table(
        "episodes",
        sa.Column("household_id", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("living_standard", sa.Text(), nullable=True),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("spell_from", sa.Date(), nullable=True),
        sa.Column("spell_to", sa.Date(), nullable=True),
        sa.Column("spell_event", sa.Uuid(), nullable=True),
        sa.Column("assessment", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("area_type", sa.Text(), nullable=True),
        sa.Column("ethnic_group", sa.Text(), nullable=True),
        sa.Column("deprived", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("known_to > known_from", name=op.f("ck_episodes_known_period")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_episodes_valid_period")),
    )
    op.create_index(
        "ix_episodes_area",
        "episodes",
        ["area_id"],
        unique=False,
        postgresql_where=sa.text("known_to IS NULL"),
    )
    op.create_index(
        "ix_episodes_area_history",
        "episodes",
        ["area_id"],
        unique=False,
        postgresql_where=sa.text("known_to IS NOT NULL"),
    )
    op.create_index(
        "ix_episodes_due",
        "episodes",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("known_to IS NULL AND due_on IS NOT NULL"),
    )
    op.create_index(
        "ix_episodes_history",
        "episodes",
        ["household_id", "known_to"],
        unique=False,
        postgresql_where=sa.text("known_to IS NOT NULL"),
    )
    op.create_index(
        "uq_episodes_current",
        "episodes",
        ["household_id", "valid_from"],
        unique=True,
        postgresql_where=sa.text("known_to IS NULL"),
    )
    op.create_table(
        "history_digests",
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("episodes", sa.BigInteger(), nullable=False),
        sa.Column("transitions", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("known_at", name=op.f("pk_history_digests")),
    )
    op.create_table(
        "household_events",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Text(collation="C"), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("continues", sa.Text(collation="C"), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_household_events")),
        sa.UniqueConstraint(
            "source",
            "external_id",
            "revision",
            name=op.f("uq_household_events_source_external_id_revision"),
        ),
    )
    op.create_index(
        "ix_household_events_continues",
        "household_events",
        ["continues"],
        unique=False,
        postgresql_where=sa.text("continues IS NOT NULL"),
    )
    op.create_index(
        "ix_household_events_household", "household_events", ["household_id"], unique=False
    )
    op.create_table(
        "household_members",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Text(collation="C"), nullable=False),
        sa.Column("member", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_household_members")),
    )
    op.create_index(
        op.f("ix_household_members_household_id"),
        "household_members",
        ["household_id"],
        unique=False,
    )
    op.create_table(
        "households",
        sa.Column("household_id", sa.Text(collation="C"), nullable=False),
        sa.Column("folded_through", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_households")),
    )
    op.create_table(
        "import_rejected",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=False),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "row", "fault", name=op.f("pk_import_rejected")),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'completed', 'interrupted')", name=op.f("ck_imports_state")
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_table(
        "knowledge_clock",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_knowledge_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_clock")),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        postgresql_with={
            "fillfactor": 90,
            "autovacuum_vacuum_scale_factor": 0.01,
            "autovacuum_vacuum_cost_delay": 0,
        },
    )
    op.create_index(
        op.f("ix_outbox_available_at_seq"), "outbox", ["available_at", "seq"], unique=False
    )
    op.create_table(
        "quarantine",
        sa.Column("quarantine_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sqlstate", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "first_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'replayed', 'resolved')", name=op.f("ck_quarantine_state")
        ),
        sa.PrimaryKeyConstraint("quarantine_id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint(
            "route", "message_id", "item", name=op.f("uq_quarantine_route_message_id_item")
        ),
    )
    op.create_index(
        "ix_quarantine_open",
        "quarantine",
        ["quarantine_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        op.f("ix_quarantine_route_item"),
        "quarantine",
        ["route", "item"],
        unique=False,
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_table(
        "recordings",
        sa.Column("recording_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_recordings")),
    )
    op.create_table(
        "seed_versions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", name=op.f("pk_seed_versions")),
    )
    op.create_table(
        "transitions",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transition_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Text(collation="C"), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("movements", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("standard_changed", sa.Boolean(), nullable=False),
        sa.Column("cause_event", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retracts", sa.Uuid(), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_transitions")),
    )
    op.create_index("ix_transitions_household", "transitions", ["household_id"], unique=False)
    op.execute("INSERT INTO knowledge_clock (id, at) VALUES (1, clock_timestamp())")
