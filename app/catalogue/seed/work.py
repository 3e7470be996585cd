"""The campaign of June 2025, the twelve lines of its report and the work behind each line."""

from datetime import datetime

from app.catalogue.seed.shapes import SeedCampaign, SeedCategory, SeedTask
from app.clock import VIETNAM
from app.level import Level

_OPENING = datetime(2025, 6, 1, tzinfo=VIETNAM)
_DEADLINE = datetime(2025, 6, 30, 23, 59, 59, tzinfo=VIETNAM)
_GO_LIVE = datetime(2025, 7, 1, tzinfo=VIETNAM)

_CATEGORIES = (
    (
        "equipment",
        "Trang bị cho các trung tâm phục vụ hành chính công",
        "Equipment of the public administrative service centres",
        "行政サービスセンターの設備",
    ),
    (
        "information-systems",
        "Cài đặt, vận hành hệ thống thông tin và kết nối mạng cho các trung tâm",
        "Information systems installed and running, centres connected to the network",
        "情報システムの導入・稼働およびセンターのネットワーク接続",
    ),
    (
        "procedures-published",
        "Công bố thủ tục hành chính cấp tỉnh",
        "Provincial-level administrative procedures published",
        "省級行政手続きの公表",
    ),
    (
        "commune-procedures",
        "Hướng dẫn các thủ tục hành chính giao cho cấp xã khi không còn cấp huyện",
        "Guidance on the procedures handed to communes now that the district level is abolished",
        "郡級の廃止に伴いコミューン級へ移管された行政手続きの案内",
    ),
    (
        "processes-and-forms",
        "Ban hành quy trình giải quyết và biểu mẫu hồ sơ",
        "Handling processes and application forms issued",
        "処理手順と申請様式の制定",
    ),
    (
        "access-points",
        "Công khai địa chỉ các trung tâm và điểm hỗ trợ",
        "Addresses of service centres and support points published",
        "サービスセンターと支援窓口の所在地の公表",
    ),
    (
        "hotlines",
        "Công khai đường dây nóng hỗ trợ người dân, doanh nghiệp",
        "Hotlines for people and enterprises published",
        "住民・企業向けホットラインの公表",
    ),
    ("reporting-system", "Hoàn thành hệ thống báo cáo", "Reporting system completed", "報告システムの整備"),
    (
        "online-meetings",
        "Hoàn thành hệ thống họp trực tuyến",
        "Online meeting system completed",
        "オンライン会議システムの整備",
    ),
    (
        "staffing",
        "Bố trí cán bộ, công chức, nhân viên hỗ trợ người dân, doanh nghiệp",
        "Officials and staff assigned to support people and enterprises",
        "住民・企業を支援する職員の配置",
    ),
    (
        "commune-infrastructure",
        "Hạ tầng kỹ thuật và mạng truyền số liệu chuyên dùng đến cấp xã",
        "Technical infrastructure and the dedicated network down to the communes",
        "コミューン級の技術インフラと専用データ通信網",
    ),
    (
        "central-support",
        "Bộ, cơ quan, doanh nghiệp hỗ trợ các địa phương",
        "Support for the provinces by ministries, agencies and enterprises",
        "中央省庁・機関・企業による地方支援",
    ),
)

