"""Answers worked out again from what is drawn, by other code than the topics' own."""

from __future__ import annotations

import re

from .samples import Sample, Split
from .scene import Drawn

PER_TOPIC = 60


def _of(topic: str) -> list[Sample]:
    found = [sample for sample in Split("train", PER_TOPIC * 9) if sample.topic.name == topic]
    assert len(found) == PER_TOPIC
    return found


def _drawn(sample: Sample, *glyphs: str) -> list[Drawn]:
    return [part for part in sample.scene.drawn if part.glyph in glyphs]


def _middle(part: Drawn) -> tuple[float, float]:
    return part.x + part.width / 2, part.y + part.height / 2


def _at(parts: list[Drawn], x: float, y: float, reach: float = 2) -> Drawn | None:
    return next((p for p in parts if abs(_middle(p)[0] - x) <= reach and abs(_middle(p)[1] - y) <= reach), None)


def test_biology_follows_the_arrows() -> None:
    ways = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}
    for sample in _of("biology"):
        arrows = _drawn(sample, "arrow")
        animals = [part for part in sample.scene.drawn if part.glyph not in ("arrow", "meadow")]
        match = re.match(r"The (\w+) has a cold.* after (two|three) arrows", sample.scene.question)
        assert match
        here = next(animal for animal in animals if animal.glyph == match[1])
        for _ in range({"two": 2, "three": 3}[match[2]]):
            x, y = _middle(here)
            leaving = [(dx, dy) for dx, dy in ways.values() if (a := _at(arrows, x + 42 * dx, y + 42 * dy)) and ways[a.text] == (dx, dy)]
            assert len(leaving) == 1
            (dx, dy) = leaving[0]
            there = _at(animals, x + 84 * dx, y + 84 * dy)
            assert there
            here = there
        assert here.glyph == sample.scene.answer


def test_household_walks_over_the_shelf() -> None:
    ways = {"right": (84, 0), "left": (-84, 0), "up": (0, -84), "down": (0, 84)}
    for sample in _of("household"):
        things = [part for part in sample.scene.drawn if part.glyph != "shelves"]
        match = re.match(r"Start at the (\w+) and go (\w+)(?:, then (\w+))?\.", sample.scene.question)
        assert match
        here = next(thing for thing in things if thing.glyph == match[1])
        for move in (match[2], match[3]):
            if move:
                x, y = _middle(here)
                there = _at(things, x + ways[move][0], y + ways[move][1])
                assert there
                here = there
        assert here.colour == sample.scene.answer
        # No colour on offer is seen more often than another, the start apart.
        shown = [thing.colour for thing in things if thing.glyph != match[1]]
        assert {shown.count(option) for option in sample.options} == {2}


def test_arithmetic_adds_the_balloons() -> None:
    for sample in _of("arithmetic"):
        digits = {part.colour: int(part.text) for part in _drawn(sample, "balloon")}
        named = re.findall(r"the (\w+)(?:,| and| balloon)", sample.scene.question)
        assert len(named) in (2, 3)
        assert sum(digits[colour] for colour in named) == int(sample.scene.answer)


def test_measurement_reads_the_dials() -> None:
    for sample in _of("measurement"):
        values = {part.colour: int(part.text) for part in _drawn(sample, "gauge")}
        first, second = re.findall(r"the (\w+) dial", sample.scene.question)
        found = values[first] + values[second] if "together" in sample.scene.question else values[first] - values[second]
        assert found == int(sample.scene.answer)


def test_travel_goes_from_ticket_to_train_to_station() -> None:
    for sample in _of("travel"):
        parts = list(sample.scene.drawn)
        animal = sample.scene.question.split()[1]
        passenger = next(part for part in parts if part.glyph == animal)
        ticket = next(part for part in _drawn(sample, "ticket") if part.x == passenger.x)
        train = next(part for part in _drawn(sample, "train") if part.colour == ticket.colour)
        sign = next(part for part in parts if part.glyph != "train" and part.y > train.y and _middle(part)[0] == _middle(train)[0] and part.width == 24)
        board = next(part for part in parts if part.glyph == sign.glyph and part.y > 168)
        place = next(part for part in parts if part.width == 32 and 0 < part.x - board.x < 28)
        assert place.glyph == sample.scene.answer


def test_symbols_reckons_the_line() -> None:
    for sample in _of("symbols"):
        shapes = [p for p in sample.scene.drawn if p.colour and p.glyph != "digit"]
        first, second = (p.glyph for p in sorted((p for p in shapes if p.y < 56), key=lambda p: p.x))
        numbers = {
            card.glyph: int(digit.text)
            for card in shapes
            if card.y >= 56
            for digit in _drawn(sample, "digit")
            if 0 < digit.x - card.x < 56 and 0 < digit.y - card.y < 56
        }
        sign = 1 if _drawn(sample, "plus") else -1
        assert numbers[first] + sign * numbers[second] == int(sample.scene.answer)


def test_electricity_follows_the_wire() -> None:
    for sample in _of("electricity"):
        letter = sample.scene.question.split()[1]
        switch = next(part for part in _drawn(sample, "switch") if part.text == letter)
        wire = next(part for part in _drawn(sample, "wire") if part.colour == switch.colour)
        start, end = (28 * int(edge) for edge in wire.text.split(":"))
        assert start == _middle(switch)[0]
        device = next(part for part in sample.scene.drawn if part.width == 38 and _middle(part)[0] == end)
        assert device.glyph == sample.scene.answer


def test_time_reads_clock_board_and_platform() -> None:
    for sample in _of("time"):
        (clock,) = _drawn(sample, "clock")
        row = next(part for part in _drawn(sample, "hour") if part.text == clock.text)
        listed = next(part for part in _drawn(sample, "bus") if 0 <= part.y - row.y < 20 and part.y < 112)
        waiting = next(part for part in _drawn(sample, "bus") if part.y > 112 and part.colour == listed.colour)
        sign = next(part for part in _drawn(sample, "platform") if _middle(part)[0] == _middle(waiting)[0])
        assert sign.text == sample.scene.answer


def test_charts_compares_heights() -> None:
    for sample in _of("charts"):
        cubes = [part.colour for part in _drawn(sample, "cube")]
        match = re.match(r"Which tower is (\d) (higher|lower) than the (\w+) tower", sample.scene.question)
        assert match
        wanted = cubes.count(match[3]) + int(match[1]) * (1 if match[2] == "higher" else -1)
        assert [colour for colour in set(cubes) if cubes.count(colour) == wanted] == [sample.scene.answer]
