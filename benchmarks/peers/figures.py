"""The report from counts by (category, owner), shared by both peers: their answers differ in how they count, not here."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

COMPLETE = ("completed", "verified")


def state(c):
    if c["complete"] == c["total"]:
        return "completed"
    if c["blocked"]:
        return "blocked"
    return "not_started" if c["not_started"] == c["total"] else "in_progress"


def report(campaign, categories, provinces, cells, now):
    """`cells`: {(category, owner): counts}; `provinces`: {code: name}."""
    by_owner = defaultdict(list)
    for (_, owner), cell in cells.items():
        if owner in provinces:
            by_owner[owner].append(cell)
    lights = Counter()
    for those in by_owner.values():
        if any(c["overdue"] for c in those):
            lights["red"] += 1
        elif any(c["due_soon"] or c["blocked"] for c in those):
            lights["yellow"] += 1
        else:
            lights["green"] += 1
    return {
        "campaign": campaign,
        "as_of": now,
        "known_at": None,
        "provinces_total": len(by_owner),
        "provinces_completed": sum(all(state(c) == "completed" for c in those) for those in by_owner.values()),
        "lights": {name: lights[name] for name in ("green", "yellow", "red")},
        "categories": [line(c, provinces, cells, now) for c in categories],
    }


def line(category, provinces, cells, now):
    mine = {owner: c for (code, owner), c in cells.items() if code == category.code}
    of_provinces = {owner: c for owner, c in mine.items() if owner in provinces}
    states = Counter(state(c) for c in of_provinces.values())
    missing = sorted(owner for owner, c in of_provinces.items() if state(c) != "completed")
    total = Counter()
    for c in mine.values():
        total.update(c)
    names = ", ".join(provinces[code] for code in missing)
    return {
        "code": category.code,
        "position": category.position,
        "name": category.names["vi"],
        "names": category.names,
        "provinces_total": len(of_provinces),
        "provinces_completed": states["completed"],
        "provinces_verified": sum(c["verified"] == c["total"] for c in of_provinces.values()),
        "provinces_in_progress": states["in_progress"],
        "provinces_blocked": states["blocked"],
        "provinces_not_started": states["not_started"],
        "assignments_total": total["total"],
        "assignments_completed": total["complete"],
        "assignments_verified": total["verified"],
        "completed_on_time": total["complete"] - total["late"],
        "completed_late": total["late"],
        "overdue_open": total["overdue"],
        "completion": round(states["completed"] / len(of_provinces), 4) if of_provinces else None,
        "missing": missing,
        "statement": f"Đến {now:%H:%M ngày %d/%m/%Y}: {states['completed']}/{len(of_provinces)} "
        f"tỉnh, thành phố đã hoàn thành {category.names['vi']}. Chưa hoàn thành: {names}.",
    }


def count(assignments, now: datetime):
    """Counts by (category, owner) from rows: (category, owner, status, deadline, complete_since)."""
    cells = defaultdict(Counter)
    for category, owner, status, deadline, since in assignments:
        cell, complete = cells[category, owner], status in COMPLETE
        cell["total"] += 1
        cell[status] += 1
        cell["complete"] += complete
        cell["late"] += bool(complete and deadline and since > deadline)
        cell["overdue"] += bool(not complete and deadline and deadline < now)
        cell["due_soon"] += bool(not complete and deadline and now <= deadline <= now + timedelta(hours=48))
    return cells
