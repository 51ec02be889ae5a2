"""Which samples a training uses, and how many it cannot, by reason: nothing is dropped silently."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from penumbra_train.data.readers import read_dataset
from penumbra_train.data.rows import BadRow, normal_split
from penumbra_train.data.sample import Sample
from penumbra_train.problem import Problem

NAMED_EXAMPLES = 5


@dataclass
class Survey:
    """What reading found."""

    rows: int = 0
    used: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    fewer_steps: int = 0  # used, but with fewer rationale steps than stages

    def leave_out(self, reason: str, example: str) -> None:
        self.left_out[reason] += 1
        named = self.examples.setdefault(reason, [])
        if len(named) < NAMED_EXAMPLES:
            named.append(example)

    def lines(self) -> list[str]:
        """For people."""
        lines = [f"{self.used} of {self.rows} rows used"]
        for reason, count in self.left_out.most_common():
            rest = f" and {count - len(self.examples[reason])} more" if count > len(self.examples[reason]) else ""
            lines.append(f"  {count} left out, {reason}: {'; '.join(self.examples[reason])}{rest}")
        if self.fewer_steps:
            lines.append(f"  {self.fewer_steps} have fewer rationale steps than there are stages (used all the same)")
        return lines


def read_split(path: Path, split: str, survey: Survey, *, rationale: bool) -> list[Sample]:
    """The samples of one split that have an image and, where wanted, a rationale; unique ids.

    The split `all` takes every row.
    """
    wanted = normal_split(split)
    found: list[Sample] = []
    seen: set[str] = set()
    splits: Counter[str] = Counter()
    for row in read_dataset(path):
        if isinstance(row, BadRow):
            survey.rows += 1
            survey.leave_out("unreadable", f"{row.place}: {row.reason}")
            continue
        splits[row.split] += 1
        if wanted not in (row.split, "all"):
            continue
        survey.rows += 1
        if row.sample_id in seen:
            survey.leave_out("repeated id", row.sample_id)
        elif row.image is None:
            survey.leave_out("without image", row.sample_id)
        elif rationale and not row.rationale:
            survey.leave_out("without rationale", row.sample_id)
        else:
            seen.add(row.sample_id)
            found.append(row)
    if not found:
        raise Problem(
            f"{path}: no usable sample in split {split!r}.",
            "\n".join([f"Splits found: {dict(splits)}.", *survey.lines()]),
        )
    survey.used += len(found)
    return found
