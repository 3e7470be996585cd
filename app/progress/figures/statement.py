"""The sentence that an official would read out for one line of the report, in three languages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.clock import in_vietnam
from app.language import Language
from app.level import Level
from app.progress.figures.days import written_day

NAMED_AT_MOST = 3
"""So many missing ones are named; more are counted."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What is said of one category: how many of how many have done it, and who has not."""

    name: str
    done: str
    agencies: bool
    total: int
    completed: int
    missing: Sequence[str]

    @property
    def left(self) -> int:
        return self.total - self.completed

    @property
    def names(self) -> Sequence[str]:
        return named(total=self.total, completed=self.completed, missing=self.missing)


def named(*, total: int, completed: int, missing: Sequence[str]) -> Sequence[str]:
    """Whom the sentence names: the few that are left, where others have done it."""
    left = total - completed
    is_said = completed > 0 and len(missing) == left <= NAMED_AT_MOST
    return missing if is_said else ()


def statement(
    lang: Language,
    *,
    category: str,
    name: str,
    level: Level,
    at: datetime,
    total: int,
    completed: int,
    missing: Sequence[str] = (),
) -> str:
    """Say it for `at`. `name` is the category's and `missing` the units' names, both in `lang`.

    Commune-level work is counted in provinces: one is done when all its communes are.
    """
    done = _DONE[lang].get(category) or _DONE_ELSE[lang].format(name=name)
    line = _Line(name, done, level == "agency", total, completed, missing)
    return _OPENINGS[lang].format(moment=moment(lang, at)) + _SENTENCES[lang](line) + _ENDINGS[lang]


def whole(lang: Language, *, at: datetime, total: int, completed: Sequence[str], rest: int) -> str:
    """How many of `total` provinces have completed everything: `completed`, by name, who has most work first."""
    return _OPENINGS[lang].format(moment=moment(lang, at)) + _WHOLE[lang](total, completed, rest) + _ENDINGS[lang]


def _whole_vi(total: int, completed: Sequence[str], rest: int) -> str:
    if total == 0:
        return "chưa có nhiệm vụ nào được giao cho các tỉnh, thành phố"
    if not completed:
        return f"trong số {total} tỉnh, thành phố, chưa có địa phương nào hoàn thành toàn bộ nhiệm vụ được giao"
    if not rest:
        return f"toàn bộ {total}/{total} tỉnh, thành phố đã hoàn thành toàn bộ nhiệm vụ được giao"
    done = f"{len(completed)}/{total} tỉnh, thành phố đã hoàn thành toàn bộ nhiệm vụ được giao"
    first, *others = completed
    if not others:
        return f"{done}; {first} là địa phương duy nhất; {rest} địa phương chưa hoàn thành"
    if len(completed) > NAMED_AT_MOST:
        return f"{done}; {rest} địa phương chưa hoàn thành"
    with_others = f"cùng với {_listed(others, ', ', ' và ')}"
    return (
        f"{done}; {first} là một trong {len(completed)} địa phương, một trong số ít, {with_others}; "
        f"{rest} địa phương chưa hoàn thành"
    )


def _whole_en(total: int, completed: Sequence[str], rest: int) -> str:
    if total == 0:
        return "no province or city has been given any work"
    if not completed:
        return f"none of the {total} provinces and cities has yet completed everything assigned to it"
    if not rest:
        return f"all {total} provinces and cities have completed everything assigned to them"
    have = "has" if len(completed) == 1 else "have"
    done = f"{len(completed)} of {total} provinces and cities {have} completed everything assigned to them"
    still = f"{rest} {'has' if rest == 1 else 'have'} yet to do so"
    first, *others = completed
    if not others:
        return f"{done}: {first} is the only one; {still}"
    if len(completed) > NAMED_AT_MOST:
        return f"{done}; {still}"
    together = _listed(others, ", ", " and ")
    return f"{done}; {first} is one of the {len(completed)}, one of few, together with {together}; {still}"


def _whole_ja(total: int, completed: Sequence[str], rest: int) -> str:
    if total == 0:
        return "省・市に割り当てられた業務はありません"
    if not completed:
        return f"{total}省・市のうち、すべての業務を完了した省・市はまだありません"
    if not rest:
        return f"{total}省・市のすべてで全業務が完了しています"
    done = f"{total}省・市のうち{len(completed)}省・市が全業務を完了しています"
    first, *others = completed
    left = f"残る{rest}省・市は未完了です"
    if not others:
        return f"{done}。完了したのは{first}のみで、{left}"
    if len(completed) > NAMED_AT_MOST:
        return f"{done}。{left}"
    together = _listed(others, "、", "と" if len(others) == 2 else "、")
    return f"{done}。{first}は{together}とともに、その数少ない{len(completed)}省・市の一つです。{left}"


