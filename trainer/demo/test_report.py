"""The report's tables: seeds together, stages apart."""

from __future__ import annotations

from .report import DOMAINS, Row, table


def _row(training: str, stage: int, accuracy: float) -> Row:
    return Row(training, stage, stage, 612, accuracy, dict.fromkeys(DOMAINS, accuracy), 11.0 - stage, 0)


def test_seeds_are_one_line_with_their_spread() -> None:
    rows = [_row("3-latent", 1, 0.9), _row("3-latent", 2, 0.8), _row("3-latent-seed-1", 2, 0.9), _row("3-latent-no-latent-text", 2, 0.5)]
    _, _, first, second, ablation = table(rows).splitlines()
    assert first == "| 3-latent | 1 | 1 | 90.0 | 90.0 | 90.0 | 90.0 | 10.0 |"
    # The sample's standard deviation of 80 and 90.
    assert second == "| 3-latent | 2 | 2 | 85.0 ± 7.1 | 85.0 ± 7.1 | 85.0 ± 7.1 | 85.0 ± 7.1 | 9.0 |"
    assert ablation.startswith("| 3-latent-no-latent-text | 1 | 2 | 50.0 |")
