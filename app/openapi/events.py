"""The data of each event of the stream, for which OpenAPI 3.1 has no place of its own."""

from typing import Any


def _event(text: str, **properties: Any) -> dict[str, Any]:
    at = {"type": "string", "format": "date-time", "description": "When the newest of it was recorded, in UTC."}
    properties |= {"recorded_at": at}
    return {"type": "object", "description": text, "properties": properties, "required": list(properties)}


def _codes(text: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": text}


EVENTS = {
    "progress": _event(
        "Figures have changed, by reports, rulings, obstacles or time. Both lists empty: those of agencies.",
        provinces=_codes("Codes of the provinces whose figures changed."),
        categories=_codes("Codes of the categories whose figures changed."),
    ),
    "bulletin": _event(
        "A bulletin was issued.",
        campaign={"type": "string", "description": "The code of the campaign."},
        number={"type": "integer", "description": "The number of the bulletin."},
    ),
    "obstacle": _event(
        "Obstacles were reported or answered, or an answer is overdue. Sent to those who may read them.",
        agencies=_codes("Codes of the agencies that they are addressed to."),
    ),
}
STREAM = (
    ": open\nid: AAECAwQ\n\n"
    'id: AAECAwU\nevent: progress\ndata: {"provinces":["38"],"categories":["hotlines"],'
    '"recorded_at":"2025-06-27T08:05:00Z"}\n\n'
)
"""What a client reads: where the stream begins, and one event."""
