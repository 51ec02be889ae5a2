"""Writes what was trained as models that the app imports.

`write_folder`: a plain Hugging Face folder, LoRA merged as W + (alpha / r) B A in float32. `write_released`: one
`model.pth` in the layout of the published IVT-LR checkpoints, LoRA apart, to be used over the base model's folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from torch import Tensor, nn

from penumbra_train.backbone.load import LoadedModel, load_model
from penumbra_train.export.finished_run import FinishedRun
from penumbra_train.hub_folder import write_latent_config
from penumbra_train.problem import Problem
from penumbra_train.training.prepare import DTYPES

PEFT_PREFIX = "base_model.model."
RELEASED_PREFIX = "base_causallm.base_model.model."
COPIED = (
    "preprocessor_config.json",
    "processor_config.json",
    "generation_config.json",
    "tokenizer_config.json",
    "chat_template.json",
    "chat_template.jinja",
)


def write_folder(run: FinishedRun, out: Path, dtype: str | None = None) -> None:
    """`dtype` float32 or bfloat16; that of the training's model when None."""
    loaded = _loaded(run, out)
    merge_into(loaded.model, run)
    loaded.model.to(DTYPES[dtype or run.config.model.dtype])
    partial = _partial(out)
    loaded.model.save_pretrained(partial)
    _write_texts(run, loaded, partial)
    partial.replace(out)


def merge_into(model: nn.Module, run: FinishedRun) -> None:
    """Puts a run's trained weights into its base model."""
    lora = run.config.model.lora
    rest = dict(run.trained)
    with torch.no_grad():
        for name in [name for name in run.trained if name.endswith(".lora_A.default.weight")]:
            stem = name.removesuffix("lora_A.default.weight")
            a, b = rest.pop(name), rest.pop(f"{stem}lora_B.default.weight")
            if lora is None:
                raise Problem(f"{run.folder} holds LoRA weights, and its configuration none.")
            weight = model.get_submodule(stem.removeprefix(PEFT_PREFIX).removesuffix(".")).get_parameter("weight")
            weight.copy_(weight.float() + (lora.alpha / lora.r) * (b.float() @ a.float()))
        for name, value in rest.items():
            model.get_parameter(name.removeprefix(PEFT_PREFIX)).copy_(value)


def write_released(run: FinishedRun, out: Path) -> None:
    """`model.pth` and the latent settings; vocabulary cut to the tokenizer's, as in the published files."""
    if run.config.model.lora is None:
        raise Problem(
            f"{run.folder} was trained without LoRA; the released layout is of LoRA trainings.",
            "Write a plain folder in its place (leave out --layout).",
        )
    loaded = _loaded(run, out)
    rows, published_name = loaded.prompts.token_count(), loaded.backbone.published_name
    adapted = {
        name.removeprefix(PEFT_PREFIX).removesuffix(".lora_A.default.weight")
        for name in run.trained
        if name.endswith(".lora_A.default.weight")
    }
    released: dict[str, Tensor] = {}
    state = loaded.model.state_dict()
    for name, value in state.items():
        value = run.trained.get(PEFT_PREFIX + name, value)
        if published_name(name) in ("model.embed_tokens.weight", "lm_head.weight"):
            value = value[:rows].clone()
        module, _, kind = name.rpartition(".")
        place = f"{module}.base_layer.{kind}" if module in adapted else name
        released[RELEASED_PREFIX + published_name(place)] = value
    for name, value in run.trained.items():
        if ".lora_" in name:
            released[RELEASED_PREFIX + published_name(name.removeprefix(PEFT_PREFIX))] = value.float()
    # The published files name the token embeddings a second time; both names share one storage.
    released["embedding.weight"] = released[f"{RELEASED_PREFIX}model.embed_tokens.weight"]
    partial = _partial(out)
    partial.mkdir(parents=True)
    torch.save(released, partial / "model.pth")
    _write_latent(run, loaded, partial)
    partial.replace(out)


def _loaded(run: FinishedRun, out: Path) -> LoadedModel:
    if out.exists():
        raise Problem(f"{out} exists already.", "Give another folder.")
    return load_model(Path(run.config.model.path), DTYPES[run.config.model.dtype])


def _partial(out: Path) -> Path:
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    return partial


def _write_texts(run: FinishedRun, loaded: LoadedModel, folder: Path) -> None:
    for name in COPIED:
        if (loaded.folder / name).is_file():
            shutil.copyfile(loaded.folder / name, folder / name)
    loaded.prompts.save(folder)
    _write_latent(run, loaded, folder)


def _write_latent(run: FinishedRun, loaded: LoadedModel, folder: Path) -> None:
    """The settings that an import takes as this model's own.

    A model trained on text alone with plain positions is one that takes no latent step; with Qwen2-VL's own
    positions it is an ordinary one, which writes its rationale (`cot`) or answers at once (`no-cot`).
    """
    method, data = run.config.method, run.config.data
    takes_steps = run.config.latent_settings().takes_steps
    what = {"latent": f"stage {run.stage} of {method.stages}", "explicit": "explicit chain of thought", "direct": "direct answers"}
    ordinary = "cot" if method.supervision == "explicit" else "no-cot"
    left_out = [name for name, kept in (("latent text", method.latent_text), ("latent vision", method.latent_vision)) if not kept]
    note = f"penumbra-train: {what[method.supervision]}"
    if method.supervision == "latent":
        note += f", gradients {method.gradients}" + "".join(f", trained without {name}" for name in left_out)
    write_latent_config(
        folder,
        run.config.latent_settings().patch_columns,
        (data.image_width, data.image_height),
        note,
        trained=True,
        method=ordinary if method.positions == "mrope" else "ivt-lr",
        latent_steps=run.latent_count if takes_steps else 0,
        step_layout=method.step_layout,
        prompt_format=data.inference_prompt_format or data.prompt_format,
    )
