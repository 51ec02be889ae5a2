"""Answers worked out again from what is drawn, by other code than the topics' own."""

from __future__ import annotations

import re

from .numbers import value_of
from .samples import Sample, Split
from .scene import Drawn

PER_TOPIC = 60


def _of(topic: str) -> list[Sample]:
    found = [sample for sample in Split("train", PER_TOPIC * 9) if sample.topic.name == topic]
    assert len(found) == PER_TOPIC
    return found


def _drawn(sample: Sample, *glyphs: str) -> list[Drawn]:
    return [part for part in sample.scene.drawn if part.glyph in glyphs]


def _in(box: tuple[int, int], sample: Sample) -> list[Drawn]:
    """What lies in the token of a corner, in the order of drawing."""
    x, y = box
    return [part for part in sample.scene.drawn[1:] if x <= part.x and y <= part.y and part.x + part.width <= x + 56 and part.y + part.height <= y + 56]


def _cell(part: Drawn) -> tuple[int, int]:
    return part.x // 56 * 56, part.y // 56 * 56


def test_biology_follows_the_visits() -> None:
    for sample in _of("biology"):
        friends = {}
        for bubble in _drawn(sample, "bubble"):
            visitor, _, friend = _in(_cell(bubble), sample)
            friends[visitor.glyph] = friend.glyph
        match = re.match(r"The (\w+) has a cold.* after (two|three) visits", sample.scene.question)
        assert match
        here = match[1]
        for _ in range({"two": 2, "three": 3}[match[2]]):
            here = friends[here]
        assert here == sample.scene.answer


def test_household_looks_into_the_box() -> None:
    for sample in _of("household"):
        inside = {box.colour: _in(_cell(box), sample)[1].glyph for box in _drawn(sample, "gift-box")}
        outside = {part.glyph: part.colour for part in sample.scene.drawn[1:] if part.glyph != "gift-box" and part.width > 28}
        match = re.search(r"colour of the (\w+)\.", sample.scene.question)
        assert match
        assert outside[inside[outside[match[1]]]] == sample.scene.answer
        assert len(inside) == len(outside) == 6


def test_arithmetic_adds_the_balloons() -> None:
    for sample in _of("arithmetic"):
        digits = {part.colour: int(part.text) for part in _drawn(sample, "balloon")}
        named = re.findall(r"the (\w+)(?:,| and| balloon)", sample.scene.question)
        assert len(named) in (2, 3)
        assert sum(digits[colour] for colour in named) == value_of(sample.scene.answer)


def test_measurement_reads_the_dials() -> None:
    for sample in _of("measurement"):
        values = {part.colour: int(part.text) for part in _drawn(sample, "gauge")}
        first, second = re.findall(r"the (\w+) dial", sample.scene.question)
        found = values[first] + values[second] if "together" in sample.scene.question else values[first] - values[second]
        assert found == value_of(sample.scene.answer)


def test_travel_goes_from_ticket_to_train_to_station() -> None:
    for sample in _of("travel"):
        animal = sample.scene.question.split()[1]
        passenger = next(part for part in sample.scene.drawn if part.glyph == animal)
        ticket = _in(_cell(passenger), sample)[1]
        train = next(part for part in _drawn(sample, "train") if part.colour == ticket.colour)
        sign = _in(_cell(train), sample)[1]
        board = next(part for part in sample.scene.drawn if part.glyph == sign.glyph and part.y >= 224)
        assert _in(_cell(board), sample)[2].glyph == sample.scene.answer


def test_symbols_reckons_the_line() -> None:
    for sample in _of("symbols"):
        (_, first), (_, second) = _in((56, 0), sample), _in((168, 0), sample)
        numbers = {}
        for digit in _drawn(sample, "digit"):
            _, shape, _ = _in(_cell(digit), sample)
            numbers[shape.glyph] = int(digit.text)
        sign = 1 if _drawn(sample, "plus") else -1
        assert numbers[first.glyph] + sign * numbers[second.glyph] == value_of(sample.scene.answer)


def test_electricity_goes_from_the_switch_to_the_plug() -> None:
    for sample in _of("electricity"):
        letter = sample.scene.question.split()[1]
        switch = next(part for part in _drawn(sample, "switch") if part.text == letter)
        socket = next(part for part in _drawn(sample, "socket") if part.colour == switch.colour)
        assert _in(_cell(socket), sample)[1].glyph == sample.scene.answer


def test_time_reads_clock_board_and_platform() -> None:
    for sample in _of("time"):
        (clock,) = _drawn(sample, "clock")
        hour = next(part for part in _drawn(sample, "hour") if part.text == clock.text)
        _, _, listed = _in(_cell(hour), sample)
        sign = next(part for part in _drawn(sample, "platform") if _in(_cell(part), sample)[1].colour == listed.colour)
        assert int(sign.text) == value_of(sample.scene.answer)


def test_charts_compares_heights() -> None:
    for sample in _of("charts"):
        heights = {part.colour: int(part.text) for part in _drawn(sample, "tower")}
        match = re.match(r"Which tower is (one|two) (higher|lower) than the (\w+) tower", sample.scene.question)
        assert match
        wanted = heights[match[3]] + {"one": 1, "two": 2}[match[1]] * (1 if match[2] == "higher" else -1)
        assert [colour for colour, height in heights.items() if height == wanted] == [sample.scene.answer]
