"""A country of three provinces without communes, for tests that read every assignment again and again."""

THREE_PROVINCES = (
    "delete from assignment where unit not in ('38', '40', '01')",
    "delete from tally where owner not in ('38', '40', '01')",
    "delete from tally where task in (select code from task where level = 'commune')",
)
