"""Writes test/golden/chameleon: two tokenizers in Chameleon's shape, and what `tokenizers` makes of texts with them.

`tokenizer.json` is the shape of the published one with IVT-LR's latent tokens. `tokenizer-unlisted.json` holds the image
tokens and sentinels in the vocabulary alone (so that only the Split steps find them), ignores merges, and has
ByteLevel as its post-processor. Nothing here uses the program under test.

    python trainer/golden/make_chameleon_tokens.py
"""

from __future__ import annotations

import json
import platform
import random
from pathlib import Path
from typing import Any

import tokenizers
import transformers
from tokenizers import Tokenizer
from transformers.models.chameleon.modeling_chameleon import ChameleonImageVocabularyMapping

from chameleon_tokenizer import BOS, image_token, make_chameleon_tokenizer
from preprocessing_arrays import sha256
from preprocessing_text import random_id_lists, varied_strings

OUT = Path(__file__).resolve().parents[2] / "test" / "golden" / "chameleon"
SEEDS = {"strings": 211, "decodings": 212}
CODEBOOK_SIZE = 120
NAMES = [
    "<image>", "<eoss>", "<racm3:break>", "<reserved08706>", "<reserved08710>", "<reserved09999>", "<s>", "</s>", "<unk>",
    "<|latent|>", "<|start-latent|>", "<sentinel:0>", "<sentinel:5>", "<sentinel:77>", "<sentinel:>", "< image>", "<imag",
    "IMGIMGAZ", "IMGIMGBBZ", "IMGIMGJZ", "IMGIMGBAJZ", "IMGIMGIIIIIZ", "IMGIMGZ", "IMGIMGAAZ", "IMGIMGIMGAZ", "imgimgaz",
]  # fmt: skip
CUTS = [
    " ", "  ", "   ", "    ", "     ", "        ", "\t", "\t\t", "\n", "\n\n", " \n", "\r\n", "\t ", "\u00a0", "\u3000 ",
    "12", "3.14", "١٢", "²½", "Ⅷ①", "㉛𝟘", "〇", "$+<=>^`|~", "¿¡«»", "…—‘’", "、。《》", "\u166d", "\U000111c9", "\u061d",
    "\u2e43", "\u2e5d", "\u1b7d", "©€→", "'s", "'ſ", "'LL", "don't", "_", "\ufeff", "\u0085", "\u200b", "e\u0301", "é",
]  # fmt: skip


def strings() -> list[str]:
    rng = random.Random(SEEDS["strings"])
    plain = varied_strings(SEEDS["strings"], 200)
    mixed = []
    for text in varied_strings(SEEDS["strings"] + 1, 300):
        parts = [text[at : at + 12] for at in range(0, min(len(text), 60), 12)]
        for _ in range(rng.randint(1, 4)):
            parts.insert(rng.randint(0, len(parts)), rng.choice(rng.choice([NAMES, CUTS])))
        mixed.append("".join(parts))
    pairs = [a + b for a in rng.sample(NAMES + CUTS, 20) for b in rng.sample(NAMES + CUTS, 4)]
    return ["", *NAMES, *CUTS, *pairs, *plain, *mixed]


def unlisted(content: dict[str, Any]) -> dict[str, Any]:
    kept = [token for token in content["added_tokens"] if not token["content"].startswith(("IMGIMG", "<sentinel"))]
    post = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    model = {**content["model"], "ignore_merges": True}
    return {**content, "added_tokens": kept, "post_processor": post, "model": model}


def cases(path: Path, texts: list[str]) -> dict[str, Any]:
    tokenizer = Tokenizer.from_file(str(path))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    begun = [tokenizer.encode(text).ids for text in texts]
    bos = tokenizer.token_to_id(BOS)
    begins = begun[0] == [bos]
    assert all(with_bos == ([bos] if begins else []) + plain for with_bos, plain in zip(begun, ids, strict=True))
    special = [tokenizer.token_to_id(token) for token in ("</s>", "<|latent|>", "<image>")]
    size = tokenizer.get_vocab_size()
    decodings = [
        {
            "ids": entry,
            "text": tokenizer.decode(entry, skip_special_tokens=False),
            "withoutSpecial": tokenizer.decode(entry, skip_special_tokens=True),
        }
        for entry in random_id_lists(SEEDS["decodings"], size, special, 200)
    ]
    return {
        "file": path.name,
        "sha256": sha256(path.read_bytes()),
        "vocabularySize": size,
        "bosTokenId": bos if begins else None,
        "ids": ids,
        "decodings": decodings,
    }


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    vocabulary = make_chameleon_tokenizer(OUT, codebook_size=CODEBOOK_SIZE, latent_tokens=True)
    content = json.loads((OUT / "tokenizer.json").read_text(encoding="utf-8"))
    other = OUT / "tokenizer-unlisted.json"
    other.write_text(json.dumps(unlisted(content), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    texts = strings()
    both = [cases(OUT / name, texts) for name in ("tokenizer.json", "tokenizer-unlisted.json")]
    # The image tokens in codebook order, as transformers reads them from `vocabulary_map`.
    mapping = ChameleonImageVocabularyMapping(vocabulary)
    image_tokens = [mapping.img2bpe[index] for index in range(CODEBOOK_SIZE)]
    assert image_tokens == [vocabulary[image_token(index)] for index in range(CODEBOOK_SIZE)]
    head = {
        "manifest": {
            "python": platform.python_version(),
            "tokenizers": tokenizers.__version__,
            "transformers": transformers.__version__,
            "seeds": SEEDS,
        },
        "imageTokens": image_tokens,
        "vocabulary": {token: vocabulary[token] for token in vocabulary if not token.startswith("IMGIMG") and token[0] == "<"},
    }
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    heads = [{key: value for key, value in entry.items() if key not in ("ids", "decodings")} for entry in both]
    lists = {
        "tokenizers": heads,
        "strings": [[text, *rest] for text, *rest in zip(texts, *(entry["ids"] for entry in both), strict=True)],
        "decodings": [entry["decodings"] for entry in both],
    }
    for key, entries in lists.items():
        parts.append(f"{json.dumps(key)}: [\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]")
    (OUT / "tokens.json").write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
