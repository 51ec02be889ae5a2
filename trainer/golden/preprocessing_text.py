"""Strings that tell tokenizers apart, a larger byte-level BPE to run them through, chats and decodings.

Everything is generated from seeds; characters come from Unicode 14 as Python 3.11 knows it, so that a newer
Unicode in another runtime does not count as a difference.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from typing import Any

from tokenizers import Regex, pre_tokenizers

from corpus import MANY_SCRIPTS, many_scripts_text

SPECIAL_TEXTS = [
    "<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|image_pad|>", "<|vision_start|>", "<|vision_end|>",
    "<|latent|>", "<|start-latent|>", "<|end-latent|>", "<|im_end", "|im_end|>", "<|IM_END|>", "<<|im_end|>>",
    "<|im_end|>|>", "< |im_end|>", "<|video_pad|>", "<|im_end|>\u0338", "<|", "|>",
]  # fmt: skip
SPACES = " \t\n\r\v\f\u00a0\u0085\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200d\ufeff"
SCRIPT_RANGES = [
    (0x41, 0x7A), (0xC0, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x530, 0x58F), (0x5D0, 0x5EA), (0x620, 0x64A),
    (0x904, 0x939), (0x985, 0x9B9), (0xB85, 0xBB9), (0xE01, 0xE30), (0x10A0, 0x10FF), (0x1200, 0x137F),
    (0x13A0, 0x13F5), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x3041, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0x10330, 0x1034A), (0x1D400, 0x1D7FF), (0x20000, 0x2A6DF),
]  # fmt: skip
MARK_RANGES = [(0x300, 0x36F), (0x591, 0x5BD), (0x64B, 0x65F), (0x93A, 0x94D), (0xE31, 0xE3A), (0x20D0, 0x20F0)]
DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩०१२३४५６７８９²³¹½¾ⅣⅧ①⑩〇㉛𝟘𝟙"
CONTRACTIONS = ["'s", "'S", "'ſ", "'t", "'T", "'re", "'RE", "'rE", "'ve", "'m", "'M", "'ll", "'LL", "'d", "’s", "'x"]
EMOJI = ["🙂", "👍🏽", "👩‍🔬", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇩", "1️⃣", "☃️", "❤", "🧑🏿‍🚀", "\ufe0f", "\u200d", "\U000e0067"]
CODE = ["x += 1;\r\n\r\n", "\t\tif (a && !b) {", "https://a.example/b?c=d&e=%20#f", "{'k': [1.5e-3, null]}",
        "```py\nprint('hi')\n```", "a_b-c.d@e", "\\frac{1}{2}^{n+1}", "C:\\dir\\file.txt", "$5.00 + €3,50 = ¥900"]  # fmt: skip


def _from(rng: random.Random, ranges: list[tuple[int, int]], count: int) -> str:
    return "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(count))


def _anything(rng: random.Random) -> str:
    while True:
        character = chr(rng.randrange(0x110000))
        if unicodedata.category(character) not in ("Cn", "Cs", "Co") and not unicodedata.combining(character):
            return character


def _piece(rng: random.Random) -> str:
    kind = rng.randrange(13)
    if kind == 0:
        sentence = rng.choice(MANY_SCRIPTS)
        start = rng.randrange(len(sentence))
        return sentence[start : start + rng.randint(1, 40)]
    if kind == 1:
        low, high = rng.choice(SCRIPT_RANGES)
        return _from(rng, [(low, high)], rng.randint(1, 12))
    if kind == 2:
        base = _from(rng, SCRIPT_RANGES, 1)
        return base + _from(rng, MARK_RANGES, rng.randint(1, 4))
    if kind == 3:
        return rng.choice(EMOJI) * rng.randint(1, 2)
    if kind == 4:
        return "".join(rng.choice(SPACES) for _ in range(rng.randint(1, 6)))
    if kind == 5:
        return "".join(rng.choice(DIGITS) for _ in range(rng.randint(1, 20)))
    if kind == 6:
        return rng.choice("aéБ1 ") + rng.choice(CONTRACTIONS) + rng.choice(["", " ", "e", "!"])
    if kind == 7:
        return rng.choice(SPECIAL_TEXTS)
    if kind == 8:
        return chr(rng.choice([*range(0x20), 0x7F, *range(0x80, 0xA0), 0xAD, 0x200E, 0x200F, 0x202B, 0x2066, 0x2069]))
    if kind == 9:
        return rng.choice(CODE)
    if kind == 10:
        return "".join(_anything(rng) for _ in range(rng.randint(1, 6)))
    if kind == 11:
        return unicodedata.normalize(rng.choice(["NFD", "NFKD", "NFC"]), rng.choice(MANY_SCRIPTS))[: rng.randint(3, 25)]
    return rng.choice([" ", "", "\n", "  ", ".", " - "]) + _from(rng, [(0x21, 0x7E)], rng.randint(1, 10))


def varied_strings(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    fixed = ["", " ", "\n", "a", " a", "a ", "\u0000", "<|im_end|>", "e\u0301" * 5, "x" * 400, "ab" * 200, " " * 300]
    fixed += ["\n" * 100, "0123456789" * 20, "的" * 120, "🙂" * 60, "a\u0301\u0323\u0307" * 30, "'" * 50]
    strings = fixed + [next(many_scripts_text(seed + i, 1)) for i in range(60)]
    while len(strings) < count:
        strings.append("".join(_piece(rng) for _ in range(rng.randint(1, 5))))
    return strings


def syllable_text(seed: int, lines: int) -> Iterator[str]:
    """Lines of invented words, frequent ones often, in four scripts: enough pairs for a few thousand merges."""
    rng = random.Random(seed)
    inventories = [
        "ka ri to me lu san ven dor pli os qua thi er an st ing".split(),
        "ка ри то ме лу сан вен дор ний ост".split(),
        "κα ρι το με λυ σαν".split(),
        list("山川日月火水木金土人大小中国学生図問答"),
    ]
    words = []
    for syllables in inventories:
        words += ["".join(rng.choices(syllables, k=rng.randint(1, 5))) for _ in range(700)]
    weights = [1 / (1 + i % 700) for i in range(len(words))]
    for _ in range(lines):
        chosen = rng.choices(words, weights, k=rng.randint(3, 14))
        line = " ".join(w.capitalize() if rng.random() < 0.15 else w for w in chosen)
        yield line + rng.choice([".", "?", " 42", "!\n"])


def character_class(step: pre_tokenizers.PreTokenizer) -> list[list[int]]:
    """Code points that a step of the reference cuts out of a text, as ranges with both ends included."""
    ranges: list[list[int]] = []
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF or len(step.pre_tokenize_str(chr(code) * 2)) < 2:
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def character_classes() -> dict[str, list[list[int]]]:
    """Of regular expressions (Oniguruma's tables) and of the steps with tables of their own."""
    expressions = {"letter": r"\p{L}", "number": r"\p{N}", "space": r"\s"}
    steps = {name: pre_tokenizers.Split(Regex(source), "isolated") for name, source in expressions.items()}
    steps["numeric"] = pre_tokenizers.Digits(individual_digits=True)
    steps["punctuation"] = pre_tokenizers.Punctuation("isolated")
    return {name: character_class(step) for name, step in steps.items()}


def random_id_lists(seed: int, vocabulary: int, special: list[int], count: int) -> list[list[int]]:
    """Token ids in no order: broken UTF-8, special tokens inside characters, ids beyond the vocabulary."""
    rng = random.Random(seed)
    lists = []
    for _ in range(count):
        ids = [rng.randrange(vocabulary) for _ in range(rng.randint(0, 12))]
        if rng.random() < 0.4:
            ids.insert(rng.randint(0, len(ids)), rng.choice(special))
        if rng.random() < 0.1:
            ids.append(vocabulary + rng.randrange(500))
        lists.append(ids)
    return lists


# The second template has what ours lacks and Qwen2-VL's has: a counter in a namespace, picture numbers on request,
# and blocks on lines of their own, whose white space the environment trims.
NUMBERED_TEMPLATE = """{%- set count = namespace(value=0) -%}
{% for message in messages %}
    {% if loop.first and message.role != 'system' %}
<|im_start|>system
You look at pictures.<|im_end|>
    {% endif %}
{{ '<|im_start|>' + message['role'] + '\\n' }}
    {%- if message['content'] is string %}
{{- message['content'] }}
    {%- else %}
        {%- for part in message['content'] %}
            {%- if part['type'] == 'image' %}
                {%- set count.value = count.value + 1 %}
                {%- if add_vision_id %}Picture {{ count.value }}: {% endif -%}
                <|vision_start|><|image_pad|><|vision_end|>
            {%- elif 'text' in part %}
{{- part['text'] | trim }}
            {%- endif %}
        {%- endfor %}
    {%- endif %}
{{- '<|im_end|>' }}
{% endfor %}
{% if add_generation_prompt %}
<|im_start|>assistant
{% endif %}
"""


def chats() -> list[list[dict[str, Any]]]:
    image = {"type": "image"}
    odd = "  line one\n\nline {{ two }} {% if %} 'quoted' \"twice\" \\n é 图 🙂 <b>&amp;</b>  "
    return [
        [{"role": "user", "content": "Hello"}],
        [{"role": "user", "content": [image, {"type": "text", "text": "What is this?"}]}],
        [{"role": "user", "content": [image, image, {"type": "text", "text": odd}]}],
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": odd}, image]}],
        [
            {"role": "user", "content": [image, {"type": "text", "text": "One"}]},
            {"role": "assistant", "content": "Two"},
            {"role": "user", "content": [{"type": "text", "text": ""}]},
        ],
    ]
