"""The usual way of a record through its states, as the bar on its page draws it."""

from __future__ import annotations

import pytest

from core.kernel.choices import Choice
from core.kernel.lifecycle import Lifecycle, Transition, cycle_of
from core.kernel.words import msg


class Offer(Choice):
    DRAFT = "draft", msg("Draft"), "idle"
    CHECKED = "checked", msg("Checked"), "wait"
    SENT = "sent", msg("Sent"), "run"
    TAKEN = "taken", msg("Accepted"), "good"
    REFUSED = "refused", msg("Declined"), "bad"
    OLD = "old", msg("Expired"), "idle"


CYCLE = Lifecycle(
    Offer.DRAFT,
    (
        Transition("refuse", (Offer.DRAFT, Offer.SENT), Offer.REFUSED, msg("Decline")),
        Transition("send", (Offer.DRAFT, Offer.CHECKED), Offer.SENT, msg("Send")),
        Transition("expire", (Offer.SENT,), Offer.OLD, msg("Expire")),
        Transition("take", (Offer.SENT, Offer.OLD), Offer.TAKEN, msg("Accept")),
        Transition("put_away", (Offer.TAKEN,), Offer.OLD, msg("Archive")),
    ),
)


@pytest.mark.parametrize(
    ("state", "way"),
    [
        (Offer.DRAFT, (Offer.DRAFT, Offer.SENT, Offer.TAKEN)),  # neither what is bad nor what follows a good end
        (Offer.TAKEN, (Offer.DRAFT, Offer.SENT, Offer.TAKEN)),
        (Offer.REFUSED, (Offer.DRAFT, Offer.REFUSED)),  # by the fewest steps
        (Offer.OLD, (Offer.DRAFT, Offer.SENT, Offer.OLD, Offer.TAKEN)),  # from beside the way back onto it
        (Offer.CHECKED, (Offer.DRAFT, Offer.CHECKED, Offer.SENT, Offer.TAKEN)),  # reached by no step of the table
    ],
)
def test_the_usual_way_leads_through_the_state_to_a_good_end(state: Offer, way: tuple[Offer, ...]) -> None:
    assert CYCLE.way(state) == way


@pytest.mark.parametrize(
    ("passed", "way"),
    [
        ((Offer.DRAFT, Offer.SENT, Offer.REFUSED), (Offer.DRAFT, Offer.SENT, Offer.REFUSED)),
        ((Offer.DRAFT, Offer.SENT, Offer.OLD, Offer.SENT, Offer.REFUSED), (Offer.DRAFT, Offer.SENT, Offer.REFUSED)),  # no round twice
        ((Offer.DRAFT, Offer.SENT), (Offer.DRAFT, Offer.REFUSED)),  # not all of it is known
    ],
)
def test_the_way_beside_the_usual_one_is_the_one_that_was_gone(passed: tuple[Offer, ...], way: tuple[Offer, ...]) -> None:
    assert CYCLE.way(Offer.REFUSED, passed) == way
    assert CYCLE.way(Offer.TAKEN, passed) == CYCLE.way(Offer.TAKEN)


def test_a_cycle_may_state_its_usual_way() -> None:
    stated = Lifecycle(CYCLE.initial, CYCLE.transitions, usual=(Offer.DRAFT, Offer.CHECKED, Offer.SENT))
    assert stated.way(Offer.CHECKED) == (Offer.DRAFT, Offer.CHECKED, Offer.SENT)


def test_a_kind_of_state_knows_its_cycle() -> None:
    assert cycle_of(Offer) is CYCLE
    assert cycle_of(str) is None
