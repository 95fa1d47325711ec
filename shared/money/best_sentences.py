"""What a best allocation says of itself, in English and Vietnamese side by side.

Law: none (words; the ranks are those of the runs, by the rules that divide them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from shared.kernel.texts import Text

BEST_HOW = Text(
    "Who waits in the queues of these runs is divided anew: in the first rank the choice that "
    "reaches the most deprivation for the money, then in the next without taking from it, and so "
    "on; of those that reach as much one that costs least. A solver of whole numbers (HiGHS) "
    "proposes, and what it proposes is checked to the đồng; the gap is what no allocation exceeds, "
    "less what is reached. Nothing is stored, and the law's own queue decides.",
    "Các hộ đang chờ trong những lần phân bổ này được chia lại: trong thứ tự ưu tiên đầu tiên chọn "
    "cách đạt được nhiều chỉ số thiếu hụt nhất với số vốn, rồi đến thứ tự sau mà không lấy đi của "
    "thứ tự trước; trong các cách đạt bằng nhau lấy cách ít tốn nhất. Bộ giải số nguyên (HiGHS) đề "
    "xuất, kết quả được kiểm tra đến từng đồng; khoảng cách là mức không cách chia nào vượt được, "
    "trừ mức đạt được. Không lưu gì; thứ tự theo luật vẫn là căn cứ quyết định.",
)
BestRemark = Literal[
    "order_within_rank",
    "queue_ends_early",
    "as_the_law",
    "earlier_rank_first",
    "not_proven",
    "may_cost_less",
    "lacks_unknown",
]
BEST_REMARKS: Mapping[BestRemark, Text] = {
    "order_within_rank": Text(
        "the law ranks households and leaves the order within a rank open; there those that lack "
        "more for the money come first here, where the run goes by their ids",
        "luật xếp thứ tự ưu tiên nhưng không định thứ tự trong cùng một mức; ở đây hộ thiếu hụt "
        "nhiều hơn so với số vốn được chọn trước, còn lần phân bổ xếp theo mã hộ",
    ),
    "queue_ends_early": Text(
        "the run's queue ends at the first household whose part no longer fits; here the money "
        "left goes to a smaller part behind it",
        "hàng chờ theo luật dừng ở hộ đầu tiên không còn đủ vốn; ở đây phần vốn còn lại được dùng "
        "cho hộ phía sau cần ít hơn",
    ),
    "as_the_law": Text(
        "the law's own queue reaches as much for as much money",
        "thứ tự theo luật đạt được bằng như vậy với cùng số tiền",
    ),
    "earlier_rank_first": Text(
        "more may be reached in all only at the cost of an earlier rank",
        "chỉ có thể đạt tổng số nhiều hơn nếu lấy đi của thứ tự ưu tiên trước",
    ),
    "not_proven": Text(
        "the time ended before it was proven that nothing reaches more; see `gap`",
        "hết thời gian trước khi chứng minh được không cách nào đạt nhiều hơn; xem `gap`",
    ),
    "may_cost_less": Text(
        "an allocation that reaches as much may cost less; see `spent_at_least_vnd`",
        "có thể có cách đạt bằng như vậy mà tốn ít hơn; xem `spent_at_least_vnd`",
    ),
    "lacks_unknown": Text(
        "of some households no review says which services they lack; they count as lacking none",
        "có hộ mà không kết quả rà soát nào cho biết thiếu hụt chỉ số gì; các hộ đó được tính là "
        "không thiếu hụt",
    ),
}
