"""What stood in the way in June, whom it was addressed to and how that went on. All of it made up."""

from collections.abc import Iterator
from datetime import date

from app.demo.hours import june
from app.demo.shapes import Change, DemoObstacle

_JUNE_30 = date(2025, 6, 30)


def obstacles() -> Iterator[DemoObstacle]:
    """In the order in which they were reported. `by` is the agency, the unit, or `ministry`."""
    yield DemoObstacle(
        june(10, 9, 20), "40", "centre-network", "infrastructure", "Chưa có đường truyền tại 6 trụ sở mới",
        "Sáu trung tâm chuyển về trụ sở mới, chưa có cáp quang. Đề nghị kéo đường truyền trước ngày 20/6.",
        "viettel", date(2025, 6, 20),
        (
            Change(june(10, 15, 5), "viettel", "acknowledged", "Đã giao chi nhánh khảo sát."),
            Change(june(18, 10, 40), "viettel", "resolved", "Đã kéo xong cả sáu điểm, mời nghiệm thu."),
            Change(june(19, 8, 15), "40", "open", "Còn hai điểm chưa có tín hiệu ổn định."),
            Change(june(24, 16, 30), "viettel", "resolved", "Đã thay thiết bị đầu cuối, hai điểm đã ổn định."),
        ),
    )  # fmt: skip
    yield DemoObstacle(
        june(11, 14, 10), "20", "processes-and-forms", "support", "Biểu mẫu của bốn lĩnh vực chưa thống nhất",
        "Các bộ chưa ban hành biểu mẫu mới. Đề nghị có biểu mẫu dùng tạm.",
        "btp", date(2025, 6, 20),
        (
            Change(june(13, 9, 0), "btp", "acknowledged", "Đang tổng hợp từ các bộ."),
            Change(june(25, 17, 0), "btp", "resolved", "Đã gửi bộ biểu mẫu dùng tạm."),
        ),
    )  # fmt: skip
    yield DemoObstacle(
        june(12, 10, 30), "11", "commune-network", "infrastructure", "17 xã vùng cao chưa có cáp quang",
        "Địa hình chia cắt; đề nghị phương án vệ tinh hoặc vi ba trong khi chờ.",
        "vnpt", _JUNE_30,
        (Change(june(14, 8, 45), "vnpt", "acknowledged", "Đang khảo sát vi ba cho 11 xã.", date(2025, 6, 25)),),
    )  # fmt: skip
    yield DemoObstacle(
        june(13, 8, 50), "56", "staffing", "institution_staff", "Chưa rõ biên chế của trung tâm cấp xã",
        "Đề nghị hướng dẫn số lượng và chức danh.",
        "bnv", date(2025, 6, 22),
        (Change(june(17, 11, 0), "bnv", "resolved", "Đã có công văn hướng dẫn tạm thời."),),
    )  # fmt: skip
    yield DemoObstacle(
        june(16, 9, 5), "66", "information-systems", "systems", "Không đồng bộ được hồ sơ sau hợp nhất hai tỉnh",
        "Hai hệ thống dùng mã định danh khác nhau; đề nghị hỗ trợ chuyển đổi.",
        "bkhcn", date(2025, 6, 25),
        (
            Change(june(16, 16, 20), "bkhcn", "acknowledged", "Đã cử tổ kỹ thuật."),
            Change(june(26, 18, 40), "bkhcn", "resolved", "Đã chuyển đổi xong dữ liệu."),
        ),
    )  # fmt: skip
    yield DemoObstacle(
        june(18, 15, 40), "14758", "commune-equipment", "infrastructure", "Thiếu máy quét tại phường",
        "Được cấp một máy, cần ba. Đề nghị bổ sung kinh phí.",
        "btc", date(2025, 6, 25),
        (Change(june(20, 10, 0), "btc", "declined", "Thuộc ngân sách địa phương, đề nghị báo cáo tỉnh."),),
    )  # fmt: skip
    yield DemoObstacle(
        june(19, 10, 15), "01", "reporting-system", "systems", "Tài khoản báo cáo chưa được cấp đủ",
        "Còn thiếu tài khoản cho các phường mới.",
        "vpcp", date(2025, 6, 24),
        (Change(june(23, 9, 30), "vpcp", "resolved", "Đã cấp đủ tài khoản."),),
    )  # fmt: skip
    yield DemoObstacle(
        june(20, 14, 0), "96", "procedures-published", "support", "Chậm có quyết định công bố của bộ",
        "Chưa có căn cứ công bố thủ tục lĩnh vực tài chính.",
        "btc", date(2025, 6, 26),
    )  # fmt: skip
    yield DemoObstacle(
        june(21, 8, 35), "22", "access-points", "institution_staff", "Chưa chốt trụ sở của hai đặc khu",
        "Đề nghị hướng dẫn về điểm hỗ trợ tại đảo.",
        "bnv", date(2025, 6, 27),
        (Change(june(24, 14, 45), "bnv", "acknowledged", "Sẽ trả lời trong tuần.", date(2025, 6, 27)),),
    )  # fmt: skip
    yield DemoObstacle(
        june(23, 16, 10), "79", "information-systems", "systems", "Hệ thống chậm khi chạy thử đồng loạt",
        "Chạy thử 168 phường, xã: thời gian đáp ứng trên 20 giây.",
        "vnpt", date(2025, 6, 28),
        (
            Change(june(23, 20, 30), "vnpt", "acknowledged", "Đang bổ sung máy chủ.", date(2025, 6, 28)),
            Change(june(28, 11, 10), "vnpt", "resolved", "Đã mở rộng, đáp ứng dưới 2 giây."),
        ),
    )  # fmt: skip
    yield DemoObstacle(
        june(24, 9, 55), "21548", "commune-network", "infrastructure", "Đặc khu Lý Sơn chờ tuyến cáp biển",
        "Đề nghị bảo đảm đường truyền dự phòng qua vệ tinh từ 1/7.",
        "viettel", _JUNE_30,
    )  # fmt: skip
    yield DemoObstacle(
        june(26, 10, 25), "38", None, "support", "Nhiều câu hỏi của xã về thủ tục đất đai",
        "Đề nghị có đầu mối trực trả lời trong những ngày đầu tháng 7.",
        "vpcp", date(2025, 7, 1),
        (Change(june(27, 9, 0), "vpcp", "acknowledged", "Đã lập tổ trực 24/7 từ ngày 30/6."),),
    )  # fmt: skip
    yield DemoObstacle(
        june(28, 8, 40), "12", "online-meetings", "infrastructure", "Mất kết nối do mưa lũ",
        "Bốn xã bị chia cắt, đứt cáp từ ngày 23/6, tỉnh không gửi được báo cáo.",
        "mobifone", date(2025, 6, 29),
    )  # fmt: skip
