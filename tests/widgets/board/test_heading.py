"""The heading of a list: what is cut first where its line is short."""

from widgets.board.heading import Heading, framed_parts
from widgets.drawing.fit import choose_parts


def test_a_long_name_is_cut_before_its_region() -> None:
    subject = "Genshin Impact Genesis Crystals · Global"
    heading = Heading("Stock", True, "", (), "", "", "", 0, 0, 0, subject=subject)
    for width, shown in (
        (60, f"· {subject}"),
        (36, "· Genshin Impact Genesis… · Global"),
        (26, "· Genshin Imp… · Global"),
    ):
        [part] = choose_parts(framed_parts(heading), width)
        assert part.forms[0].text == shown
