"""SQL of the changes: those that are new to a reader, in the order of the feed, and the details of each."""

from sqlalchemy import text

from app.updates.feed_queries import APPEARED, BEGAN

_BEHIND = "(xid, id) > (cast(cast(:last_xid as text) as xid8), cast(:last_id as uuid))"
_ORDERED = "order by xid, id limit :limit"
_PLACE = """(cast(:owner as text) is null or owner = :owner) and (cast(:unit as text) is null or unit = :unit)"""
_NOWHERE = "cast(:owner as text) is null and cast(:unit as text) is null"
# The same condition as the table's row-level security: the unit's side, or the agency addressed.
_SEEN = """(:everything or addressed_to = cast(:my_unit as text)
            or owner = cast(:my_owner as text) and (unit = cast(:my_unit as text) or :whole_owner))"""
_VERDICT = "case when status in ('verified', 'returned') then 'verdict' else 'update' end"


def _new(table: str, kind: str, *conditions: str, owner: str = "owner") -> str:
    """The new rows of one table: two ranges of its index, each in the order of the feed."""
    wanted = " and ".join((f"{kind} = any(cast(:kinds as text[]))", _BEHIND, *conditions))
    parts = (
        f"(select {kind} as kind, xid, id, {owner} as owner from {table} where {moved} and {wanted} {_ORDERED})"
        for moved in (APPEARED, BEGAN)
    )
    return " union all ".join(parts)


CHANGES = text(
    "select kind, xid::text as transaction, id, owner from ("
    + " union all ".join(
        (
            _new("status_update", _VERDICT, _PLACE),
            _new("ruling", "'ruling'", _PLACE),
            _new("obstacle_event", "'obstacle'", _PLACE, _SEEN),
            _new("bulletin", "'bulletin'", _NOWHERE, owner="''"),
        )
    )
    + f") as new {_ORDERED}"
)

_WANTED = "unnest(cast(:owners as text[]), cast(:ids as uuid[])) as wanted (owner, id)"
_PROVINCE = "case when unit.level <> 'agency' then unit.owner end as province"

UPDATES = text(f"""
select u.*, a.update_id is not distinct from u.id as is_current, task.category, {_PROVINCE}, token.name as by
from {_WANTED}
join status_update u using (owner, id)
join assignment a on a.owner = u.owner and a.task = u.task and a.unit = u.unit
join task on task.code = u.task
join unit on unit.code = u.unit
left join token on token.id = u.token
""")

RULINGS = text(f"""
select r.id, r.owner, r.task, task.category, r.unit, {_PROVINCE}, r.recorded_at, r.deadline, r.not_applicable,
       r.reason, token.name as by
from {_WANTED}
join ruling r using (owner, id)
join task on task.code = r.task
join unit on unit.code = r.unit
left join token on token.id = r.token
""")

OBSTACLES = text(f"""
select e.id, e.owner, e.obstacle, e.unit, {_PROVINCE}, o.task, o.title, e.addressed_to, e.state, e.response,
       e.answer_due, e.promised_by, e.at as recorded_at, token.name as by
from {_WANTED}
join obstacle_event e using (owner, id)
join obstacle o on o.owner = e.owner and o.id = e.obstacle
join unit on unit.code = e.unit
left join token on token.id = e.token
""")

BULLETINS = text("""
select b.id, b.campaign, b.number, b.title, b.as_of, b.issued_at as recorded_at, token.name as by
from unnest(cast(:ids as uuid[])) as wanted (id)
join bulletin b using (id)
left join token on token.id = b.token
""")