def moment(lang: Language, at: datetime) -> str:
    """`17 giờ ngày 27/6/2025`, `17:00 on 27 June 2025`, `2025年6月27日17時`: always Vietnamese time."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its offset")
    return _MOMENTS[lang](in_vietnam(at))


def _moment_vi(at: datetime) -> str:
    minute = f" {at.minute:02} phút" if at.minute else ""
    return f"{at.hour} giờ{minute} ngày {written_day('vi', at)}"


def _moment_en(at: datetime) -> str:
    return f"{at.hour:02}:{at.minute:02} on {written_day('en', at)}"


def _moment_ja(at: datetime) -> str:
    minute = f"{at.minute}分" if at.minute else ""
    return f"{written_day('ja', at)}{at.hour}時{minute}"


def _vi(line: _Line) -> str:
    units = "bộ, cơ quan, doanh nghiệp" if line.agencies else "tỉnh, thành phố"
    one = "đơn vị" if line.agencies else "địa phương"
    if line.total == 0:
        return f"không có {one} nào có nhiệm vụ thuộc nội dung “{line.name}”"
    if line.total == 1:
        return f"{one} duy nhất có nhiệm vụ này {'đã' if line.completed else 'chưa'} {line.done}"
    if line.completed == 0:
        return f"trong số {line.total} {units}, chưa có {one} nào {line.done}"
    if line.left == 0:
        everyone = f"cả {line.total}" if line.total <= 10 else f"toàn bộ {line.total}/{line.total}"
        return f"{everyone} {units} đã {line.done}"
    return f"{line.completed}/{line.total} {units} đã {line.done}; {_rest_vi(line, one)} chưa hoàn thành"


def _rest_vi(line: _Line, one: str) -> str:
    only = "chỉ còn" if line.left == 1 else "còn"
    if not line.names:
        return f"{only} {line.left} {one}"
    # `Bộ Khoa học và Công nghệ` has an `và` of its own.
    link = " cùng " if any(" và " in name for name in line.names) else " và "
    return f"{only} {_listed(line.names, ', ', link)}"


def _en(line: _Line) -> str:
    units = "ministries, agencies and enterprises" if line.agencies else "provinces and cities"
    one = "ministry, agency or enterprise" if line.agencies else "province or city"
    if line.total == 0:
        return f"no {one} has work under “{line.name}”"
    if line.total == 1:
        return f"the only {one} with this work has {'' if line.completed else 'not yet '}{_its(line)}"
    if line.completed == 0:
        return f"none of the {line.total} {units} has yet {_its(line)}"
    if line.left == 0:
        everyone = f"both of the {units} concerned" if line.total == 2 else f"all {line.total} {units}"
        return f"{everyone} have {_their(line)}"
    has = f"has {_its(line)}" if line.completed == 1 else f"have {_their(line)}"
    return f"{line.completed} of {line.total} {units} {has}; {_rest_en(line)} yet to do so"


def _rest_en(line: _Line) -> str:
    has = "has" if line.left == 1 else "have"
    if line.names:
        only = "only " if line.left == 1 else ""
        return f"{only}{_listed([_with_article(name) for name in line.names], ', ', ' and ')} {has}"
    return f"the other {'one' if line.left == 1 else line.left} {has}"


def _with_article(name: str) -> str:
    return f"the {name}" if name.startswith(("Ministry ", "Government ")) else name


def _its(line: _Line) -> str:
    return line.done.replace("{their}", "its")


def _their(line: _Line) -> str:
    return line.done.replace("{their}", "their")


def _ja(line: _Line) -> str:
    units = "機関・企業" if line.agencies else "省・市"
    whole = f"{line.total}{units}"
    if line.total == 0:
        return f"「{line.name}」の対象となる{units}はありません"
    if line.total == 1:
        return f"対象となる唯一の{units}で{line.done}が{'完了しています' if line.completed else 'まだ完了していません'}"
    if line.completed == 0:
        return f"{whole}のうち、{line.done}が完了した{units}はまだありません"
    if line.left == 0:
        return f"{whole}のすべてで{line.done}が完了しています"
    link = "と" if len(line.names) == 2 else "、"
    rest = _listed(line.names, "、", link) if line.names else f"{line.left}{units}"
    return f"{whole}のうち{line.completed}{units}で{line.done}が完了しており、残る{rest}ではまだ完了していません"


def _listed(names: Sequence[str], comma: str, link: str) -> str:
    return link.join([comma.join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


_MOMENTS: dict[Language, Callable[[datetime], str]] = {"vi": _moment_vi, "en": _moment_en, "ja": _moment_ja}
_SENTENCES: dict[Language, Callable[[_Line], str]] = {"vi": _vi, "en": _en, "ja": _ja}
_WHOLE: dict[Language, Callable[[int, Sequence[str], int], str]] = {"vi": _whole_vi, "en": _whole_en, "ja": _whole_ja}
_OPENINGS: dict[Language, str] = {"vi": "Tính đến {moment}, ", "en": "As of {moment}, ", "ja": "{moment}現在、"}
_ENDINGS: dict[Language, str] = {"vi": ".", "en": ".", "ja": "。"}

# vi: after `đã` and `chưa`; en: after `has` and `have`; ja: before `が完了`.
_DONE: dict[Language, dict[str, str]] = {
    "vi": {
        "equipment": "hoàn thành trang bị cho các trung tâm phục vụ hành chính công",
        "information-systems": "đưa hệ thống thông tin vào vận hành và kết nối mạng cho các trung tâm",
        "procedures-published": "công bố thủ tục hành chính cấp tỉnh",
        "commune-procedures": "hướng dẫn các thủ tục hành chính giao cho cấp xã khi không còn cấp huyện",
        "processes-and-forms": "ban hành quy trình giải quyết và biểu mẫu hồ sơ",
        "access-points": "công khai địa chỉ các trung tâm và điểm hỗ trợ",
        "hotlines": "công khai đường dây nóng hỗ trợ người dân, doanh nghiệp",
        "reporting-system": "hoàn thành hệ thống báo cáo",
        "online-meetings": "hoàn thành hệ thống họp trực tuyến",
        "staffing": "bố trí cán bộ, công chức, nhân viên hỗ trợ người dân, doanh nghiệp",
        "commune-infrastructure": "bảo đảm hạ tầng kỹ thuật, mạng chuyên dùng đến tất cả xã, phường, đặc khu",
        "central-support": "hoàn thành nhiệm vụ hỗ trợ các địa phương",
    },
    "en": {
        "equipment": "equipped {their} public administrative service centres",
        "information-systems": "got {their} information systems running and {their} centres connected to the network",
        "procedures-published": "published the provincial-level administrative procedures",
        "commune-procedures": "issued guidance on the procedures handed to communes as the district level ends",
        "processes-and-forms": "issued {their} handling processes and application forms",
        "access-points": "published the addresses of {their} service centres and support points",
        "hotlines": "published {their} hotlines for people and enterprises",
        "reporting-system": "completed the reporting system",
        "online-meetings": "completed the online meeting system",
        "staffing": "assigned officials and staff to support people and enterprises",
        "commune-infrastructure": "given all {their} communes technical infrastructure and the dedicated network",
        "central-support": "completed {their} support for the provinces",
    },
    "ja": {
        "equipment": "行政サービスセンターの設備整備",
        "information-systems": "情報システムの稼働開始とセンターのネットワーク接続",
        "procedures-published": "省級行政手続きの公表",
        "commune-procedures": "郡級の廃止に伴いコミューン級へ移管された行政手続きの案内",
        "processes-and-forms": "処理手順と申請様式の制定",
        "access-points": "サービスセンターと支援窓口の所在地の公表",
        "hotlines": "住民・企業向けホットラインの公表",
        "reporting-system": "報告システムの整備",
        "online-meetings": "オンライン会議システムの整備",
        "staffing": "住民・企業を支援する職員の配置",
        "commune-infrastructure": "管内全コミューンの技術インフラと専用データ通信網の整備",
        "central-support": "地方への支援業務",
    },
}
_DONE_ELSE: dict[Language, str] = {
    "vi": "hoàn thành nội dung “{name}”",
    "en": "completed the work under “{name}”",
    "ja": "「{name}」",
}
