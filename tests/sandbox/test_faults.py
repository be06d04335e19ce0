"""How faults are written, and which request meets which."""

import pytest

from services.domain.errors import BadInput
from services.sandbox import KINDS, SHAPES, Fault, FaultPlan


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("reset", Fault("reset")),
        ("reset@placeOrder:after*2", Fault("reset", "placeOrder", "after", 2)),
        ("http500@*:before", Fault("http500")),
        ("ratelimit@list~3", Fault("ratelimit", "list", seconds=3)),
        ("late~45.5*0", Fault("late", times=0, seconds=45.5)),
        ("clock_skew~-120", Fault("clock_skew", seconds=-120)),
        ("hang+2*1@checkOrder", Fault("hang", "checkOrder", skip=2)),
        ("status@list=ON@HOLD*2=x", Fault("status", "list", value="ON@HOLD*2=x")),
        (" truncate=-1 ", Fault("truncate", value="-1")),
        ("shape:no-price", Fault("shape:no-price", times=0)),
        ("shape:no-time@list*2", Fault("shape:no-time", "list", times=2)),
        ("shape:currency=USD", Fault("shape:currency", times=0, value="USD")),
    ],
)
def test_a_fault_can_be_typed(spec: str, fault: Fault) -> None:
    assert Fault.parse(spec) == fault


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "explode",
        "reset@",
        "reset@nowhere",
        "reset:during",
        "reset*",
        "reset*-1",
        "reset*2*3",
        "reset placeOrder",
        "slow~1e9",
        "slow~99999999",
        "truncate=half",
        "redirect=http://a b",
        "RESET",
        "shape:",
        "shape:round",
        "no-price",
    ],
)
def test_what_is_no_fault_is_said_in_a_sentence(spec: str) -> None:
    with pytest.raises(BadInput) as refused:
        Fault.parse(spec)
    assert len(refused.value.message) > 20


def test_a_fault_strikes_as_often_as_it_says() -> None:
    plan = FaultPlan()
    plan.add(Fault("reset", "list", times=2, skip=1))
    plan.add(Fault("http500", "list", times=0))
    struck = [plan.take("list").delivery for _ in range(5)]
    assert [fault.kind for fault in struck if fault] == [
        "http500",
        "reset",
        "reset",
        "http500",
        "http500",
    ]
    assert plan.take("balance").delivery is None
    plan.clear()
    assert plan.take("list").delivery is None


def test_a_queue_of_failures_comes_one_by_one_and_distortions_at_once() -> None:
    plan = FaultPlan()
    for spec in ("reset", "http503", "late~5", "clock_skew~9*0", "clock_skew~1"):
        plan.add(Fault.parse(spec))
    first, second = plan.take("placeOrder"), plan.take("placeOrder")
    assert (first.delivery, first.lateness, first.skew) == (Fault("reset"), 5, 10)
    assert (second.delivery, second.lateness, second.skew) == (Fault("http503"), 0, 9)


def test_a_distortion_waits_for_a_request_that_it_can_distort() -> None:
    plan = FaultPlan()
    plan.add(Fault("late", seconds=5))
    assert plan.take("list").lateness == 0
    assert plan.take("placeOrder").lateness == 5


def test_every_fault_of_the_design_exists() -> None:
    assert {
        "reset",
        "hang",
        "slow",
        "truncate",
        "bom",
        "gzip",
        "html429",
        "html502",
        "http500",
        "http503",
        "ratelimit",
        "empty",
        "no_order_id",
        "wrong_types",
        "redirect",
        "late",
        "clock_skew",
        "shuffle_pages",
        "hostile",
        "status",
        "not_json",
        "garbage",
        "ip_block",
        *(f"shape:{name}" for name in SHAPES),
    } == KINDS
