"""SQL of what earlier files said last of an assignment, stored or refused."""

from sqlalchemy import text

from app.imports.queries import WANTED

_SAID = """
unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' '),
       string_to_array(:statuses, ' '), cast(:effective as timestamptz[]), cast(:notes as text[]),
       cast(:evidence as text[]), cast(:document_numbers as text[]), cast(:document_dates as date[]),
       cast(:since as timestamptz[]))
as said (owner, task, unit, status, effective_at, note, evidence, document_number, document_date, since)
"""
"""What the rows of a file said, and since when, a column each; the links of a row separated by line breaks."""
_CONTENT = """
status, effective_at, note, coalesce(string_to_array(evidence, E'\\n'), '{}'), document_number, document_date
"""

LAST_ROWS = text(f"""
select wanted.place, l.token, l.sender, l.committed_at, l.effective_at, l.undone,
       l.status, l.note, l.evidence, l.document_number, l.document_date
from {WANTED}
join last_row l on l.owner = wanted.owner and l.task = wanted.task and l.unit = wanted.unit
where (l.token = :token or l.sender = :sender) and (not l.undone or l.digest = :digest)
order by l.committed_at
""")

# Of each token the last word before this file stays: an undo of this file brings it back.
FORGET_EARLIER_ROWS = text(f"""
delete from last_row l
using {WANTED}
where l.owner = wanted.owner and l.task = wanted.task and l.unit = wanted.unit and l.token = :token and not l.undone
  and exists (select from last_row n
              where n.owner = l.owner and n.task = l.task and n.unit = l.unit and n.token = l.token
                and not n.undone and n.committed_at > l.committed_at)
""")

ADD_LAST_ROWS = text(f"""
insert into last_row (owner, task, unit, token, import_id, sender, committed_at, digest, undone,
                      status, effective_at, note, evidence, document_number, document_date)
select owner, task, unit, :token, :import_id, :sender, since, :digest, false,
       {_CONTENT}
from {_SAID}
on conflict do nothing
""")

FORGET_LAST_ROWS = text("""
update last_row set undone = true
where owner = any(array(select distinct owner from unit)) and import_id = :import_id
""")

REFUSED_ROWS = text(f"""
select wanted.place, r.refused_since, r.effective_at, r.status, r.note, r.evidence, r.document_number, r.document_date
from {WANTED}
join refused_row r on r.owner = wanted.owner and r.task = wanted.task and r.unit = wanted.unit
where r.token = :token or r.sender = :sender
""")

FORGET_REFUSED_ROWS = text(f"""
delete from refused_row r
using {WANTED}
where r.owner = wanted.owner and r.task = wanted.task and r.unit = wanted.unit and r.token = :token
""")

# What is said again is refused since it was said first, stored or in vain, however often it is sent, and also when a
# time that says no more than when it was sent is left out of account from the second file on.
KEEP_REFUSED_ROWS = text(f"""
insert into refused_row as r (owner, task, unit, token, sender, refused_since,
                              status, effective_at, note, evidence, document_number, document_date)
select owner, task, unit, :token, :sender, since,
       {_CONTENT}
from {_SAID}
on conflict (owner, task, unit, token) do update
set sender = excluded.sender, effective_at = excluded.effective_at,
    status = excluded.status, note = excluded.note, evidence = excluded.evidence,
    document_number = excluded.document_number, document_date = excluded.document_date,
    refused_since = case
        when (r.status, r.note, r.evidence, r.document_number, r.document_date)
             is not distinct from
             (excluded.status, excluded.note, excluded.evidence, excluded.document_number, excluded.document_date)
             and coalesce(r.effective_at = excluded.effective_at, true)
        then r.refused_since else excluded.refused_since end
""")
