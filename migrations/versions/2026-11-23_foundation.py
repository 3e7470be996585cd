"""The foundation: catalogue, assignments, the history of reports, the counts, tokens; who may touch which rows.

Revision: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = "status_update, ruling, audit_entry"
CHANGING = (
    "campaign, unit, former_name, category, task, assignment, tally, reporting, token, idempotency_key, revision, "
    "incarnation, provenance"
)
OWN_ROWS = ("assignment", "ruling", "status_update")

# The service runs as this role, which owns nothing: row-level security holds for it, and the history is append-only
# for it. Where the migrator may not create roles, the database administrator creates it beforehand.
ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'tiendo_app') then
    begin
      create role tiendo_app nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'tiendo_app', 'member') then
    grant tiendo_app to current_user;
  end if;
end $$
"""

# `*` is everything; `38/*` a province with its communes; `38/14758` one commune alone. No scope, no rows.
IN_SCOPE = """
  (select nullif(current_setting('tiendo.scope', true), '')) = '*'
  or (select nullif(current_setting('tiendo.scope', true), '')) in (owner || '/*', owner || '/' || unit)
"""


class Xid8(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


# After a restore the rows bear transaction ids of another life. Those that this life has not reached yet would come up
# in the change feed a second time, or hide behind cursors; here they are put before everything. It runs once in a life,
# with the owner's rights, because the history is append-only for the service.
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
  insert into incarnation (fingerprint, began_at) values (named, clock_timestamp());
end $$
"""


def confine_to_scope(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy scope on {table} to tiendo_app using ({IN_SCOPE}) with check ({IN_SCOPE})")


def grant() -> None:
    op.execute(ROLE)
    op.execute("grant usage on schema public to tiendo_app")
    op.execute(f"grant select, insert on {APPEND_ONLY} to tiendo_app")
    op.execute(f"grant select, insert, update on {CHANGING} to tiendo_app")
    op.execute("grant delete on idempotency_key, former_name to tiendo_app")
    op.execute("grant select on alembic_version to tiendo_app")
    op.execute(BEGIN_INCARNATION)
    op.execute("revoke all on function begin_incarnation(text) from public")
    op.execute("grant execute on function begin_incarnation(text) to tiendo_app")


def upgrade() -> None:
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
        "incarnation",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_incarnation")),
    )
    op.create_table(
        "provenance",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_provenance")),
    )
    op.create_table(
        "reporting",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("last_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "unit", name=op.f("pk_reporting")),
        postgresql_with={"fillfactor": "70"},
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
        "ix_status_update_standing",
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

    grant()
    for table in OWN_ROWS:
        confine_to_scope(table)


def downgrade() -> None:
    op.execute("drop function begin_incarnation(text)")
    op.drop_index(op.f("ix_ruling_xid_id"), table_name="ruling")
    op.drop_index(op.f("ix_ruling_owner_task_unit_recorded_at_id"), table_name="ruling")
    op.drop_table("ruling")
    op.drop_index(op.f("ix_assignment_unit_task"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_task_category"), table_name="task")
    op.drop_table("task")
    op.drop_table("token")
    op.drop_table("former_name")
    op.drop_table("category")
    op.drop_index(op.f("ix_unit_province_code"), table_name="unit")
    op.drop_index(op.f("ix_unit_level_code"), table_name="unit")
    op.drop_table("unit")
    op.drop_table("tally")
    op.drop_index(op.f("ix_status_update_xid_id"), table_name="status_update")
    op.drop_index("ix_status_update_standing", table_name="status_update", postgresql_include=["status"])
    op.drop_table("status_update")
    op.drop_table("revision")
    op.drop_table("reporting")
    op.drop_table("provenance")
    op.drop_table("incarnation")
    op.drop_index(op.f("ix_idempotency_key_created_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_table("campaign")
    op.drop_table("audit_entry")
