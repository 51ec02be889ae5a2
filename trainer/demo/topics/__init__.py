"""The nine topics, three in each domain. Each makes a scene from a random source alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ..scene import Scene
from . import balloons, boxes, dials, equations, journeys, switches, timetable, towers, visits


@dataclass(frozen=True, slots=True)
class Topic:
    domain: str
    name: str
    make: Callable[[Random], Scene]


# In turn of domains, so that a short run touches all three.
TOPICS = (
    Topic("science", "biology", visits.make),
    Topic("commonsense", "household", boxes.make),
    Topic("mathematics", "arithmetic", balloons.make),
    Topic("science", "measurement", dials.make),
    Topic("commonsense", "travel", journeys.make),
    Topic("mathematics", "symbols", equations.make),
    Topic("science", "electricity", switches.make),
    Topic("commonsense", "time", timetable.make),
    Topic("mathematics", "charts", towers.make),
)
