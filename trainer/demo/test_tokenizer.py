"""The demo's tokenizer: every word one token, Qwen2-VL's special tokens, short prompts; read by transformers alike."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from penumbra_train.hub_folder import SPECIAL_TOKENS
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from .make_tokenizer import LATENT_TOKENS, make_tokenizer, prompt_of, write_folder
from .samples import Split


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tokenizer")
    write_folder(out, make_tokenizer(1200, 360))
    return out


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def test_every_word_is_one_token(tokenizer: Tokenizer) -> None:
    for sample in Split("test", 180):
        sentences = [sample.scene.question, *sample.rationale, *(hop.statement for hop in sample.scene.lookups)]
        for word in re.findall(r" ?[A-Za-z]+", "\n".join([*sentences, *sample.options, "Therefore, the answer is B"])):
            assert len(tokenizer.encode(word).ids) == 1, word


def test_prompts_are_short(tokenizer: Tokenizer) -> None:
    longest = max(len(tokenizer.encode(prompt_of(sample)).ids) for sample in Split("validation", 504))
    assert longest <= 48


def test_special_tokens_follow_the_words_in_order_and_the_latent_ones_come_last(folder: Path, tokenizer: Tokenizer) -> None:
    ids = [tokenizer.token_to_id(token) for token in (*SPECIAL_TOKENS, *LATENT_TOKENS)]
    assert ids == list(range(tokenizer.get_vocab_size() - len(ids), tokenizer.get_vocab_size()))
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert [entry["content"] for entry in config["added_tokens_decoder"].values()] == [*SPECIAL_TOKENS, *LATENT_TOKENS]


def test_transformers_reads_the_folder_and_gives_texts_back(folder: Path, tokenizer: Tokenizer) -> None:
    read = AutoTokenizer.from_pretrained(folder)
    assert len(read) == tokenizer.get_vocab_size()
    for sample in Split("test", 36):
        text = f"<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{prompt_of(sample)}<|im_end|>\n<|latent|>"
        ids = read(text)["input_ids"]
        assert ids == tokenizer.encode(text).ids
        assert read.decode(ids) == text
