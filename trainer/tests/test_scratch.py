"""Models with random weights: the tokenizer learned or taken over, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from small_dataset import ConfigOf
from transformers import AutoTokenizer, Qwen2VLForConditionalGeneration

from penumbra_train.cli import main
from penumbra_train.problem import Problem
from penumbra_train.training.prepare import prepare_model


def test_a_tokenizer_can_be_taken_over(base: Path, tmp_path: Path) -> None:
    shape = tmp_path / "shape.toml"
    shape.write_text(
        f'tokenizer = "{base}"\n[shape]\nhidden = 64\nlayers = 1\nheads = 4\nvision_dim = 16\nvision_depth = 1\nvision_heads = 2\n'
    )
    out = tmp_path / "model"
    assert main(["new", str(shape), "--out", str(out), "--set", "shape.layers=2"]) == 0
    assert (out / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    model = Qwen2VLForConditionalGeneration.from_pretrained(out)
    assert (model.config.text_config.num_hidden_layers, model.config.text_config.hidden_size) == (2, 64)
    assert model.get_input_embeddings().weight.shape[0] >= len(AutoTokenizer.from_pretrained(out)) + 3
    assert main(["new", str(shape), "--out", str(out)]) == 1


def test_a_scratch_model_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shape = tmp_path / "shape.toml"
    for text, message in (("", "needs texts"), ('tokenizer = "nowhere"', "no such file"), ("[shape]\nhiden = 1", "shape.hidden")):
        shape.write_text(text)
        assert main(["new", str(shape), "--out", str(tmp_path / "out" / message)]) == 1
        assert message in capsys.readouterr().err


def test_mimetic_attention_looks_back_and_at_its_like(base: Path, tmp_path: Path) -> None:
    shape = tmp_path / "shape.toml"
    shape.write_text(
        f'tokenizer = "{base}"\n[shape]\nhidden = 128\nlayers = 2\nheads = 4\nvision_dim = 16\nvision_depth = 1\nvision_heads = 2\n'
        'rope_theta = 1e4\ninitializer_range = 0.05\nresidual_scale = 0.2\nattention = "mimetic"\n'
    )
    assert main(["new", str(shape), "--out", str(tmp_path / "model")]) == 0
    model = Qwen2VLForConditionalGeneration.from_pretrained(tmp_path / "model", attn_implementation="eager")
    ids = torch.randperm(250, generator=torch.Generator().manual_seed(0))[:12].repeat(2)[None]
    with torch.no_grad():
        first, last = model(input_ids=ids, output_attentions=True).attentions
    for head, back in ((0, 1), (1, 2)):
        assert first[0, head].diagonal(-back)[4:].mean() > 0.8
    assert first[0, 2:].diagonal(-1, 1, 2).mean() < 0.2
    # The second time, each token finds where it stood before, 12 back among 13 to 24 places.
    assert last[0, 2:].diagonal(-12, 1, 2).mean() > 2 * last[0, 2:].diagonal(-11, 1, 2)[:, 1:].mean()
    assert last[0, 0].diagonal(-1).mean() > 2 * last[0, 2].diagonal(-1).mean()


def test_folders_that_are_no_qwen2_vl_are_refused(base: Path, tmp_path: Path, config_of: ConfigOf) -> None:
    with pytest.raises(Problem, match="holds no config.json"):
        prepare_model(config_of(model={"path": str(tmp_path)}))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(Problem, match="holds a llama model"):
        prepare_model(config_of(model={"path": str(tmp_path)}))
    changed = tmp_path / "changed"
    changed.mkdir()
    for file in base.iterdir():
        (changed / file.name).write_bytes(file.read_bytes())
    document = json.loads((base / "config.json").read_text())
    document["text_config"]["num_hidden_layers"] = 3
    document["text_config"]["layer_types"] = ["full_attention"] * 3
    (changed / "config.json").write_text(json.dumps(document))
    with pytest.raises(Problem, match="do not fit config.json"):
        prepare_model(config_of(model={"path": str(changed)}))
    tokenizer = json.loads((base / "tokenizer.json").read_text())
    tokenizer["added_tokens"] = [token for token in tokenizer["added_tokens"] if token["content"] != "<|image_pad|>"]
    for file in ("config.json",):
        (changed / file).write_bytes((base / file).read_bytes())
    (changed / "tokenizer.json").write_text(json.dumps(tokenizer))
    settings = json.loads((base / "tokenizer_config.json").read_text())
    settings.pop("added_tokens_decoder")
    settings.pop("additional_special_tokens")
    (changed / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(Problem, match=r"no token <\|image_pad\|>"):
        prepare_model(config_of(model={"path": str(changed)}))
    with pytest.raises(Problem, match="multiples of 28"):
        prepare_model(config_of(data={"image_width": 60}))
