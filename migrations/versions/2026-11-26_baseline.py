"""The schema: catalogue, assignments, the history of reports, the counts, tokens; and who may touch which rows.

Revision: baseline
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "baseline"
down_revision = None
branch_labels = None
depends_on = None

ROLE = "tiendo_app"
GRANTS = {
    "select": "alembic_version",
    "select, insert": "status_update, ruling, audit_entry, bulletin, obstacle_event, import_row",
    "select, update": "projection_checkpoint",
    "select, insert, update": (
        "campaign, unit, category, task, assignment, tally, last_report, token, revision, incarnation, provenance, obstacle"
    ),
    "select, insert, delete": "transition",
    "select, insert, update, delete": "idempotency_key, former_name, import, balance",
}
"""What the service may do with which tables: the history is append-only for it."""

# The service runs as this role, which owns nothing: row-level security holds for it. Where the migrator may not create
# roles, the database administrator creates it beforehand (`tiendo db roles`). Who migrates may serve as well where it
# has the right to hand itself the role: from PostgreSQL 16 on, who creates one is not let into it by that alone.
CREATE_ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'tiendo_app') then
    begin
      create role tiendo_app nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'tiendo_app', 'set') then
    begin
      execute 'grant tiendo_app to current_user with inherit false, set true';
    exception when insufficient_privilege then null;
    end;
  end if;
end $$
"""

# `*` is everything; `38/*` a province with its communes; `38/14758` one commune alone. No scope, no rows. A transaction
# that stores the reports of several callers names the scopes of all, parted by blanks.
SCOPE = "nullif(current_setting('tiendo.scope', true), '')"
IN_SCOPE = f"""
  (select {SCOPE}) = '*'
  or (select string_to_array({SCOPE}, ' ')) && array[owner || '/*', owner || '/' || unit]
"""
ADDRESSED = f"{IN_SCOPE} or (select {SCOPE}) = addressed_to || '/*'"
# Compared inside, so that the planner does not believe that the comparison picks out rows.
EVERYTHING = "(select coalesce(current_setting('tiendo.scope', true), '') = '*')"

# After a restore the rows bear transaction ids of another incarnation. Those that this one has not reached yet would
# come up in the change feed a second time, or hide behind cursors; here they are put before everything. It runs once in
# an incarnation, with the owner's rights, because the history is append-only for the service.
BEGIN_INCARNATION = """
create function begin_incarnation(named text) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('incarnation', 0));
  if exists (select from incarnation where fingerprint = named) then
    return;
  end if;
  update status_update set xid = '0' where not pg_visible_in_snapshot(xid, pg_current_snapshot());
  update ruling set xid = '0' where not pg_visible_in_snapshot(xid, pg_current_snapshot());
  update obstacle_event set xid = '0' where not pg_visible_in_snapshot(xid, pg_current_snapshot());
  update bulletin set xid = '0' where not pg_visible_in_snapshot(xid, pg_current_snapshot());
  update assignment set xid = '0' where not pg_visible_in_snapshot(xid, pg_current_snapshot());
  insert into incarnation (fingerprint, began_at) values (named, clock_timestamp());
end $$
"""

# One report on its way into the history: what a batch hands over of each, as one record instead of many arrays.
PENDING_REPORT = """
create type pending_report as (
    owner text,
    task text,
    unit text,
    id uuid,
    status text,
    effective_at timestamptz,
    recorded_at timestamptz,
    note text,
    evidence text[],
    document_number text,
    document_date date,
    scope text,
    token text,
    tokens bigint,
    catalogue bigint,
    key text,
    fingerprint bytea,
    answer bytea
)
"""


