"""The chain of balances: in the order in which things happened, broken only where it is broken."""

import random
from itertools import pairwise

from services.domain.balance_chain import chain


def ids(found):
    return [int(t.id[1:]) for t in found.movements]


def test_movements_come_out_oldest_first_however_they_were_listed(move):
    listed = [move(3, 800, 700, second=9), move(1, 1000, 900), move(2, 900, 800, second=4)]
    found = chain(listed)
    assert ids(found) == [1, 2, 3]
    assert not found.broken


def test_a_movement_that_begins_elsewhere_is_a_break(move):
    found = chain([move(1, 1000, 900), move(2, 850, 800, second=4), move(3, 800, 700, second=8)])
    assert found.broken == {"t0002"}


def test_two_gaps_are_two_breaks(move):
    found = chain([move(1, 1000, 900), move(2, 850, 800, second=4), move(3, 700, 650, second=8)])
    assert found.broken == {"t0002", "t0003"}


def test_movements_of_one_instant_are_put_in_order_by_their_balances(move):
    found = chain([move(3, 1000, 900), move(2, 900, 950), move(1, 950, 800), move(4, 800, 700)])
    assert ids(found) == [3, 2, 1, 4]
    assert not found.broken


def test_a_debit_and_its_refund_at_one_instant_are_no_break(move):
    # From 1 000 both t1 and t2 could be next, but after t1 nothing follows.
    found = chain([move(0, 1100, 1000), move(1, 1000, 800), move(2, 1000, 900), move(3, 900, 1000)])
    assert ids(found) == [0, 2, 3, 1]
    assert not found.broken


def test_times_that_are_a_moment_out_of_order_are_no_break(move):
    found = chain([move(1, 900, 800, second=0), move(2, 1000, 900, second=0.02)])
    assert ids(found) == [2, 1]
    assert not found.broken


def test_a_gap_among_movements_of_one_instant_is_found_once(move):
    found = chain([move(0, 1100, 1000), move(1, 1000, 900), move(2, 700, 600), move(3, 600, 550)])
    assert found.broken == {"t0002"}
    assert ids(found) == [0, 1, 2, 3]


def test_the_first_movement_follows_on_nothing(move):
    assert not chain([move(1, 123, 100)]).broken
    assert chain([]).movements == ()


def test_a_movement_without_balances_hides_what_is_around_it(move):
    blind = move(2, None, None, second=4, amount=50)
    found = chain([move(1, 1000, 900), blind, move(3, 850, 800, second=8)])
    assert ids(found) == [1, 2, 3]
    assert not found.broken


def test_a_change_of_another_amount_is_a_break(move):
    assert chain([move(1, 1000, 900, amount=80)]).broken == {"t0001"}


def test_a_true_history_has_no_break_however_its_races_are_listed(move):
    rng = random.Random(11)
    for _ in range(100):
        history = [move(0, 900, 1000, second=-9)]
        balance = 1000
        for number in range(1, 16):
            after = balance + rng.choice((-100, -50, 50, 100))
            history.append(move(rng.randrange(10**4), balance, after, second=number // 5 * 5))
            balance = after
        rng.shuffle(history)
        found = chain(history)
        assert not found.broken
        assert all(a.new_balance == b.old_balance for a, b in pairwise(found.movements))
