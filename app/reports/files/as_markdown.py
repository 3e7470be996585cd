"""The report as Markdown, with every name escaped: none becomes markup, a link or HTML."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.reports.blocks import Block, Section, TableBlock
from app.reports.report import ProgressReport
from app.reports.sections import ROMAN, appendices, sections

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#$])")


def write(report: ProgressReport) -> bytes:
    titled = [(section.title, section) for section in sections(report)]
    for roman, section in zip(ROMAN, appendices(report), strict=False):
        titled.append((f"{report.say('appendix', roman=roman)}. {section.title}", section))
    parts = [
        f"# {escaped(report.title)}",
        f"**{report.say('as_of', moment=report.spoken)}**",
        *(f"> {escaped(note)}" for note in report.notes),
        escaped(report.summary),
        *(part for title, section in titled for part in _section(section, title)),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _section(section: Section, title: str) -> Iterator[str]:
    yield f"## {title}"
    yield from (_block(block) for block in section.blocks)


def _block(block: Block) -> str:
    if isinstance(block, TableBlock):
        return _table(block.head, block.rows, numbers_from=block.numbers_from)
    lead = f"**{escaped(block.lead.rstrip())}** " if block.lead else ""
    return lead + escaped(block.said)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int | None) -> str:
    sides = ["---:" if numbers_from is not None and i >= numbers_from else "---" for i in range(len(head))]
    lines = [[escaped(cell) for cell in head], sides, *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
