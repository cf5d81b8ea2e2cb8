"""What computes a large study waits for the one before it, and nothing else does."""

from dataclasses import replace
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from data import alone
from data.alone import BUSY, LARGE, TURN, in_turn, one_request
from data.deadline import LateError, deadline, kept
from studies import random_study

LONG = 30.0
"""Seconds after which a test gives up."""


@pytest.fixture
def large(monkeypatch):
    """A study that is large by a lower limit than the real one."""
    monkeypatch.setattr(alone, "LARGE", 1)
    monkeypatch.setattr(alone, "LAST", SimpleNamespace(key=""))
    return random_study(0, patients=3)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(alone, "PATIENCE", 0.1)


def elsewhere(study):
    """(the thread, the event that ends it) of a request that computes the study now."""
    begun, end = Event(), Event()

    def compute():
        with one_request():
            in_turn(study)
            begun.set()
            assert end.wait(LONG)

    thread = Thread(target=compute)
    thread.start()
    assert begun.wait(LONG)
    return thread, end


def test_a_second_request_for_a_large_study_is_refused_while_the_first_computes(large, impatient):
    thread, end = elsewhere(large)
    with one_request(), pytest.raises(LateError, match=BUSY):
        in_turn(large)
    end.set()
    thread.join(LONG)
    with one_request():
        assert in_turn(large) is large


def test_it_goes_on_as_soon_as_the_first_is_done(large):
    thread, end = elsewhere(large)
    end.set()
    with one_request():
        assert in_turn(large) is large
    thread.join(LONG)


def test_a_small_study_waits_for_nobody(large, impatient, monkeypatch):
    thread, end = elsewhere(large)
    monkeypatch.setattr(alone, "LARGE", LARGE)
    with one_request():
        assert in_turn(large) is large
    end.set()
    thread.join(LONG)


def test_the_turn_is_given_back_whatever_happens_and_is_one_for_a_request(large):
    def failing():
        with one_request():
            assert in_turn(in_turn(large)) is large
            assert TURN.locked()
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        failing()
    assert not TURN.locked()


def test_all_else_is_forgotten_when_another_large_study_comes(large):
    forgotten = []
    for key in ("a", "a", "b", "a"):
        with one_request():
            in_turn(replace(large, key=key), lambda: forgotten.append(key))  # noqa: B023 - called at once
    assert forgotten == ["a", "b", "a"]


def test_outside_of_a_request_nobody_waits(large):
    in_turn(large)
    assert not TURN.locked()


def test_who_has_left_does_not_wait(large):
    thread, end = elsewhere(large)
    with kept(deadline(LONG, left=lambda: True)), one_request(), pytest.raises(LateError, match="Nobody waits"):
        in_turn(large)
    end.set()
    thread.join(LONG)


def test_a_size_is_of_all_that_is_held_and_drawn():
    study = random_study(0, patients=3)
    samples = len(study.immune_subsets[["patient_id", "week"]].drop_duplicates())
    assert samples > len(study.patients)
    rest = 4 * len(study.pasi) * (study.pasi.shape[1] - 3) + study.patients.size
    drawn = 3 * (len(study.treatments) + len(study.events))
    subsets = len(study.subset_definitions)
    assert study.size == samples * subsets + rest + drawn
    none = replace(study, immune_subsets=study.immune_subsets.head(0))
    assert none.size == len(study.patients) * subsets + rest + drawn