# The report's second line consists of two tasks; every other line of one.
_TASKS: tuple[tuple[str, str, Level, str, str, str, str], ...] = (
    (
        "equipment",
        "equipment",
        "province",
        "Trang bị cho các trung tâm phục vụ hành chính công",
        "Equip the public administrative service centres",
        "行政サービスセンターの設備を整える",
        "Mọi trung tâm có đủ máy tính, máy quét, máy in, máy lấy số và đã chạy thử.",
    ),
    (
        "information-systems",
        "information-systems",
        "province",
        "Cài đặt, vận hành hệ thống thông tin giải quyết thủ tục hành chính",
        "Install and run the information system for administrative procedures",
        "行政手続き処理情報システムを導入し稼働させる",
        "Hệ thống tiếp nhận và trả được hồ sơ thử của cả cấp tỉnh và cấp xã.",
    ),
    (
        "centre-network",
        "information-systems",
        "province",
        "Kết nối mạng cho các trung tâm phục vụ hành chính công",
        "Connect the public administrative service centres to the network",
        "行政サービスセンターをネットワークに接続する",
        "Mọi trung tâm kết nối ổn định, có đường truyền dự phòng.",
    ),
    (
        "procedures-published",
        "procedures-published",
        "province",
        "Công bố thủ tục hành chính thuộc thẩm quyền cấp tỉnh",
        "Publish the administrative procedures of the provincial level",
        "省級の行政手続きを公表する",
        "Có quyết định công bố của Chủ tịch Ủy ban nhân dân tỉnh, đã công khai trên Cổng Dịch vụ công quốc gia.",
    ),
    (
        "commune-procedures",
        "commune-procedures",
        "province",
        "Hướng dẫn các thủ tục hành chính giao cho cấp xã khi không còn cấp huyện",
        "Guide the communes on the procedures handed to them from the district level",
        "郡級から移管された行政手続きをコミューン級に案内する",
        "Mọi xã, phường, đặc khu đã nhận văn bản hướng dẫn.",
    ),
    (
        "processes-and-forms",
        "processes-and-forms",
        "province",
        "Ban hành quy trình giải quyết và biểu mẫu hồ sơ thủ tục hành chính",
        "Issue the handling processes and application forms",
        "処理手順と申請様式を制定する",
        "Mỗi thủ tục có quy trình nội bộ, quy trình điện tử và biểu mẫu kèm theo.",
    ),
    (
        "access-points",
        "access-points",
        "province",
        "Công khai địa chỉ các trung tâm và điểm hỗ trợ",
        "Publish the addresses of service centres and support points",
        "サービスセンターと支援窓口の所在地を公表する",
        "Địa chỉ được đăng trên cổng thông tin của tỉnh và niêm yết tại trụ sở.",
    ),
    (
        "hotlines",
        "hotlines",
        "province",
        "Công khai đường dây nóng hỗ trợ người dân, doanh nghiệp",
        "Publish the hotlines for people and enterprises",
        "住民・企業向けホットラインを公表する",
        "Số điện thoại đã công khai và có người trực trong giờ làm việc.",
    ),
    (
        "reporting-system",
        "reporting-system",
        "province",
        "Hoàn thành hệ thống báo cáo",
        "Complete the reporting system",
        "報告システムを整備する",
        "Hệ thống gửi được báo cáo đúng mẫu tới hệ thống thông tin báo cáo của Chính phủ.",
    ),
    (
        "online-meetings",
        "online-meetings",
        "province",
        "Hoàn thành hệ thống họp trực tuyến",
        "Complete the online meeting system",
        "オンライン会議システムを整備する",
        "Họp thử thông suốt từ cấp tỉnh đến mọi xã, phường, đặc khu.",
    ),
    (
        "staffing",
        "staffing",
        "province",
        "Bố trí cán bộ, công chức, nhân viên hỗ trợ người dân, doanh nghiệp",
        "Assign officials and staff to support people and enterprises",
        "住民・企業を支援する職員を配置する",
        "Có quyết định phân công; người được phân công đã được tập huấn.",
    ),
    (
        "commune-equipment",
        "commune-infrastructure",
        "commune",
        "Bảo đảm hạ tầng kỹ thuật của xã, phường, đặc khu",
        "Provide the commune's technical infrastructure",
        "コミューンの技術インフラを整える",
        "Đủ thiết bị để tiếp nhận và giải quyết hồ sơ điện tử tại xã, phường, đặc khu.",
    ),
    (
        "commune-network",
        "commune-infrastructure",
        "commune",
        "Kết nối mạng truyền số liệu chuyên dùng đến xã, phường, đặc khu",
        "Connect the commune to the dedicated data network",
        "コミューンを専用データ通信網に接続する",
        "Đường truyền chuyên dùng đã thông và đạt yêu cầu an toàn thông tin.",
    ),
    (
        "central-support",
        "central-support",
        "agency",
        "Hoàn thành các nhiệm vụ hỗ trợ địa phương được giao",
        "Complete the support for the provinces it was charged with",
        "課された地方支援の任務を完了する",
        "Mọi nhiệm vụ Thủ tướng, Phó Thủ tướng giao đã có văn bản báo cáo kết quả.",
    ),
    (
        "support-contact",
        "central-support",
        "agency",
        "Cử đầu mối thường trực giải đáp vướng mắc của địa phương",
        "Name a standing contact who answers the provinces' difficulties",
        "地方の問題に対応する常設窓口を置く",
        "Tên, số điện thoại của đầu mối đã gửi tới cả 34 tỉnh, thành phố.",
    ),
)


def campaign() -> SeedCampaign:
    return SeedCampaign(
        code="two-tier-2025",
        names={
            "vi": "Vận hành chính quyền địa phương hai cấp",
            "en": "Two-tier local government",
            "ja": "二層制地方政府への移行",
        },
        opening=_OPENING,
        deadline=_DEADLINE,
        go_live=_GO_LIVE,
    )


def categories() -> tuple[SeedCategory, ...]:
    return tuple(
        SeedCategory(code, position, {"vi": vi, "en": en, "ja": ja})
        for position, (code, vi, en, ja) in enumerate(_CATEGORIES, start=1)
    )


def tasks() -> tuple[SeedTask, ...]:
    """Positions run through the whole campaign, in the order of the report."""
    return tuple(
        SeedTask(code, category, level, position, {"vi": vi, "en": en, "ja": ja}, standard, _DEADLINE)
        for position, (code, category, level, vi, en, ja, standard) in enumerate(_TASKS, start=1)
    )
