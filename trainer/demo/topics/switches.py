"""Science, electricity: from a switch along its wire to a device. Two hops, the second needs the first."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..glyphs.machines import DEVICES
from ..scene import TOKEN, Drawn, Hop, Place, Scene, conclusion, drawn_in, ground, token_box
from .choose import three

LETTERS = "KLMNPRST"  # none of them is an option's letter


def make(rng: Random) -> Scene:
    letters = sorted(rng.sample(LETTERS, 4))
    colours = rng.sample(list(COLOURS), 4)
    devices = rng.sample(DEVICES, 4)
    ends = rng.sample(range(4), 4)  # the column where each switch's wire ends
    drawn = [ground("workshop")]
    wires: list[Hop] = []
    sockets: list[Hop] = []
    for column, (letter, colour, end) in enumerate(zip(letters, colours, ends, strict=True)):
        route = f"{2 * column + 1}:{2 * end + 1}"
        drawn.append(Drawn("wire", 0, 2 * TOKEN, 8 * TOKEN, 4 * TOKEN, colour, route))
        upper, lower = token_box(2 * column, 0), token_box(2 * end, 6)
        drawn.append(drawn_in("switch", upper, colour, letter))
        drawn.append(drawn_in("socket", lower, colour))
        drawn.append(Drawn(devices[end], lower[0] + 9, lower[1] + 16, 38, 38))
        wires.append(
            Hop(
                "electricity: wire",
                f"What colour is the wire of switch {letter}?",
                colour,
                f"The wire of switch {letter} is {colour}.",
                (Place(upper, f"switch {letter}"),),
            )
        )
        sockets.append(
            Hop(
                "electricity: device",
                f"Where does the {colour} wire lead?",
                devices[end],
                f"The {colour} wire leads to the {devices[end]}.",
                (Place(lower, devices[end]),),
            )
        )
    chosen = rng.randrange(4)
    answer = sockets[chosen].answer
    return Scene(
        category="circuits",
        drawn=tuple(drawn),
        question=f"Switch {letters[chosen]} is on. Which device runs?",
        answer=answer,
        distractors=three(rng, [device for device in devices if device != answer]),
        chain=(wires[chosen], sockets[chosen], conclusion(f"So the {answer} runs.", answer)),
        lookups=(*wires, *sockets),
    )