class Xid8(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    create_tables()
    op.execute(
        "insert into projection_checkpoint (what, incarnation, until, still_open) values ('transitions', '', 0, '{}')"
    )
    op.execute(PENDING_REPORT)
    op.execute(CREATE_ROLE)
    op.execute(f"grant usage on schema public to {ROLE}")
    for rights, tables in GRANTS.items():
        op.execute(f"grant {rights} on {tables} to {ROLE}")
    op.execute(BEGIN_INCARNATION)
    op.execute("revoke all on function begin_incarnation(text) from public")
    op.execute(f"grant execute on function begin_incarnation(text) to {ROLE}")
    confine_rows()


def confine_rows() -> None:
    """Row-level security: figures read everything, callers their own rows, an agency the obstacles addressed to it."""
    for table in ("assignment", "ruling", "status_update", "import", "import_row"):
        enable_row_security(table)
        op.execute(f"create policy scope on {table} to {ROLE} using ({IN_SCOPE}) with check ({IN_SCOPE})")
    for table in ("obstacle", "obstacle_event"):
        enable_row_security(table)
        op.execute(f"create policy seen on {table} for select to {ROLE} using ({ADDRESSED})")
    op.execute(f"create policy reported on obstacle for insert to {ROLE} with check ({IN_SCOPE})")
    op.execute(f"create policy answered on obstacle for update to {ROLE} using ({ADDRESSED}) with check ({ADDRESSED})")
    op.execute(f"create policy answered on obstacle_event for insert to {ROLE} with check ({ADDRESSED})")
    enable_row_security("transition")
    op.execute(f"create policy figures on transition to {ROLE} using ({EVERYTHING}) with check ({EVERYTHING})")


def enable_row_security(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")


def create_tables() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "balance",
        sa.Column("span", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("in_progress", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.CheckConstraint("span in (1, 8)", name=op.f("ck_balance_span")),
        sa.PrimaryKeyConstraint("span", "at", "owner", "task", "deadline", name=op.f("pk_balance")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "campaign",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opening", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("go_live", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_campaign")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "token", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "import",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("read_as", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("headers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('previewed', 'committed')", name=op.f("ck_import_state")),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_import")),
    )
    op.create_table(
        "incarnation",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_incarnation")),
    )
    op.create_table(
        "last_report",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("last_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "unit", name=op.f("pk_last_report")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "projection_checkpoint",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("incarnation", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("still_open", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_projection_checkpoint")),
    )
    op.create_table(
        "provenance",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_provenance")),
    )
    op.create_table(
        "revision",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_revision")),
    )
    op.create_table(
        "status_update",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint(
            "status in ('not_started', 'in_progress', 'blocked', 'completed', 'verified', 'returned')",
            name=op.f("ck_status_update_status"),
        ),
        sa.CheckConstraint("effective_at <= recorded_at", name=op.f("ck_status_update_effective_not_after_recorded")),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_status_update")),
    )
    op.create_index(
        "ix_status_update_state",
        "status_update",
        [
            "owner",
            "task",
            "unit",
            sa.literal_column("effective_at desc"),
            sa.literal_column("recorded_at desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
        postgresql_include=["status"],
    )
    op.create_index(op.f("ix_status_update_xid_id"), "status_update", ["xid", "id"], unique=False)
    op.create_table(
        "tally",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("in_progress", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("completed", sa.BigInteger(), nullable=False),
        sa.Column("verified", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("last_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "task", "deadline", name=op.f("pk_tally")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "transition",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("complete_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.SmallInteger(), nullable=False),
        sa.Column("in_progress", sa.SmallInteger(), nullable=False),
        sa.Column("blocked", sa.SmallInteger(), nullable=False),
        sa.Column("returned", sa.SmallInteger(), nullable=False),
        sa.Column("completed", sa.SmallInteger(), nullable=False),
        sa.Column("verified", sa.SmallInteger(), nullable=False),
        sa.Column("late", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "status in ('not_started', 'in_progress', 'blocked', 'completed', 'verified', 'returned')",
            name=op.f("ck_transition_status"),
        ),
        sa.PrimaryKeyConstraint("owner", "task", "unit", "at", name=op.f("pk_transition")),
    )
    op.create_index(op.f("ix_transition_at"), "transition", ["at"], unique=False)
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(level = 'commune') = (province is not null)", name=op.f("ck_unit_communes_have_a_province")
        ),
        sa.CheckConstraint("level in ('province', 'commune', 'agency')", name=op.f("ck_unit_level")),
        sa.CheckConstraint("owner = coalesce(province, code)", name=op.f("ck_unit_owner")),
        sa.ForeignKeyConstraint(["province"], ["unit.code"], name=op.f("fk_unit_province")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_level_code"), "unit", ["level", "code"], unique=False)
    op.create_index(op.f("ix_unit_province_code"), "unit", ["province", "code"], unique=False)
    op.create_table(
        "bulletin",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.code"], name=op.f("fk_bulletin_campaign")),
        sa.PrimaryKeyConstraint("campaign", "number", name=op.f("pk_bulletin")),
    )
    op.create_index(op.f("ix_bulletin_xid_id"), "bulletin", ["xid", "id"], unique=False)
    op.create_table(
        "category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.code"], name=op.f("fk_category_campaign")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
        sa.UniqueConstraint(
            "campaign", "position", deferrable=True, initially="DEFERRED", name=op.f("uq_category_campaign_position")
        ),
    )
    op.create_table(
        "former_name",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_former_name_unit")),
        sa.PrimaryKeyConstraint("unit", "until", name=op.f("pk_former_name")),
    )
    op.create_table(
        "import_row",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "outcome in ('current', 'superseded', 'unchanged', 'rejected')", name=op.f("ck_import_row_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["owner", "import_id"],
            ["import.owner", "import.id"],
            name=op.f("fk_import_row_owner_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner", "import_id", "line", name=op.f("pk_import_row")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role in ('viewer', 'reporter', 'agency', 'ministry', 'admin')", name=op.f("ck_token_role")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_token_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
    )
    op.create_table(
        "task",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quality_standard", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("level in ('province', 'commune', 'agency')", name=op.f("ck_task_level")),
        sa.ForeignKeyConstraint(["category"], ["category.code"], name=op.f("fk_task_category")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_category"), "task", ["category"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("original_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("responsible_office", sa.Text(), nullable=True),
        sa.Column("responsible_person", sa.Text(), nullable=True),
        sa.Column("quality_standard", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="not_started", nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("update_id", sa.Uuid(), nullable=True),
        sa.Column("complete_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint(
            "status in ('not_started', 'in_progress', 'blocked', 'completed', 'verified', 'returned')",
            name=op.f("ck_assignment_status"),
        ),
        sa.ForeignKeyConstraint(["task"], ["task.code"], name=op.f("fk_assignment_task")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_assignment_unit")),
        sa.PrimaryKeyConstraint("owner", "task", "unit", name=op.f("pk_assignment")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_assignment_unit_task"), "assignment", ["unit", "task"], unique=False)
    op.create_index(op.f("ix_assignment_xid"), "assignment", ["xid"], unique=False)
    op.create_table(
        "obstacle",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("addressed_to", sa.Text(), nullable=False),
        sa.Column("needed_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state in ('open', 'acknowledged', 'resolved', 'declined')", name=op.f("ck_obstacle_state")),
        sa.CheckConstraint(
            "\"group\" in ('infrastructure', 'systems', 'institution_staff', 'support')", name=op.f("ck_obstacle_group")
        ),
        sa.ForeignKeyConstraint(["addressed_to"], ["unit.code"], name=op.f("fk_obstacle_addressed_to")),
        sa.ForeignKeyConstraint(["task"], ["task.code"], name=op.f("fk_obstacle_task")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_obstacle_unit")),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_obstacle")),
    )
    op.create_index(op.f("ix_obstacle_addressed_to_id"), "obstacle", ["addressed_to", "id"], unique=False)
    op.create_index(op.f("ix_obstacle_id"), "obstacle", ["id"], unique=False)
    op.create_table(
        "obstacle_event",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obstacle", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("addressed_to", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'acknowledged', 'resolved', 'declined')", name=op.f("ck_obstacle_event_state")
        ),
        sa.ForeignKeyConstraint(
            ["owner", "obstacle"], ["obstacle.owner", "obstacle.id"], name=op.f("fk_obstacle_event_owner_obstacle")
        ),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_obstacle_event")),
    )
    op.create_index(
        op.f("ix_obstacle_event_owner_obstacle_at_id"),
        "obstacle_event",
        ["owner", "obstacle", "at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_obstacle_event_xid_id"), "obstacle_event", ["xid", "id"], unique=False)
    op.create_table(
        "ruling",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner", "task", "unit"],
            ["assignment.owner", "assignment.task", "assignment.unit"],
            name=op.f("fk_ruling_owner_task_unit"),
        ),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_ruling")),
    )
    op.create_index(
        op.f("ix_ruling_owner_task_unit_recorded_at_id"),
        "ruling",
        ["owner", "task", "unit", "recorded_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_ruling_xid_id"), "ruling", ["xid", "id"], unique=False)


def downgrade() -> None:
    op.execute("drop function begin_incarnation(text)")
    op.execute("drop type pending_report")
    op.drop_table("ruling")
    op.drop_table("obstacle_event")
    op.drop_table("obstacle")
    op.drop_table("assignment")
    op.drop_table("task")
    op.drop_table("token")
    op.drop_table("import_row")
    op.drop_table("former_name")
    op.drop_table("category")
    op.drop_table("bulletin")
    op.drop_table("unit")
    op.drop_table("transition")
    op.drop_table("tally")
    op.drop_table("status_update")
    op.drop_table("revision")
    op.drop_table("provenance")
    op.drop_table("projection_checkpoint")
    op.drop_table("last_report")
    op.drop_table("incarnation")
    op.drop_table("import")
    op.drop_table("idempotency_key")
    op.drop_table("campaign")
    op.drop_table("balance")
    op.drop_table("audit_entry")
