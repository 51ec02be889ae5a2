"""Writes a small tokenizer in the shape of facebook/chameleon-7b's.

The order of the vocabulary is the published one: `<s>`, `<pad>`, `</s>`, `<unk>`, the image tokens, `<eoss>`,
`<racm3:break>`, sentinels, reserved tokens (one of which is the separator and one became `<image>`), then bytes and
merges. The image tokens are shuffled on purpose, and there are few sentinels: a program that takes the
published ids, or "codebook index + 4", fails on this folder.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from corpus import many_scripts_text

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from penumbra_train.hub_folder import write_json  # noqa: E402

BOS, PAD, EOS, UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
IMAGE_END, IMAGE_START, SEPARATOR, IMAGE = "<eoss>", "<racm3:break>", "<reserved08706>", "<image>"
SENTINELS = [f"<sentinel:{index}>" for index in range(6)]
RESERVED = [f"<reserved0{number}>" for number in range(8708, 8712)]
LATENT_TOKENS = ["<|start-latent|>", "<|end-latent|>", "<|latent|>"]


def image_token(codebook_index: int) -> str:
    """The name of a codebook entry: its decimal digits as letters, 0 = A, 1 = B, up to 9 = J."""
    return "IMGIMG" + "".join(chr(ord("A") + int(digit)) for digit in str(codebook_index)) + "Z"


def make_chameleon_tokenizer(
    folder: Path, *, codebook_size: int, latent_tokens: bool, merges_and_bytes: int = 460, lines: Iterable[str] | None = None
) -> dict[str, int]:
    """Writes tokenizer.json and tokenizer_config.json; returns token -> id as config.json's `vocabulary_map` has it.

    `latent_tokens`: the three tokens of IVT-LR follow the vocabulary, as in the released code; they are not part of
    the returned map, nor of the base model's vocabulary. `merges_and_bytes`: 256 bytes, the rest merges, learnt from `lines` or
    from a text in many scripts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    image_tokens = [image_token(index) for index in range(codebook_size)]
    random.Random(codebook_size).shuffle(image_tokens)
    special = [BOS, PAD, EOS, UNKNOWN, *image_tokens, IMAGE_END, IMAGE_START, *SENTINELS, SEPARATOR, IMAGE, *RESERVED]
    tokenizer = _train(special, merges_and_bytes, lines or many_scripts_text(seed=14, lines=600))
    content: dict[str, Any] = json.loads(tokenizer.to_str())
    vocabulary: dict[str, int] = content["model"]["vocab"]
    if [vocabulary[token] for token in special] != list(range(len(special))):
        raise ValueError("special tokens must come first, in order")
    content["added_tokens"] += [
        _added(len(vocabulary) + index, token) for index, token in enumerate(LATENT_TOKENS if latent_tokens else [])
    ]
    write_json(folder / "tokenizer.json", content)
    _write_config(folder, content["added_tokens"])
    return dict(sorted(vocabulary.items(), key=lambda item: item[1]))


def _train(special: list[str], merges_and_bytes: int, lines: Iterable[str]) -> Tokenizer:
    """Byte-level BPE without normalizer; digits, punctuation and runs of two or four spaces stand alone."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("<sentinel:[0-9]+>"), behavior="isolated", invert=False),
            pre_tokenizers.Split(Regex("(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"), behavior="isolated", invert=False),
            pre_tokenizers.Split(Regex("([\t\n]|    |  )"), behavior="isolated", invert=False),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Punctuation(behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=True, trim_offsets=True, use_regex=True)
    trainer = trainers.BpeTrainer(
        vocab_size=len(special) + merges_and_bytes,
        min_frequency=2,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=special,
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS}:0 $A:0",
        pair=f"{BOS}:0 $A:0 {BOS}:1 $B:1",
        special_tokens=[(BOS, tokenizer.token_to_id(BOS))],
    )
    return tokenizer


def _added(token_id: int, token: str) -> dict[str, Any]:
    return {
        "id": token_id,
        "content": token,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _write_config(folder: Path, added_tokens: list[dict[str, Any]]) -> None:
    decoder = {str(entry["id"]): {key: entry[key] for key in sorted(entry) if key != "id"} for entry in added_tokens}
    write_json(
        folder / "tokenizer_config.json",
        {
            "add_bos_token": True,
            "add_eos_token": False,
            "added_tokens_decoder": decoder,
            "boi_token": IMAGE_START,
            "bos_token": BOS,
            "clean_up_tokenization_spaces": False,
            "eoi_token": IMAGE_END,
            "eos_token": EOS,
            "image_token": IMAGE,
            "legacy": False,
            "model_max_length": 1000000000000000019884624838656,
            "pad_token": PAD,
            "processor_class": "ChameleonProcessor",
            "sep_token": SEPARATOR,
            "tokenizer_class": "LlamaTokenizer",
            "unk_token": UNKNOWN,
            "use_default_system_prompt": False,
        },
    )
