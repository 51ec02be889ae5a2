"""A rationale in steps: split into sentences, merged into at most N nearly equal groups (method.md of the paper's
released data: three). A group is what one latent step replaces."""

from __future__ import annotations

import re

_BREAK = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\s*\n+\s*")
_HAS_WORD = re.compile(r"\w")
_NUMBERING = re.compile(r"^\(?(\d{1,2}|[A-Za-z])[.)]$")


def sentences(text: str) -> list[str]:
    """Sentences in order. "1." and the like belong to what they number."""
    found: list[str] = []
    prefix = ""
    start = 0
    for end, following in [*((m.end(), m.end()) for m in _BREAK.finditer(text)), (len(text), len(text))]:
        piece = text[start:end].strip()
        start = following
        if not piece:
            continue
        if _NUMBERING.match(piece):
            prefix += f"{piece} "
        elif not _HAS_WORD.search(piece) and found:
            found[-1] += f" {piece}"
        else:
            found.append(prefix + piece)
            prefix = ""
    if prefix:
        found.append(prefix.strip())
    return found


def rationale_steps(text: str, count: int) -> list[str]:
    """At most `count` groups of whole sentences; their sizes differ by one at most, larger ones first."""
    parts = sentences(text)
    groups = min(count, len(parts))
    steps: list[str] = []
    start = 0
    for group in range(groups):
        size = len(parts) // groups + (1 if group < len(parts) % groups else 0)
        steps.append(" ".join(parts[start : start + size]))
        start += size
    return steps
