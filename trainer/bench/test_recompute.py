"""The benchmark's PyTorch side computes what the golden reference computes: same patches, same tokens.

    python -m pytest trainer/bench
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from recompute import answer, load_checkpoint, prepare

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden" / "qwen2-vl"


@torch.no_grad()
@pytest.mark.parametrize("name", ["tiny-tied", "tiny-untied"])
def test_equals_the_golden_cases(name: str) -> None:
    checkpoint = load_checkpoint(GOLDEN / name)
    golden = json.loads((GOLDEN / name / "golden.json").read_text(encoding="utf-8"))
    cases = [case for case in golden["cases"] if case["id"].startswith("default-")]
    assert cases
    for case in cases:
        question = case["sample"] | {"image": str(GOLDEN / case["sample"]["image"])}
        found = answer(checkpoint, prepare(checkpoint, question, case["settings"]), case["settings"])
        assert found["selectedSlots"] == [step["selectedSlots"] for step in case["steps"]]
        assert found["tokenIds"] == case["outputTokenIds"]
