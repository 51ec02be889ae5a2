"""The report's tables: seeds together, stages and starts apart; nothing that was measured is lost."""

from __future__ import annotations

from dataclasses import replace

from .report import DOMAINS, Row, merged, table


def _row(training: str, stage: int, accuracy: float) -> Row:
    return Row(training, stage, stage, 612, accuracy, dict.fromkeys(DOMAINS, accuracy), 11.0 - stage, 0)


def test_seeds_are_one_line_with_their_spread() -> None:
    rows = [_row("3-latent", 1, 0.9), _row("3-latent", 2, 0.8), _row("3-latent-seed-1", 2, 0.9), _row("3-latent-no-latent-text", 2, 0.5)]
    _, _, first, second, ablation = table(rows).splitlines()
    assert first == "| 3-latent | 1 | 1 | 90.0 | 90.0 | 90.0 | 90.0 | 10.0 |"
    # The sample's standard deviation of 80 and 90.
    assert second == "| 3-latent | 2 | 2 | 85.0 ± 7.1 | 85.0 ± 7.1 | 85.0 ± 7.1 | 85.0 ± 7.1 | 9.0 |"
    assert ablation.startswith("| 3-latent-no-latent-text | 1 | 2 | 50.0 |")


def test_another_start_is_another_line() -> None:
    rows = [_row("3-latent", 1, 0.9), replace(_row("3-latent-seed-2", 1, 0.8), start="0a1b2c3d")]
    assert [line.split(" | ")[:2] for line in table(rows).splitlines()[2:]] == [["| 3-latent", "1"], ["| 3-latent (from 0a1b2c3d)", "1"]]


def test_rows_of_trainings_that_are_gone_stay() -> None:
    gone, old = _row("3-latent", 1, 0.9), replace(_row("3-latent-seed-2", 1, 0.8), start="0a1b2c3d")
    new = replace(old, accuracy=0.7)
    assert merged([gone, old], [new]) == [gone, new]
    # The same training from another start replaces nothing.
    assert merged([gone], [replace(gone, start="0a1b2c3d")]) == [gone, replace(gone, start="0a1b2c3d")]
