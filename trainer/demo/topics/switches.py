"""Science, electricity: from a switch to the device with a plug of its colour. Two hops, the second needs the first."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..glyphs.machines import DEVICES
from ..scene import Hop, Place, Scene, Step, drawn_at, drawn_in, ground, scattered, that_is_all
from .choose import three

COUNT = 5  # of switches and of devices
LETTERS = "KLMNPRST"  # none of them is an option's letter


def make(rng: Random) -> Scene:
    letters = rng.sample(LETTERS, COUNT)
    colours = rng.sample(list(COLOURS), COUNT)
    devices = rng.sample(DEVICES, COUNT)
    plates, plugs = scattered(rng, COUNT, range(0, 2)), scattered(rng, COUNT, range(3, 6))
    drawn = [ground("workshop")]
    wires: list[Hop] = []
    sockets: list[Hop] = []
    for letter, colour, device, upper, lower in zip(letters, colours, devices, plates, plugs, strict=True):
        drawn.append(drawn_in("switch", upper, colour, letter))
        drawn.append(drawn_in("socket", lower, colour))
        drawn.append(drawn_at(device, lower, (10, 18), (36, 36)))
        wires.append(
            Hop(
                "electricity: switch",
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
                device,
                f"The {colour} wire leads to the {device}.",
                (Place(lower, device),),
            )
        )
    chosen = rng.randrange(COUNT)
    answer = sockets[chosen].answer
    return Scene(
        category="circuits",
        drawn=tuple(drawn),
        question=f"Switch {letters[chosen]} is on. Which device runs?",
        answer=answer,
        distractors=three(rng, [device for device in devices if device != answer]),
        chain=(
            Step(f"look at switch {letters[chosen]}", colours[chosen], wires[chosen].places),
            Step(f"look for the {colours[chosen]} wire", answer, sockets[chosen].places),
            that_is_all(answer),
        ),
        lookups=(*wires, *sockets),
    )
