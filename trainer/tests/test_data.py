"""Readers against the golden dataset folders, whose expected rows were computed with pyarrow and by hand."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from small_dataset import ConfigOf, write_dataset

from penumbra_train.config.reader import read_config
from penumbra_train.data.readers import read_dataset
from penumbra_train.data.rows import BadRow
from penumbra_train.data.sample import Sample
from penumbra_train.data.survey import Survey, read_split
from penumbra_train.encoding import EncodedSample, target_ids
from penumbra_train.problem import Problem
from penumbra_train.rationale import rationale_steps, sentences
from penumbra_train.schedule import stage_plans
from penumbra_train.stages import drawn_stage, remaining_share, stage_view
from penumbra_train.training.prepare import prepare_model, prepare_split
from penumbra_train.training.sampler import global_batch, share

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden" / "datasets"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))


def samples(name: str) -> dict[tuple[str, str], Sample]:
    rows = list(read_dataset(GOLDEN / name))
    assert not [row for row in rows if isinstance(row, BadRow)]
    return {(row.split, row.sample_id): row for row in rows if isinstance(row, Sample)}


@pytest.mark.parametrize("name", ["m3cot-hub", "m3cot-original"])
def test_m3cot(name: str) -> None:
    found = samples(name)
    expected = {(split, row["id"]): row for split, rows in EXPECTED["m3cot"].items() for row in rows}
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        sample = found[key]
        assert (sample.question, list(sample.choices), sample.context) == (row["question"], row["choices"], row["context"])
        assert "ABCDE"[sample.answer_index] == row["answer"]
        assert (sample.rationale, sample.domain, sample.topic) == (row["rationale"], row["domain"], row["topic"])
        assert sample.image is not None
        assert hashlib.sha256(sample.image.read()).hexdigest() == row["imageSha256"]


def test_scienceqa_original_and_hub() -> None:
    for name in ("scienceqa-original", "scienceqa-hub"):
        found = samples(name)
        by_question = {sample.question: sample for sample in found.values()}
        assert len(found) == len(EXPECTED["scienceqa"])
        for row in EXPECTED["scienceqa"].values():
            sample = by_question[row["question"]]
            assert sample.answer_index == row["answer"]
            assert (sample.rationale, sample.domain, sample.context) == (row["solution"], row["subject"], row["hint"])
            digest = None if sample.image is None else hashlib.sha256(sample.image.read()).hexdigest()
            assert digest == row["imageSha256"]
    assert {key[1] for key in samples("scienceqa-hub")} >= {"train-0", "train-1", "test-0", "test-2", "validation-0"}


def test_generic_folders() -> None:
    lines = samples("generic-jsonl")
    assert [(s.sample_id, s.answer_index, s.choices, s.domain) for s in lines.values()][:1] == [("k0", 0, ("x", "y", "3"), "alpha")]
    assert lines[("test", "k0")].image is None
    table = samples("generic-csv")
    assert [(s.sample_id, s.answer_index) for s in table.values()] == [("one", 1), ("two", 1), ("three", 0)]


def test_nothing_is_dropped_silently(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "set", {"train": 8})
    path = folder / "data" / "train.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[1]["rationale"] = " "
    rows[2]["image"] = None
    rows[3]["answer"] = "F"
    rows[4]["id"] = rows[0]["id"]
    rows[5]["image"] = rows[5]["id"] = "../../elsewhere"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n{not json\n")
    survey = Survey()
    found = read_split(folder, "train", survey, rationale=True)
    assert [sample.sample_id for sample in found] == ["train-0", "train-6", "train-7"]
    assert survey.rows == 9
    assert survey.left_out == {"unreadable": 3, "without rationale": 1, "without image": 1, "repeated id": 1}
    text = "\n".join(survey.lines())
    assert "3 of 9 rows used" in text
    assert "'F' is none of the 4 choices" in text
    assert "train.jsonl, line 9: not JSON" in text
    assert "was not found" in text
    assert len(read_split(folder, "train", Survey(), rationale=False)) == 4
    with pytest.raises(Problem, match="no usable sample in split 'test'"):
        read_split(folder, "test", Survey(), rationale=False)
    with pytest.raises(Problem, match="no such dataset"):
        list(read_dataset(tmp_path / "nowhere"))


def test_an_image_that_cannot_be_decoded_is_named(tmp_path: Path, config_of: ConfigOf) -> None:
    folder = write_dataset(tmp_path / "set", {"train": 5})
    (folder / "data" / "images" / "train-2.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    config = config_of(data={"train": [{"path": str(folder), "split": "train"}]})
    prepared = prepare_model(config)
    split = prepare_split(config.data.train, config, prepared.encoder, prepared.max_positions, training=True, build=True)
    assert [row.sample.sample_id for row in split.samples] == ["train-0", "train-1", "train-3", "train-4"]
    assert any("image cannot be decoded" in line and "train-2.png" in line for line in split.survey.lines())
    assert split.survey.fewer_steps == 2  # one sentence each, two stages
    with pytest.raises(Problem, match="takes .* positions; the model has 40"):
        prepare_split(config.data.train, config, prepared.encoder, 40, training=True, build=True)


def test_rationales_become_nearly_equal_groups() -> None:
    assert rationale_steps("A one. B two. C three. D four.", 3) == ["A one. B two.", "C three.", "D four."]
    assert rationale_steps("A one. B two.", 3) == ["A one.", "B two."]
    assert rationale_steps("  ", 3) == []
    assert rationale_steps("It is 3.5 cm. Then 2", 4) == ["It is 3.5 cm.", "Then 2"]
    assert sentences("1. Look here.\n2. Then there.") == ["1. Look here.", "2. Then there."]


def test_stages_replace_the_first_steps() -> None:
    assert stage_view(0, 3, 1) == stage_view(0, 3, 2)
    assert (stage_view(2, 3, 1).latent_count, stage_view(2, 3, 1).explicit_steps) == (2, (2,))
    assert (stage_view(2, 3, 2).latent_count, stage_view(3, 2, 1).explicit_steps) == (4, ())
    assert stage_view(3, 1, 1).latent_count == 3


def test_mixing_draws_earlier_stages_evenly() -> None:
    drawn = [drawn_stage(3, 1.0, 0, epoch, f"s{n}") for epoch in range(4) for n in range(500)]
    assert all(400 < drawn.count(stage) < 600 for stage in range(4))
    half = [drawn_stage(3, 0.5, 0, 0, f"s{n}") for n in range(2000)]
    assert 1150 < half.count(3) < 1350
    assert {drawn_stage(2, 0.0, 0, 0, f"s{n}") for n in range(50)} == {2}


def test_a_gradual_stage_drops_a_step_token_by_token() -> None:
    sample = Sample("s", "train", "q", ("a", "b"), 0, "", "One two. Three. Four.", "", "", None)
    encoded = EncodedSample(sample, 0, [1], 0, [[10, 11, 12], [20, 21, 22, 23], [30]], [40, 41], [])
    shares = [remaining_share(step, 10, 0.5) for step in range(10)]
    assert shares[0] == 1 and shares == sorted(shares, reverse=True) and shares[5:] == [0.0] * 5
    kept = [target_ids(encoded, stage_view(2, 3, 1, share)) for share in shares]
    assert kept[0] == [21, 22, 23, 30, 40, 41] and kept[-1] == [30, 40, 41]  # a latent step stands for the first token at once
    assert [len(row) for row in kept[:6]] == [6, 6, 5, 5, 4, 3]
    assert all(row == kept[0][len(kept[0]) - len(row) :] for row in kept)
    # Nothing to drop: stage 0, and a sample with fewer steps than the stage.
    assert target_ids(encoded, stage_view(0, 3, 1, 1.0)) == [10, 11, 12, 20, *kept[0]]
    short = EncodedSample(sample, 0, [1], 0, [[10, 11, 12]], [40, 41], [])
    assert target_ids(short, stage_view(2, 1, 1, 1.0)) == [40, 41]
    assert {remaining_share(step, 10, 0.0) for step in range(10)} == {0.0}
    # The newest latent text that is still in part a token: no step, no such text.
    assert stage_view(2, 1, 1, 0.0, 0.25).token_share == 0.25
    assert stage_view(0, 3, 1, 0.0, 0.25).token_share == 0.0


def test_every_sample_once_an_epoch_in_every_process() -> None:
    epochs: dict[int, list[int]] = {}
    for step in range(6):
        epoch, indices = global_batch(11, 4, seed=3, stage=1, step=step)
        assert sorted(share(indices, 0, 3) + share(indices, 1, 3) + share(indices, 2, 3)) == sorted(indices)
        epochs.setdefault(epoch, []).extend(indices)
    assert [sorted(indices) for indices in epochs.values()] == [list(range(11))] * 2
    assert epochs[0] != epochs[1]


def test_schedules(config_of: ConfigOf) -> None:
    plans = stage_plans(config_of(schedule={"epochs": [1, 2, 3], "steps": [0, 0, 7]}))
    assert [plan.step_count(11, 4) for plan in plans] == [3, 6, 7]
    assert [plan.stage for plan in stage_plans(config_of(schedule={"first_stage": 1}))] == [1, 2]
    assert [plan.stage for plan in stage_plans(config_of(method={"supervision": "direct"}))] == [0]
    with pytest.raises(Problem, match="Expected one number, or 3 of them"):
        config_of(schedule={"epochs": [1, 2]})


def test_a_wrong_key_is_named_with_the_nearest_valid_one(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[1] / "configs"
    for path in sorted(shipped.glob("*.toml")):
        assert read_config(path).run.global_batch == 64
    text = (shipped / "qwen2-vl-7b-m3cot.toml").read_text()
    cases = {
        "weight_decay = 0.01": ("weigth_decay = 0.01", "unknown key optimiser.weigth_decay. The nearest valid one is optimiser.weight_decay."),
        "lr = 4e-5": ('lr = "4e-5"', "optimiser.lr is '4e-5', not float."),
        "stages = 3": ("stages = 0", "method.stages is at least 1"),
        'gradients = "released"': ('gradients = "cut"', "It can be 'full', 'released'."),
        'path = "Qwen2-VL-7B-Instruct"': ("", "model.path is missing."),
        "[schedule]": ("[schedul]", "The nearest valid one is schedule."),
        "epochs = 4": ("epochs = [4, 4]", "Expected one number, or 4 of them"),
        "r = 64": ("r = true", "model.lora.r is True, not int."),
    }
    for before, (after, message) in cases.items():
        assert before in text
        path = tmp_path / "wrong.toml"
        path.write_text(text.replace(before, after, 1))
        with pytest.raises(Problem) as caught:
            read_config(path)
        assert message in str(caught.value)
    assert read_config(shipped / "qwen2-vl-7b-m3cot.toml", ["run.seed=3", "run.output=elsewhere"]).run.seed == 3
    with pytest.raises(Problem, match="expected table.key=value"):
        read_config(shipped / "qwen2-vl-7b-m3cot.toml", ["run.seed"])


def test_short_questions_for_pretraining(tmp_path: Path, config_of: ConfigOf) -> None:
    folder = write_dataset(tmp_path / "set", {"train": 2})
    rows = [
        {"id": f"q{n}", "image": f"data/images/train-{n}.png", "question": f"What is {n}?", "answer": f"the {n}th"}
        for n in range(2)
    ]
    path = folder / "lookups.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + '\n{"id": "q3", "image": null, "question": "?", "answer": ""}\n')
    config = config_of(
        data={"train": [{"path": str(path), "split": "all"}]}, method={"supervision": "direct"}, schedule={"epochs": 1}
    )
    prepared = prepare_model(config)
    split = prepare_split(config.data.train, config, prepared.encoder, prepared.max_positions, training=True, build=True)
    assert [row.sample.answer_text for row in split.samples] == ["the 0th", "the 1th"]
    assert prepared.encoder.decode(split.samples[1].answer_ids) == "the 1th"
    prompt = prepared.encoder.decode(split.samples[1].prompt_ids)
    assert "[Question]:{What is 1?}\nAnswer:" in prompt
    assert split.survey.left_out == {"unreadable": 1}
