"""What people write beside a report: notes, papers, links. All of it made up; the links lead nowhere."""

from datetime import date, datetime
from random import Random

OFFICES = {
    "equipment": "Văn phòng Ủy ban nhân dân tỉnh",
    "information-systems": "Sở Khoa học và Công nghệ",
    "centre-network": "Sở Khoa học và Công nghệ",
    "procedures-published": "Văn phòng Ủy ban nhân dân tỉnh",
    "commune-procedures": "Sở Nội vụ",
    "processes-and-forms": "Văn phòng Ủy ban nhân dân tỉnh",
    "access-points": "Trung tâm Phục vụ hành chính công tỉnh",
    "hotlines": "Trung tâm Phục vụ hành chính công tỉnh",
    "reporting-system": "Văn phòng Ủy ban nhân dân tỉnh",
    "online-meetings": "Sở Khoa học và Công nghệ",
    "staffing": "Sở Nội vụ",
    "commune-equipment": "Ủy ban nhân dân cấp xã",
    "commune-network": "Ủy ban nhân dân cấp xã",
    "central-support": "Văn phòng cơ quan",
    "support-contact": "Văn phòng cơ quan",
}
"""The office responsible for a task."""

_SIGNS = {
    "procedures-published": "QĐ-UBND",
    "processes-and-forms": "QĐ-UBND",
    "commune-procedures": "UBND-KSTT",
    "access-points": "UBND-KSTT",
    "hotlines": "TB-UBND",
    "reporting-system": "UBND-TH",
    "staffing": "UBND-NC",
    "central-support": "BC-VP",
    "support-contact": "CV-VP",
}

_STARTED = (
    "Đã giao đơn vị chủ trì, đang triển khai.",
    "Đã có kế hoạch, phân công rõ người, rõ việc.",
    "Đang khảo sát, rà soát hiện trạng.",
    "Đã thành lập tổ công tác.",
    None,
)

_GOING_ON = (
    "Đạt khoảng {share}% khối lượng.",
    "Đã xong {share}%, phần còn lại đang hoàn thiện.",
    "Đang lấy ý kiến các sở, ngành; đạt {share}%.",
    "Tiếp tục triển khai, đạt {share}%.",
)

_BLOCKED = {
    "equipment": "Nhà thầu chậm giao máy quét và máy lấy số.",
    "information-systems": "Chưa đồng bộ được dữ liệu giữa hai hệ thống sau hợp nhất.",
    "centre-network": "Đường truyền tại trụ sở mới chưa được kéo.",
    "procedures-published": "Chờ quyết định công bố của bộ quản lý ngành.",
    "commune-procedures": "Một số thủ tục chưa rõ thẩm quyền cấp xã.",
    "processes-and-forms": "Thiếu biểu mẫu thống nhất của các bộ.",
    "access-points": "Chưa chốt địa điểm một số điểm hỗ trợ.",
    "hotlines": "Chưa được cấp đầu số dùng chung.",
    "reporting-system": "Chưa kết nối được với hệ thống thông tin báo cáo của Chính phủ.",
    "online-meetings": "Thiết bị hội nghị tại một số xã chưa tương thích.",
    "staffing": "Chờ quyết định sắp xếp nhân sự sau hợp nhất.",
    "commune-equipment": "Trụ sở mới đang sửa chữa, chưa lắp đặt được.",
    "commune-network": "Cáp quang chưa tới trụ sở mới.",
    "central-support": "Chờ số liệu tổng hợp từ các địa phương.",
    "support-contact": "Chờ phê duyệt danh sách đầu mối.",
}

_DONE = ("Đã hoàn thành.", "Đã hoàn thành, đã chạy thử.", "Đã hoàn thành và công khai theo quy định.", None)

_RETURNED = (
    "Minh chứng chưa đủ: đề nghị gửi văn bản đã ký số.",
    "Kiểm tra thử không vào được; đề nghị khắc phục và báo cáo lại.",
    "Số liệu chưa khớp với báo cáo của Trung tâm; đề nghị rà soát.",
    "Mới đạt một phần tiêu chuẩn chất lượng; đề nghị làm tiếp.",
)

TOO_EARLY = "Đính chính: khi đó mới xong một phần, báo cáo hoàn thành là nhầm."
IN_TRUTH_BLOCKED = "Đính chính: tại thời điểm đó thực tế đang vướng."
PAPER_ADDED = "Bổ sung số văn bản của báo cáo trước."
UNBLOCKED = "Đã gỡ vướng, tiếp tục triển khai."
REDONE = "Đã làm lại theo ý kiến của Bộ."
VERIFIED = "Đã kiểm tra, đạt yêu cầu."


def started(rng: Random) -> str | None:
    return rng.choice(_STARTED)


def going_on(rng: Random) -> str:
    return rng.choice(_GOING_ON).format(share=rng.randrange(30, 95, 5))


def blocked(task: str) -> str:
    return _BLOCKED[task]


def done(rng: Random) -> str | None:
    return rng.choice(_DONE)


def returned(rng: Random) -> str:
    return rng.choice(_RETURNED)


def paper(rng: Random, task: str, at: datetime) -> tuple[str, date]:
    """The number and date of a document: `1234/UBND-CĐS`."""
    return f"{rng.randint(180, 9800)}/{_SIGNS.get(task, 'UBND-CĐS')}", at.date()


def link(rng: Random, task: str, unit: str) -> str:
    """Evidence at a name that is reserved for examples."""
    return f"https://{unit}.example.org/{task}/{rng.randrange(16**8):08x}.pdf"
