"""The recipe: each step takes what an earlier one makes, what is done is not done again, and what fails is not called done."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from penumbra_train.config.reader import build, read_config, read_document
from penumbra_train.config.schema import TrainingConfig
from penumbra_train.scratch import ScratchConfig

from . import train_demo
from .chameleon_base import RESOLUTION
from .scene import SEEN
from .ship import SHIPPED
from .train_demo import TRAINER, Step, carry_out, recipe


def _training_config(step: Step) -> TrainingConfig:
    changes = [after for before, after in zip(step.arguments, step.arguments[1:], strict=False) if before == "--set"]
    return read_config(TRAINER / step.arguments[3], changes)


def test_each_step_takes_what_earlier_ones_make() -> None:
    made: set[str] = set()
    for step in recipe():
        needed = {argument for argument in step.arguments if argument.startswith("runs/demo/")} - {f"runs/demo/{step.name}"}
        if step.arguments[2] == "new":
            shape = build(ScratchConfig, read_document(TRAINER / step.arguments[3], []), "shape.toml", "")
            assert shape.max_pixels == SEEN**2 and shape.tokenizer is not None
            needed.add(shape.tokenizer)
        if step.arguments[2] == "run":
            config = _training_config(step)
            assert config.run.output == f"runs/demo/{step.name}"
            side = RESOLUTION if step.name.startswith("chameleon/") else SEEN
            assert (config.data.image_width, config.data.image_height) == (side, side)
            needed |= {config.model.path, *(source.path for source in config.data.train)}
        assert needed <= made, (step.name, needed - made)
        made.add(f"runs/demo/{step.name}")


def test_models_are_compared_that_learnt_alike() -> None:
    configs = {step.name: _training_config(step) for step in recipe() if step.arguments[2] == "run"}
    latent, direct, explicit = configs["3-latent"], configs["4-direct"], configs["2-explicit"]
    assert latent.data.train == direct.data.train
    assert isinstance(latent.schedule.steps, list)
    assert direct.schedule.steps == explicit.schedule.steps + sum(latent.schedule.steps)  # type: ignore[operator]
    assert {configs[name].run.seed for name in configs if name.startswith("3-latent")} == {0, 1, 2}
    assert configs["2-explicit-mrope"].method.positions == direct.method.positions == "mrope"
    assert not configs["3-latent-neither"].method.latent_text and not configs["3-latent-neither"].method.latent_vision


def test_what_ships_is_trained_by_the_recipe() -> None:
    trained = {step.name for step in recipe() if step.arguments[2] == "run"}
    assert trained.issuperset(SHIPPED.values())


def test_a_step_is_done_once_and_a_failed_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_demo, "RUNS", tmp_path)
    step = Step("made", ("-c", f"import pathlib; pathlib.Path({str(tmp_path / 'made')!r}).mkdir(); print('hello')"))
    assert not step.is_done
    carry_out(step)
    assert step.is_done
    assert (tmp_path / "logs" / "made.log").read_text(encoding="utf-8") == "hello\n"
    # What an interrupted one left is removed before it is made again.
    step.mark.unlink()
    carry_out(step)
    failing = Step("failing", ("-c", "raise SystemExit(3)"))
    with pytest.raises(SystemExit, match=r"failing ended with 3: see .*failing\.log"):
        carry_out(failing)
    assert not failing.is_done


def test_an_unknown_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["train_demo", "--only", "5-magic"])
    with pytest.raises(SystemExit, match="no step 5-magic"):
        train_demo.main()


def test_the_kept_start_stands_in_for_the_step_that_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_demo, "RUNS", tmp_path)
    ran: list[str] = []
    monkeypatch.setattr(train_demo, "carry_out", lambda step: ran.append(step.name))
    monkeypatch.setattr(sys, "argv", ["train_demo", "--kept-start", "--only", "2-explicit-scaled", "3-latent"])
    train_demo.main()
    assert ran == ["3-latent"]
    config = json.loads((tmp_path / "2-explicit-scaled" / "config.json").read_text(encoding="utf-8"))
    assert not config["tie_word_embeddings"], "its scaled hidden states need an output matrix of their own"


def test_what_is_made_is_not_replaced_by_the_kept_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_demo, "RUNS", tmp_path)
    (start,) = (step for step in recipe() if step.name == "2-explicit-scaled")
    start.folder.mkdir(parents=True)
    start.mark.parent.mkdir(parents=True)
    start.mark.touch()
    train_demo.take_kept_start(recipe())
    assert list(start.folder.iterdir()) == []
