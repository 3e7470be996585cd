"""SQL of reports: the bulletin that a report is compared with."""

from sqlalchemy import text

# The last one that was issued by then and whose moment is earlier, or the one that is named.
COMPARED = text("""
select number, as_of, progress
from bulletin
where campaign = :campaign
  and (number = :wanted or (cast(:wanted as bigint) is null and as_of < :as_of and issued_at <= :known_by
                            and (cast(:before as bigint) is null or number < :before)))
order by number desc
limit 1
""")
