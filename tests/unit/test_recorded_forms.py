"""Every form an event was ever stored in still reads back, byte for byte.

``tests/golden/events`` holds a file per event and form, ``<topic>.v<form>.json``, and further
examples of it in ``….2.json`` and so on. Files are added, never edited:
``python -m feesvc.testing.recorded_forms tests/golden/events`` writes what is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from feesvc.domain.aggregate import FirstEvent
from feesvc.store.forms import Unreadable
from feesvc.store.mapper import FormedEvent, LogMapper
from feesvc.testing.recorded_forms import STREAM, every_event, examples, record_missing

GOLDEN = Path(__file__).parents[1] / "golden" / "events"
FILES = sorted(GOLDEN.glob("*.json"))
EVENTS = {event.TOPIC: event for event in every_event()}


class Kept(NamedTuple):
    topic: str
    form: int


def kept(path: Path) -> Kept:
    aggregate, past, form, *_ = path.name.split(".")
    return Kept(f"{aggregate}.{past}", int(form.removeprefix("v")))


def stored(path: Path) -> FormedEvent:
    topic, form = kept(path)
    version = 1 if issubclass(EVENTS[topic], FirstEvent) else 2
    return FormedEvent(STREAM, version, topic, path.read_bytes().rstrip(b"\n"), form)


def test_every_form_of_every_event_is_kept_and_no_other() -> None:
    forms = {
        Kept(topic, form) for topic, event in EVENTS.items() for form in range(1, event.FORM + 1)
    }
    assert {kept(path) for path in FILES} == forms


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_form_reads_back(path: Path) -> None:
    mapper, recorded = LogMapper(), stored(path)
    event = mapper.to_domain_event(recorded)
    again = mapper.to_stored_event(event)
    if recorded.form == again.form:
        assert again.state == recorded.state
    assert mapper.to_domain_event(again) == event


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_field_that_nobody_knows_is_an_error(path: Path) -> None:
    recorded = stored(path)
    state = recorded.state.replace(b"{", b'{"surprise":1,', 1)
    spoiled = FormedEvent(STREAM, recorded.originator_version, recorded.topic, state, recorded.form)
    with pytest.raises(Unreadable):
        LogMapper().to_domain_event(spoiled)


@pytest.mark.parametrize("topic", EVENTS)
def test_a_stored_name_is_the_aggregates_and_a_past_participle(topic: str) -> None:
    aggregate, _, past = topic.partition(".")
    assert aggregate.isidentifier() and past.isidentifier()
    assert topic == topic.lower()


def test_what_is_kept_is_never_written_over(tmp_path: Path) -> None:
    written = record_missing(tmp_path)
    first = written[0]
    first.write_text("as it was")
    assert record_missing(tmp_path) == []
    assert first.read_text() == "as it was"


def test_examples_meet_every_amount_rule_and_every_effect() -> None:
    states = [
        LogMapper().to_stored_event(example).state
        for event in EVENTS.values()
        for example in examples(event)
    ]
    text = b"\n".join(states)
    for tag in (
        b"flat", b"per_unit", b"percentage", b"tiers",
        b"percent_off", b"amount_off", b"fixed_amount", b"zero",
    ):  # fmt: skip
        assert b'"%s"' % tag in text
