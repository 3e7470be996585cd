"""Known transitions: when the counts of an assignment changed, in order of recorded time, with balances of their own.

Revision: known_transitions
"""

import sqlalchemy as sa
from alembic import op

revision = "known_transitions"
down_revision = "frozen_bulletins"
branch_labels = None
depends_on = None

ROLE = "tiendo_app"
COUNTS = ("total", "in_progress", "blocked", "returned", "completed", "verified", "late")
SCOPE = "(select coalesce(current_setting('tiendo.scope', true), '') = '*')"

# The state of an assignment as it was known after each of its reports, in the order in which they were recorded: by the
# reports so far, the one with the greatest effective time gives the status, and the streak of complete statuses before
# it says since when. A report looks up others only where it lies within a streak, before one, or replaces another.
STATES = """
create function known_states(
    of_owner text, of_task text, of_unit text,
    first_status text, first_effective_at timestamptz, first_complete_since timestamptz,
    effective timestamptz[], recorded timestamptz[], statuses text[], complete boolean[]
) returns table (place int, at timestamptz, status text, complete_since timestamptz) language plpgsql stable as $$
declare
  latest timestamptz := coalesce(first_effective_at, '-infinity');
  since timestamptz := first_complete_since;
  before boolean;
begin
  status := first_status;
  complete_since := first_complete_since;
  for i in 1 .. coalesce(cardinality(effective), 0) loop
    if effective[i] >= latest then
      if not complete[i] then
        since := null;
      elsif since is null and effective[i] > latest then
        since := effective[i];
      elsif since is null then
        since := known_streak(of_owner, of_task, of_unit, recorded[i]);
      end if;
      latest := effective[i];
    elsif since is not null and not complete[i] and effective[i] >= since then
      select min(u.effective_at) into since from status_update u
      where u.owner = of_owner and u.task = of_task and u.unit = of_unit
        and u.effective_at > effective[i] and u.recorded_at <= recorded[i];
    elsif since is not null and complete[i] and effective[i] < since then
      select u.status in ('completed', 'verified') into before from status_update u
      where u.owner = of_owner and u.task = of_task and u.unit = of_unit
        and u.effective_at < since and u.recorded_at <= recorded[i]
      order by u.effective_at desc, u.recorded_at desc, u.id desc
      limit 1;
      if before then
        since := known_streak(of_owner, of_task, of_unit, recorded[i]);
      end if;
    end if;
    if effective[i] = latest and status <> statuses[i] or complete_since is distinct from since then
      if effective[i] = latest then
        status := statuses[i];
      end if;
      place := i;
      at := recorded[i];
      complete_since := since;
      return next;
    end if;
  end loop;
end $$
"""

# The streak of complete statuses that holds by what had been recorded at a moment, read from its end.
STREAK = """
create function known_streak(of_owner text, of_task text, of_unit text, known_at timestamptz)
returns timestamptz language plpgsql stable as $$
declare
  since timestamptz;
  report record;
begin
  for report in
    select distinct on (u.effective_at) u.effective_at, u.status from status_update u
    where u.owner = of_owner and u.task = of_task and u.unit = of_unit and u.recorded_at <= known_at
    order by u.effective_at desc, u.recorded_at desc, u.id desc
  loop
    exit when report.status not in ('completed', 'verified');
    since := report.effective_at;
  end loop;
  return since;
end $$
"""
FUNCTIONS = {
    "known_streak": "text, text, text, timestamptz",
    "known_states": (
        "text, text, text, text, timestamptz, timestamptz, timestamptz[], timestamptz[], text[], boolean[]"
    ),
}


def upgrade() -> None:
    op.create_table(
        "known_transition",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(count, sa.SmallInteger(), nullable=False) for count in COUNTS),
        sa.PrimaryKeyConstraint("owner", "task", "unit", "at", "deadline", name=op.f("pk_known_transition")),
    )
    op.create_index(op.f("ix_known_transition_at"), "known_transition", ["at"], unique=False)
    op.create_table(
        "known_balance",
        sa.Column("span", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(count, sa.Integer(), nullable=False) for count in COUNTS),
        sa.CheckConstraint("span in (1, 8)", name=op.f("ck_known_balance_span")),
        sa.PrimaryKeyConstraint("span", "at", "owner", "task", "deadline", name=op.f("pk_known_balance")),
        postgresql_with={"fillfactor": "70"},
    )
    op.execute(STREAK)
    op.execute(STATES)
    for function, arguments in FUNCTIONS.items():
        op.execute(f"revoke all on function {function}({arguments}) from public")
        op.execute(f"grant execute on function {function}({arguments}) to {ROLE}")
    op.execute(f"grant select, insert, delete on known_transition to {ROLE}")
    op.execute(f"grant select, insert, update, delete on known_balance to {ROLE}")
    op.execute("alter table known_transition enable row level security")
    op.execute(f"create policy figures on known_transition to {ROLE} using ({SCOPE}) with check ({SCOPE})")
    # The whole history is projected once more, in the background.
    op.execute("update projection_checkpoint set incarnation = '', closed_until = null where what = 'transitions'")


def downgrade() -> None:
    for function, arguments in reversed(FUNCTIONS.items()):
        op.execute(f"drop function {function}({arguments})")
    op.drop_table("known_balance")
    op.drop_table("known_transition")
