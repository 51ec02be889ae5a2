"""Commonsense, time: read a clock, find the hour on a board, find the bus. Three hops, each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..scene import TOKEN, Drawn, Hop, Place, Scene, drawn_in, ground, token_box
from .choose import three

DIGITS = range(1, 10)


def make(rng: Random) -> Scene:
    hours, platforms = sorted(rng.sample(DIGITS, 4)), sorted(rng.sample(DIGITS, 4))
    colours = rng.sample(list(COLOURS), 4)  # of the buses in the order of the board
    stands = rng.sample(range(4), 4)
    chosen = rng.randrange(4)
    clock_box = token_box(0, 0, 3, 3)
    drawn = [ground("bus-station"), drawn_in("clock", clock_box, text=str(hours[chosen]), inset=1)]
    rows: list[Hop] = []
    buses: list[Hop] = []
    for index in range(4):
        hour, colour, stand = hours[index], colours[index], stands[index]
        row, bay = token_box(4, index, 4, 1), token_box(2 * stand, 5, 2, 3)
        drawn += [
            Drawn("hour", row[0], row[1] + 1, 2 * TOKEN, TOKEN, "", str(hour)),
            Drawn("bus", row[0] + 60, row[1] + 3, 48, 24, colour),
            Drawn("platform", bay[0] + 11, bay[1], 34, 38, "", str(platforms[stand])),
            Drawn("bus", bay[0] + 1, bay[1] + 38, 54, 38, colour),
        ]
        rows.append(
            Hop("time: row", f"Which bus leaves at {hour}?", colour, f"At {hour} leaves the {colour} bus.", (Place(row, f"row of {hour}"),))
        )
        buses.append(
            Hop(
                "time: platform",
                f"At which platform is the {colour} bus?",
                str(platforms[stand]),
                f"The {colour} bus is at platform {platforms[stand]}.",
                (Place(bay, f"{colour} bus"),),
            )
        )
    shown = Hop("time: clock", "What does the clock show?", str(hours[chosen]), f"The clock shows {hours[chosen]}.", (Place(clock_box, "clock"),))
    answer = buses[chosen].answer
    return Scene(
        category="clock and timetable",
        drawn=tuple(drawn),
        question="A bus leaves at the time on the clock. At which platform is it?",
        answer=answer,
        distractors=three(rng, [str(platform) for platform in platforms if str(platform) != answer]),
        chain=(shown, rows[chosen], buses[chosen]),
        lookups=(shown, *rows, *buses),
    )
