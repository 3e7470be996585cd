"""What is said of each who must speak, in three languages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.clock import in_vietnam, read
from app.language import Language
from app.progress.figures.context import FigureContext
from app.progress.figures.days import written_day
from app.progress.figures.statement import moment

NAMED_AT_MOST = 2
Reason = Mapping[str, Any]


def sentence(context: FigureContext, name: str, reasons: Sequence[Reason]) -> str:
    """`Quảng Ninh: 1 việc quá hạn (Hoàn thành hệ thống báo cáo); lùi lại ở 1 nội dung.`"""
    lang = context.lang
    parts = (_SAY[reason["kind"]](context, reason) for reason in reasons)
    colon, comma, stop = _MARKS[lang]
    return f"{name}{colon}{comma.join(parts)}{stop}"


def _red(context: FigureContext, reason: Reason) -> str:
    count = reason["overdue_open"]
    names = [context.name(context.catalogue.tasks[one["task"]].names) for one in reason["assignments"][:NAMED_AT_MOST]]
    text = _RED[context.lang].format(n=count, s="" if count == 1 else "s")
    if not names or len(reason["assignments"]) > NAMED_AT_MOST or count > NAMED_AT_MOST:
        return text
    opening, between, closing = _BRACKETS[context.lang]
    return f"{text}{opening}{between.join(names)}{closing}"


def _answers_overdue(context: FigureContext, reason: Reason) -> str:
    """How many answers and promises are past; the first due day of the answers that are."""
    lang, overdue, broken = context.lang, reason["answers_overdue"], reason["promises_broken"]
    parts = []
    if overdue:
        first = written_day(lang, in_vietnam(read(reason["first_answer_due"])))
        parts.append(_ANSWERS[lang].format(n=overdue, s="" if overdue == 1 else "s", first=first))
    if broken:
        parts.append(_PROMISES[lang].format(n=broken, s="" if broken == 1 else "s"))
    return _MARKS[lang][1].join(parts)


def _fallen_back(context: FigureContext, reason: Reason) -> str:
    names = [context.name(context.catalogue.categories[code].names) for code in reason["categories"]]
    return _FALLEN[context.lang].format(names=_BRACKETS[context.lang][1].join(names))


def _silent(context: FigureContext, reason: Reason) -> str:
    count, last_update = reason["assignments_open"], reason["last_update_at"]
    words = {"n": count, "s": "" if count == 1 else "s"}
    if last_update is None:
        return _NEVER[context.lang].format(**words)
    return _STALE[context.lang].format(moment=moment(context.lang, read(last_update)), **words)


_SAY: Mapping[str, Callable[[FigureContext, Reason], str]] = {
    "red": _red,
    "answers_overdue": _answers_overdue,
    "fallen_back": _fallen_back,
    "silent": _silent,
}
_MARKS: Mapping[Language, tuple[str, str, str]] = {
    "vi": (": ", "; ", "."),
    "en": (": ", "; ", "."),
    "ja": ("：", "、", "。"),
}
_BRACKETS: Mapping[Language, tuple[str, str, str]] = {
    "vi": (" (", "; ", ")"),
    "en": (" (", "; ", ")"),
    "ja": ("（", "、", "）"),
}
_RED: Mapping[Language, str] = {"vi": "{n} việc quá hạn", "en": "{n} task{s} overdue", "ja": "期限超過{n}件"}
_ANSWERS: Mapping[Language, str] = {
    "vi": "{n} vướng mắc quá hạn trả lời (hạn sớm nhất {first})",
    "en": "{n} answer{s} overdue (the first was due on {first})",
    "ja": "回答期限超過{n}件（最も早い期限は{first}）",
}
_PROMISES: Mapping[Language, str] = {
    "vi": "{n} lần hẹn trả lời đã qua mà chưa trả lời",
    "en": "{n} promised date{s} passed without an answer",
    "ja": "約束した回答日の超過{n}件",
}
_FALLEN: Mapping[Language, str] = {
    "vi": "đã hoàn thành nhưng nay lùi lại: {names}",
    "en": "had completed, and no longer has: {names}",
    "ja": "完了していたが後退：{names}",
}
_NEVER: Mapping[Language, str] = {
    "vi": "chưa gửi báo cáo nào, còn {n} việc chưa xong",
    "en": "has never reported, with {n} task{s} open",
    "ja": "報告が一度もなく、未完了{n}件",
}
_STALE: Mapping[Language, str] = {
    "vi": "không có báo cáo mới từ {moment}, còn {n} việc chưa xong",
    "en": "has not reported since {moment}, with {n} task{s} open",
    "ja": "{moment}以降報告がなく、未完了{n}件",
}
