"""Commonsense, time: read a clock, find the hour on a board, find the bus. Three hops, each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..numbers import in_words
from ..scene import Hop, Place, Scene, Step, drawn_at, drawn_in, ground, scattered
from .choose import three

COUNT = 5  # of buses
DIGITS = range(1, 10)


def make(rng: Random) -> Scene:
    hours, platforms = rng.sample(DIGITS, COUNT), rng.sample(DIGITS, COUNT)
    colours = rng.sample(list(COLOURS), COUNT)
    boards, bays = scattered(rng, COUNT, range(1, 3)), scattered(rng, COUNT, range(4, 6))
    chosen = rng.randrange(COUNT)
    (clock_box,) = scattered(rng, 1, range(1))
    drawn = [ground("bus-station"), drawn_in("clock", clock_box, text=str(hours[chosen]), inset=1)]
    rows: list[Hop] = []
    buses: list[Hop] = []
    for index in range(COUNT):
        hour, colour, platform, row, bay = hours[index], colours[index], platforms[index], boards[index], bays[index]
        drawn += [
            drawn_in("board", row, inset=1),
            drawn_at("hour", row, (2, 2), (52, 26), "", str(hour)),
            drawn_at("bus", row, (6, 28), (44, 24), colour),
            drawn_at("platform", bay, (12, 0), (32, 30), "", str(platform)),
            drawn_at("bus", bay, (3, 28), (50, 28), colour),
        ]
        leaving = in_words(hour)
        rows.append(
            Hop("time: row", f"Which bus leaves at {leaving}?", colour, f"At {leaving} leaves the {colour} bus.", (Place(row, f"row of {leaving}"),))
        )
        buses.append(
            Hop(
                "time: platform",
                f"At which platform is the {colour} bus?",
                in_words(platform),
                f"The {colour} bus is at platform {in_words(platform)}.",
                (Place(bay, f"{colour} bus"),),
            )
        )
    now = in_words(hours[chosen])
    shown = Hop("time: clock", "What does the clock show?", now, f"The clock shows {now}.", (Place(clock_box, "clock"),))
    answer = buses[chosen].answer
    return Scene(
        category="clock and timetable",
        drawn=tuple(drawn),
        question="A bus leaves at the time on the clock. At which platform is it?",
        answer=answer,
        distractors=three(rng, [bay.answer for bay in buses if bay.answer != answer]),
        chain=(
            Step("look at the clock", now, shown.places),
            Step(f"look for the bus at {now}", colours[chosen], rows[chosen].places),
            Step(f"look for the {colours[chosen]} bus", answer, buses[chosen].places),
        ),
        lookups=(shown, *rows, *buses),
    )
