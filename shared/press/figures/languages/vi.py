"""Vietnamese: number style and the words that carry a meaning."""

from shared.press.figures.language import Language

VIETNAMESE = Language(
    code="vi",
    decimal=",",
    group=".",
    function_words=(
        "và của các là được cho trong những với hộ trên đã này từ đến năm tỉnh huyện xã"
    ),
    letters="ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    adjective_words=2,
    noun_first=True,
    abbreviations="tp tx tt ts th.s ths pgs gs ông bà tr stt đ/c q p h",
    openers="",
    spaced=True,
    cues={
        "num:0": "không",
        "num:1": "một",
        "num:2": "hai",
        "num:3": "ba",
        "num:4": "bốn",
        "num:6": "sáu",
        "num:7": "bảy|bẩy",
        "num:8": "tám",
        "num:9": "chín",
        "num:10": "mười|một chục",
        "num:20": "hai chục",
        "num:50": "năm mươi",
        "num:500": "năm trăm",
        "num:0.5": "nửa",
        "half": "rưỡi",
        "ones:1": "mốt",
        "ones:4": "tư",
        "ones:5": "lăm|năm",
        "mult:1": "mươi",
        "mult:2": "trăm",
        "mult:3": "nghìn|ngàn",
        "mult:6": "triệu",
        "mult:9": "tỷ|tỉ",
        "mult:12": "nghìn tỷ|ngàn tỷ|nghìn tỉ|ngàn tỉ",
        "mult:4": "vạn",
        "range": "đến|tới|-",
        "and": "và",
        "unit:VND": "đồng|vnđ|vnd|đ|₫|việt nam đồng|đồng việt nam",
        "unit:USD": "usd|đô la mỹ|đô la|đô-la|us$|$",
        "unit:EUR": "euro|eur",
        "unit:percent": "%|phần trăm",
        "unit:percentage_points": "điểm phần trăm|điểm %|điểm  %",
        "unit:households": "hộ|hộ gia đình|hộ dân|lượt hộ|nóc nhà|gia đình|hộ gđ",
        "unit:persons": (
            "người|người dân|nhân khẩu|khẩu|lượt người|lượt|đối tượng|trường hợp|hội viên|"
            "đoàn viên|cháu|em|em học sinh|bệnh nhân|cá nhân|lượt khách hàng|khách hàng|hv|"
            "học viên"
        ),
        "unit:persons group:workers": "lao động|người lao động|lượt lao động|công nhân",
        "unit:persons group:students": "học sinh|sinh viên|học sinh, sinh viên|hssv|học viên",
        "unit:persons group:elderly": "người cao tuổi",
        "unit:persons group:disabled": "người khuyết tật|người tàn tật",
        "unit:persons group:children": "trẻ em|trẻ",
        "unit:persons group:women": "phụ nữ|chị em",
        "unit:persons group:meritorious": "người có công",
        "unit:persons group:poor": "người nghèo|nhân khẩu nghèo|dân nghèo|khẩu nghèo",
        "unit:persons group:social_protection": (
            "đối tượng bảo trợ xã hội|đối tượng bảo trợ|đối tượng btxh|người được bảo trợ"
        ),
        "unit:persons group:farmers": "nông dân",
        "unit:houses": (
            "căn nhà|ngôi nhà|căn|nhà ở|nhà đại đoàn kết|nhà tạm|nhà dột nát|nhà tình thương|"
            "nhà tình nghĩa|nhà|ngôi"
        ),
        "unit:models": "mô hình|mô hình sinh kế|dự án sinh kế|mô hình giảm nghèo",
        "unit:communes": "xã|phường|thị trấn|xã, phường|xã, thị trấn|xã phường|đặc khu",
        "unit:villages": (
            "thôn|bản|làng|buôn|ấp|thôn, bản|khu dân cư|thôn bản|tổ dân phố|sóc|phum sóc"
        ),
        "unit:districts": "huyện|quận|huyện, thị xã|huyện nghèo|huyện, thành phố",
        "unit:provinces": "tỉnh, thành phố|tỉnh thành|tỉnh|địa phương",
        "unit:enterprises": "doanh nghiệp|công ty",
        "unit:cooperatives": "hợp tác xã|htx|tổ hợp tác",
        "unit:cattle": (
            "con bò|con bò giống|bò giống|con trâu, bò|bò sinh sản|con bò sinh sản|trâu, bò|bò|"
            "con trâu|con trâu bò|con bê"
        ),
        "unit:animals": (
            "con|con giống|con dê|con lợn|con heo|con gà|con vịt|dê|lợn|con gia súc|con lợn giống"
        ),
        "unit:bicycles": "xe đạp|chiếc xe đạp",
        "unit:water_tanks": "bồn nước|bồn chứa nước|téc nước|bể nước|bồn đựng nước",
        "unit:cards": "thẻ bảo hiểm y tế|thẻ bhyt|thẻ|thẻ bảo hiểm",
        "unit:gifts": "suất quà|phần quà|quà|suất",
        "unit:scholarships": "suất học bổng|học bổng",
        "unit:projects": "dự án|tiểu dự án|công trình, dự án",
        "unit:works": "công trình|công trình hạ tầng",
        "unit:classes": "lớp|lớp học|lớp tập huấn|lớp đào tạo|lớp dạy nghề",
        "unit:loans": "lượt vay|khoản vay|món vay",
        "unit:toilets": "nhà vệ sinh|nhà tiêu|công trình vệ sinh",
        "unit:jobs": "việc làm|chỗ làm|việc làm mới",
        "unit:tonnes": "tấn",
        "unit:kg": "kg|kilôgam|ki-lô-gam",
        "unit:m2": "m2|m²|mét vuông",
        "unit:ha": "ha|héc-ta|hecta|héc ta",
        "unit:km": "km|ki-lô-mét|cây số",
        "unit:years_of_life": "tuổi thọ|niên hạn sử dụng|thời hạn sử dụng|tuổi thọ căn nhà",
        "unit:person_days": "ngày công|công lao động",
        "unit:trips": "chuyến|chuyến hàng|chuyến xe",
        "no": (
            "tuổi|lần|giờ|phút|tháng tuổi|đại biểu|phóng viên|tiêu chí|giải pháp|nhiệm vụ|"
            "nội dung|chỉ tiêu|chương trình mục tiêu quốc gia|chương trình|nhóm|dân tộc|"
            "dân tộc anh em|thành phần|chiều|dịch vụ|chính sách|cán bộ|đồng chí|cứng|chỉ số|đoàn|"
            "trang|ngày|tháng|tuần|quý|văn bản|nghị quyết|phong trào|vị trí|người con|đứa con|"
            "con nhỏ|nhân khẩu trong nhà|cấp|sào|khóa"
        ),
        "group:poor": "nghèo|diện nghèo",
        "group:near_poor": "cận nghèo|diện cận nghèo",
        "group:poor group:near_poor": (
            "nghèo, cận nghèo|nghèo và cận nghèo|nghèo, hộ cận nghèo|nghèo và hộ cận nghèo|"
            "nghèo hoặc cận nghèo|nghèo - cận nghèo|nghèo/cận nghèo|nghèo lẫn cận nghèo"
        ),
        "group:exited": "mới thoát nghèo|vừa thoát nghèo|hộ mới thoát nghèo",
        "group:ethnic_minority": (
            "dân tộc thiểu số|dtts|đồng bào dân tộc|đồng bào thiểu số|khmer|"
            "đồng bào dân tộc thiểu số|người dân tộc thiểu số"
        ),
        "group:social_protection": "bảo trợ xã hội|btxh",
        "group:business": "kinh doanh|hộ kinh doanh",
        "group:covid": "covid-19|covid|dịch bệnh",
        "group:disaster": "thiên tai|bão lũ|hỏa hoạn|bão|lũ|lốc xoáy|lũ lụt|sạt lở",
        "group:saline": "hạn mặn|xâm nhập mặn|nước mặn",
        "group:patients": "bệnh nhân|khám, chữa bệnh|khám chữa bệnh|bệnh hiểm nghèo|chữa bệnh",
        "group:students": "đến trường|học tập",
        "group:freelance": "lao động tự do",
        "of_plan": "kế hoạch|chỉ tiêu|dự toán",
        "people": "dân số",
        "left": "còn|còn lại|chỉ còn",
        "rate": "tỷ lệ|tỉ lệ",
        "topic:poverty": (
            "tỷ lệ nghèo|tỉ lệ nghèo|tỷ lệ hộ nghèo|tỉ lệ hộ nghèo|"
            "tỷ lệ hộ nghèo theo chuẩn nghèo đa chiều|tỉ lệ hộ nghèo theo chuẩn nghèo đa chiều|"
            "tỷ lệ hộ nghèo theo chuẩn đa chiều|tỷ lệ hộ nghèo theo chuẩn nghèo|nghèo theo chuẩn"
        ),
        "topic:near_poverty": "tỷ lệ cận nghèo|tỷ lệ hộ cận nghèo|tỉ lệ hộ cận nghèo",
        "topic:multidimensional": (
            "tỷ lệ nghèo đa chiều|tỉ lệ nghèo đa chiều|tỷ lệ hộ nghèo đa chiều|"
            "tỉ lệ hộ nghèo đa chiều|hộ nghèo đa chiều"
        ),
        "topic:both": (
            "tỷ lệ hộ nghèo và cận nghèo|tỷ lệ hộ nghèo, cận nghèo|"
            "tỷ lệ hộ nghèo và hộ cận nghèo|tỷ lệ hộ nghèo, hộ cận nghèo|"
            "tỉ lệ hộ nghèo và cận nghèo|tỷ lệ nghèo và cận nghèo|tỷ lệ nghèo, cận nghèo"
        ),
        "topic:poverty_line": "chuẩn nghèo|chuẩn hộ nghèo",
        "topic:near_poverty_line": "chuẩn cận nghèo",
        "topic:income": "thu nhập|thu nhập bình quân|thu nhập bình quân đầu người|mức thu nhập",
        "topic:coverage": (
            "bao phủ|tỷ lệ bao phủ|được cấp thẻ|tham gia bảo hiểm y tế|tham gia bhyt|"
            "được sử dụng nước|được dùng nước|có nước sạch|được tiếp cận|nước hợp vệ sinh|"
            "được cấp"
        ),
        "topic:progress": (
            "kế hoạch vốn|đạt tỷ lệ|giải ngân đạt|kế hoạch giao|tỷ lệ giải ngân|so với kế hoạch|"
            "của kế hoạch"
        ),
        "share": (
            "chiếm|chiếm tỷ lệ|chiếm tỉ lệ|chiếm tới|chiếm khoảng|tương đương|tương ứng|ứng với|"
            "tương đương tỷ lệ"
        ),
        "whole": "tổng số|trong tổng số|dân số|tổng vốn|tổng nguồn vốn",
        "act:support": (
            "di dời|tham gia|cấp cho|bàn giao|phát|xuất cấp|hỗ trợ|giúp|giúp đỡ|trợ giúp|tặng|"
            "trao|trao tặng|trợ cấp|cấp phát|thăm hỏi|cho vay|được vay|vay vốn|tiếp cận vốn|"
            "hưởng lợi|thụ hưởng|được hưởng|chăm lo|cấp|đỡ đầu|cứu trợ|chi trả|miễn giảm|"
            "được nhận|nuôi dưỡng|chi trợ cấp"
        ),
        "act:train": "đào tạo nghề|dạy nghề|tập huấn|đào tạo|học nghề|lớp nghề|mở lớp",
        "act:exit": (
            "ra khỏi danh sách nghèo|ra khỏi diện nghèo|thoát khỏi hộ nghèo|"
            "thoát khỏi danh sách hộ nghèo|thoát khỏi nghèo đói|không còn nghèo|"
            "thoát nghèo|vươn lên thoát nghèo|ra khỏi danh sách hộ nghèo|thoát khỏi nghèo|"
            "thoát khỏi diện nghèo|ra khỏi hộ nghèo"
        ),
        "act:exit_near": "thoát cận nghèo",
        "act:fallback": "tái nghèo|tái nghèo, phát sinh nghèo",
        "act:new": (
            "nghèo mới|mới phát sinh|nghèo phát sinh mới|hộ nghèo phát sinh|phát sinh mới|"
            "nghèo phát sinh|phát sinh nghèo|phát sinh"
        ),
        "act:jobs": (
            "giải quyết việc làm|tạo việc làm|tạo thêm việc làm|việc làm mới cho|có việc làm|"
            "giới thiệu việc làm|việc làm cho"
        ),
        "act:abroad": "xuất khẩu lao động|đi làm việc ở nước ngoài|làm việc ở nước ngoài",
        "act:build": "xây mới|xây dựng mới|xây dựng|xây|làm mới|làm nhà|dựng mới|xây cất|làm",
        "act:repair": "sửa chữa|sửa|cải tạo|tu sửa|nâng cấp",
        "act:build_or_repair": (
            "xây mới và sửa chữa|xây mới, sửa chữa|xây dựng, sửa chữa|xây dựng và sửa chữa|"
            "xóa nhà tạm|xóa|xoá|xóa nhà tạm, nhà dột nát|xoá nhà tạm|làm mới, sửa chữa|"
            "xây mới hoặc sửa chữa|làm mới và sửa chữa"
        ),
        "act:start": (
            "động thổ|đang xây|đang làm|đang thi công|đang triển khai xây|khởi công|"
            "đang xây dựng|đang thi công|triển khai xây dựng"
        ),
        "act:remain": (
            "chưa thể làm|chưa làm|chưa xây|chưa hoàn thành|chưa xong|chưa thể xây|"
            "chưa thực hiện|còn lại|chưa triển khai|chưa khởi công|cần xóa"
        ),
        "money:budget": (
            "kế hoạch vốn|"
            "tổng kinh phí|kinh phí|ngân sách|tổng vốn|tổng nguồn vốn|nguồn vốn|vốn đầu tư|"
            "tổng mức đầu tư|ngân sách trung ương|ngân sách địa phương|nguồn lực|vốn sự nghiệp|"
            "vốn đối ứng|dự toán"
        ),
        "money:allocated": "phân bổ|được giao|giao vốn|bố trí|được phân bổ",
        "money:disbursed": "giải ngân|đã giải ngân|chi ra|đã chi",
        "money:mobilised": (
            "huy động|vận động|quyên góp|ủng hộ|tiếp nhận|kêu gọi|thu được|vận động được|"
            "đóng góp|xã hội hóa|quỹ vì người nghèo"
        ),
        "money:loan": (
            "dư nợ|tổng dư nợ|doanh số cho vay|cho vay|vay|tín dụng|vay vốn|vốn vay|"
            "tín dụng chính sách|vốn tín dụng"
        ),
        "money:value": (
            "trị giá|trị giá hơn|tổng trị giá|với số tiền|số tiền|tổng số tiền|giá trị|"
            "mức hỗ trợ|với tổng số tiền|tiền"
        ),
        "rice": "gạo",
        "dir:decrease": (
            "giảm|giảm bớt|hạ|kéo giảm|giảm được|giảm thêm|giảm bình quân|giảm nhanh|giảm sâu|"
            "giảm mạnh|ít hơn|thấp hơn"
        ),
        "dir:increase": "tăng|tăng thêm|tăng lên|tăng bình quân|cao hơn|nhiều hơn|nâng",
        "to": (
            "xuống còn|còn|chỉ còn|giảm còn|xuống|xuống dưới|lên|đạt|đạt mức|lên tới|"
            "hạ xuống còn|còn lại|nay còn|ở mức|về còn|về mức|lên mức|là|xuống mức"
        ),
        "dir:decrease to": (
            "giảm còn|giảm xuống còn|giảm xuống|giảm chỉ còn|giảm về|kéo giảm xuống còn|"
            "giảm xuống mức"
        ),
        "dir:increase to": "tăng lên mức|nâng lên|tăng lên đến|tăng lên",
        "by": "được|thêm|giảm được|tới",
        "from": "từ|từ mức|từ chỗ",
        "vs": "so với|so cùng kỳ|so với cùng kỳ|so|so với cuối năm|so với đầu kỳ",
        "than": "thấp hơn|cao hơn|ít hơn|nhiều hơn",
        "avg": "bình quân|trung bình|bình quân mỗi năm|bình quân hằng năm|bình quân hàng năm",
        "per:year": (
            "mỗi năm|/năm|hằng năm|hàng năm|một năm|bình quân mỗi năm|bình quân hằng năm|"
            "bình quân hàng năm|trên năm|mỗi một năm"
        ),
        "per:month": "mỗi tháng|/tháng|hằng tháng|hàng tháng|một tháng",
        "per:each": (
            "mỗi hộ|/hộ|/căn|mỗi căn|/người|mỗi người|mỗi suất|mỗi nhà|/nhà|mỗi mô hình|một hộ|"
            "/suất|/khẩu|/lao động|mỗi xã|/xã|mỗi thôn|/con|mỗi em|/em|/đối tượng|/mô hình"
        ),
        "qual:about": "khoảng|gần khoảng|chừng|ước khoảng|xấp xỉ|độ|tầm",
        "qual:nearly": "gần|gần tới|ngót|sát",
        "qual:more_than": "hơn|trên|vượt|quá|hơn cả",
        "qual:below": (
            "dưới|thấp hơn|chưa đến|chưa tới|chưa đầy|xuống dưới|còn dưới|không đến|"
            "giảm còn dưới|xuống còn dưới|giảm xuống dưới"
        ),
        "qual:at_least": "ít nhất|tối thiểu|từ trên|không dưới|không thấp hơn",
        "qual:at_most": "tối đa|không quá|nhiều nhất|cao nhất",
        "after:at_least": "trở lên|trở lên/năm",
        "after:at_most": "trở xuống",
        "after:more_than": "dư",
        "kind:target": (
            "phấn đấu|mục tiêu|đặt mục tiêu|chỉ tiêu|đề ra|kế hoạch|nhằm|hướng tới|quyết tâm|cần|"
            "yêu cầu|phấn đấu đến|đặt ra"
        ),
        "kind:forecast": (
            "dự kiến|dự báo|ước|ước giảm|ước tính|ước đạt|ước thực hiện|ước còn|dự ước|sẽ còn|"
            "khả năng|có thể giảm"
        ),
        "kind:norm": (
            "tối thiểu|định mức|mức chuẩn|quy định|theo quy định|mức hỗ trợ|mức chi|quy chuẩn|"
            "chuẩn nghèo|chuẩn cận nghèo"
        ),
        "kind:actual": "đã|thực tế|kết quả|hiện còn|đến nay|tính đến|hiện nay|hiện",
        "aim": (
            "phải|cần phải|đảm bảo|bảo đảm|muốn|dự định|cam kết|giao|giao chỉ tiêu|"
            "không để|không vượt quá|đăng ký"
        ),
        "future": "sẽ còn",
        "plan": "chương trình|kế hoạch|nghị quyết|đề án|dự án|chuẩn",
        "kind:none": (
            "vượt mục tiêu|vượt chỉ tiêu|đạt mục tiêu|đạt chỉ tiêu|vượt kế hoạch|đạt kế hoạch|"
            "hoàn thành mục tiêu|hoàn thành chỉ tiêu|vượt so với mục tiêu|mục tiêu quốc gia|"
            "chương trình mục tiêu quốc gia|so với kế hoạch|của kế hoạch|theo kế hoạch|"
            "kế hoạch vốn|kế hoạch giao|đạt và vượt chỉ tiêu|đạt và vượt mục tiêu|kế hoạch năm"
        ),
        "role:total": (
            "tổng cộng|tổng|tổng số|cả thảy|tổng kinh phí|tổng vốn|tổng nguồn vốn|tổng số tiền"
        ),
        "role:list": "bao gồm|gồm|gồm có|cụ thể|như sau|cụ thể là|chia ra",
        "role:of_which": "trong đó|trong số này|trong số đó|riêng",
        "link": "với|ứng với|tương đương|tương ứng|tương đương với|bằng",
        "these": "con số này|tỷ lệ này|số này|các tỷ lệ này|chỉ số này",
        "part_of": "trên tổng số|trong tổng số|/tổng số|trong số|trên tổng|trên",
        "act:finish": (
            "hoàn thành|làm xong|xong|hoàn thiện|khánh thành|nghiệm thu|bàn giao|đưa vào sử dụng"
        ),
        "reduction": (
            "giảm nghèo|giảm nghèo đa chiều|giảm nghèo bền vững|giảm hộ nghèo|tỷ lệ giảm nghèo|"
            "tốc độ giảm nghèo"
        ),
        "for_every": "cứ|cứ mỗi|trong mỗi",
        "respectively": "lần lượt|lần lượt là|tương ứng là|theo thứ tự",
        "t:year": "năm",
        "t:month": "tháng",
        "t:quarter": "quý",
        "t:end": (
            "cuối năm|hết năm|cuối|kết thúc năm|đến hết năm|thời điểm cuối năm|đến cuối năm|"
            "đến cuối|đến hết|đến ngày"
        ),
        "t:year_end": "cuối năm|đến cuối năm|đến hết năm|hết năm",
        "t:start": "đầu năm|đầu",
        "t:mid": "giữa năm",
        "t:first": "tháng đầu năm|tháng đầu của năm|tháng đầu|tháng đầu năm nay",
        "t:last_months": "tháng cuối năm",
        "t:half": "nửa đầu năm",
        "t:this_year": "năm nay|trong năm nay",
        "t:end t:this_year": (
            "cuối năm nay|hết năm nay|đến cuối năm nay|từ nay đến cuối năm|từ nay tới cuối năm|"
            "từ nay đến hết năm"
        ),
        "t:last_year": "năm ngoái|năm qua|năm vừa qua|trong năm qua",
        "t:end t:last_year": (
            "cuối năm ngoái|hết năm ngoái|cuối năm qua|đến cuối năm ngoái|thời điểm cuối năm ngoái"
        ),
        "t:start t:last_year": "đầu năm ngoái",
        "t:previous_year": "năm trước|năm trước đó|năm liền trước|năm liền kề",
        "t:end t:previous_year": "cuối năm trước|hết năm trước|cuối năm trước đó",
        "vs t:previous_year": "cùng kỳ|cùng kỳ năm trước|cùng kỳ năm ngoái|cùng kì",
        "t:same": "cùng thời điểm|cùng kỳ của|thời điểm",
        "t:the_year": "trong năm|cả năm",
        "t:next_year": "năm tới|năm sau",
        "t:period": "giai đoạn|thời kỳ|nhiệm kỳ",
        "t:to": "đến|tới|đến năm|đến nay|-",
        "t:asof": (
            "tính đến|tính đến ngày|đến ngày|đến|tính tới|đến thời điểm|tính đến tháng|"
            "tính đến hết|đến năm|vào năm"
        ),
        "t:from": "từ năm|từ|kể từ năm|sau",
        "t:from t:start": "từ đầu năm|kể từ đầu năm|tính từ đầu năm",
        "review": "rà soát|kết quả điều tra|tổng rà soát|phúc tra",
        "t:now": "đến nay|hiện nay|hiện|tới nay|đến thời điểm này",
        "t:day": "ngày|sáng ngày|chiều ngày",
        "id": (
            "số|điều|khoản|nghị quyết|quyết định|nghị định|thông tư|chỉ thị|công văn|văn bản|"
            "kế hoạch số|điện thoại|hotline|đt|quốc lộ|tỉnh lộ|khu vực|vùng|khóa|lần thứ|thứ|"
            "kỳ họp|chương trình|dự án|tiểu dự án|hợp phần|đề án|luật|mã|phần|chương|mục|trang|"
            "ảnh|phòng|ấp|khóm|khu phố|tổ|quý|hạng|điểm|covid|fax|biển số|đội|lớp|thông báo|"
            "tờ trình|công điện|nđ|nq|qđ|gpxb|giấy phép"
        ),
        "count": "số|số lượng|số lượt|tổng số",
        "docdate": "ký ngày|ban hành ngày|ngày ban hành",
        "dob": "sinh năm|sn|sinh ngày",
        "skip": (
            "phát triển|phát huy|phát động|"
            "giảm nghèo|xóa đói giảm nghèo|giảm nghèo bền vững|công tác giảm nghèo|hiểm nghèo|"
            "vì người nghèo|quỹ vì người nghèo|ngày vì người nghèo|giảm nghèo đa chiều|"
            "giảm nghèo nhanh|đói nghèo|nghèo khó|đồng bào|cộng đồng|hội đồng|hội đồng nhân dân|"
            "đồng thời|đồng bộ|đồng chí|đồng hành|trên địa bàn|trên cả nước|hơn nữa|gần đây|"
            "không chỉ|năm châu|đồng bằng|quá trình|quá khứ|một số|một trong|một cách|mỗi một|"
            "một phần|liên hợp quốc|trẻ hóa|vượt qua|vượt khó|vượt lên|giúp nhau|nhà nước|"
            "nhà văn hóa|nhà trường|nhà báo|quốc gia|thủ tướng|xã hội|xã hội hóa|an sinh xã hội|"
            "bảo hiểm xã hội|nhà máy|nhà khoa học|chỉ đạo|cấp ủy|các cấp|bản thân|làng nghề|"
            "văn bản|cơ bản|đăng ký|đặc biệt|gia đình chính sách|tỉnh ủy|huyện ủy|huyện đoàn|"
            "xã đoàn|tỉnh đoàn|đến với|từ đó|từ nguồn|là một|căn cứ|thấp nhất|cao nhất cả nước|"
            "bình đẳng|trong khi|điều kiện|khu vực|hạ tầng|đầu tư|đầu người|bình quân đầu người|"
            "đầu mối|cuối cùng|số liệu|em bé|thôn xóm|việc làm bền vững|đứng thứ|thành phần|"
            "cấp bách|cấp xã|cấp huyện|cấp tỉnh|trung ương|nguyên nhân|hộ khẩu|cán bộ|bò sữa|"
            "nước nghèo|xã nghèo|thôn nghèo|bản nghèo|vùng nghèo|làm ăn|làm việc|nhờ|làm cho"
        ),
        "place:province": "tỉnh|thành phố|tp|tp.|t.p",
        "place:district": "huyện|thị xã|quận|tx|tx.|thành phố|tp|tp.",
        "place:commune": "xã|phường|thị trấn|đặc khu|tt",
        "place:country": "cả nước|toàn quốc|trên cả nước|trong cả nước",
        "whole:province": (
            "toàn tỉnh|cả tỉnh|trên địa bàn tỉnh|trong tỉnh|toàn thành phố|của tỉnh|"
            "trên địa bàn thành phố|tỉnh ta|tỉnh còn"
        ),
        "whole:district": (
            "toàn huyện|cả huyện|trên địa bàn huyện|toàn thị xã|trong huyện|của huyện|"
            "trên địa bàn thị xã"
        ),
        "whole:commune": "toàn xã|cả xã|trên địa bàn xã|toàn phường|của xã|trong xã",
        "sum": "cả hai nhóm|hai nhóm|cả hai|gộp cả",
        "set_amount": "mức hỗ trợ|định mức|mức chi|mức trợ cấp",
    },
)
