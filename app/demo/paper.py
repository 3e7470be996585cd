"""What surrounds the report of June 2025 on paper: signer, addressees, recipients and proposals. All of it made up."""

LETTERHEAD = {
    "symbol": "BC-BKHCN",
    "signer": {"on_behalf": "KT. BỘ TRƯỞNG", "position": "THỨ TRƯỞNG", "name": "Nguyễn Văn Demo"},
    "addressees": ["Thủ tướng Chính phủ"],
    "recipients": [
        "Như trên",
        "Văn phòng Chính phủ",
        "UBND các tỉnh, thành phố",
        "Bộ trưởng (để báo cáo)",
        "Lưu: VT, CĐSQG",
    ],
}
PROPOSALS = (
    "Các tỉnh, thành phố còn nội dung chưa hoàn thành tập trung hoàn thành trước ngày 30/6/2025 như đã cam kết.",
    "Chủ tịch UBND cấp tỉnh trực tiếp chỉ đạo, báo cáo kết quả hằng ngày.",
    "Các bộ, cơ quan, doanh nghiệp viễn thông trả lời dứt điểm các vướng mắc đã nhận trước ngày 29/6/2025.",
)
