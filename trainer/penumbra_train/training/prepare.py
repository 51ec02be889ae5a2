"""Everything a training needs before its first step: model, encoded samples, images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch

from penumbra_train.backbone.interface import Grid
from penumbra_train.backbone.load import LoadedModel, load_model
from penumbra_train.config.schema import Source, TrainingConfig
from penumbra_train.data.images import Fit, PixelCache, open_pixel_cache
from penumbra_train.data.sample import ImageReference, Sample
from penumbra_train.data.survey import Survey, read_split
from penumbra_train.encoding import EncodedSample, Encoder
from penumbra_train.problem import Problem
from penumbra_train.training.latent_model import LatentModel

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Split:
    """Samples that can be trained on, their pixels, and what was left out."""

    samples: list[EncodedSample]
    cache: PixelCache
    survey: Survey


@dataclass(frozen=True)
class Prepared:
    loaded: LoadedModel
    model: LatentModel
    encoder: Encoder
    grid: Grid
    max_positions: int


def cache_folder(config: TrainingConfig) -> Path:
    return Path(config.data.cache) if config.data.cache else Path(config.run.output) / "cache"


def prepare_model(config: TrainingConfig) -> Prepared:
    loaded = load_model(Path(config.model.path), DTYPES[config.model.dtype])
    model = LatentModel(
        loaded.backbone,
        config.latent_settings(),
        lora=config.model.lora,
        train_vision=config.model.vision == "trained",
    )
    if config.method.positions == "mrope" and not loaded.backbone.has_row_positions:
        raise Problem('method.positions is "mrope".', "This model's ordinary positions are plain ones: leave it out.")
    grid = loaded.backbone.slot_grid(config.data.image_height, config.data.image_width)
    encoder = Encoder(loaded.prompts, config.data.prompt_format, config.data.answer_form, grid.count)
    return Prepared(loaded, model, encoder, grid, loaded.backbone.max_positions)


def prepare_split(
    sources: list[Source],
    config: TrainingConfig,
    encoder: Encoder,
    max_positions: int,
    *,
    training: bool,
    build: bool,
    fit: Fit = "stretch",
) -> Split:
    """Reads, decodes and encodes; samples whose image cannot be decoded are left out and named."""
    survey = Survey()
    wants_rationale = training and config.method.supervision != "direct"
    samples: list[Sample] = []
    for source in sources:
        found = read_split(Path(source.path), source.split, survey, rationale=wants_rationale)
        samples += spread(found, source.limit)
    survey.used = len(samples)
    images: dict[ImageReference, int] = {}
    for sample in samples:
        if sample.image is not None:
            images.setdefault(sample.image, len(images))
    data = config.data
    cache = open_pixel_cache(list(images), data.image_width, data.image_height, cache_folder(config), build=build, fit=fit)
    steps = config.method.stages if wants_rationale else 0
    encoded: list[EncodedSample] = []
    for sample in samples:
        index = images[sample.image] if sample.image is not None else -1
        if index in cache.unreadable:
            survey.leave_out("image cannot be decoded", cache.unreadable[index])
            survey.used -= 1
            continue
        encoded.append(encoder.encode(sample, index, steps))
        survey.fewer_steps += int(wants_rationale and len(encoded[-1].step_ids) < steps)
    if not encoded:
        raise Problem("No sample is left to train on.", "\n".join(survey.lines()))
    longest = max(len(row.prompt_ids) + sum(map(len, row.step_ids)) + len(row.answer_ids) for row in encoded)
    latent = config.method.stages * config.method.latent_steps_per_stage * config.latent_settings().step_columns
    if longest + latent > max_positions:
        raise Problem(f"The longest sample takes {longest + latent} positions; the model has {max_positions}.")
    return Split(encoded, cache, survey)


def spread(samples: list[Sample], limit: int) -> list[Sample]:
    """`limit` samples in a draw that depends on their ids alone; all for 0."""
    if limit == 0 or limit >= len(samples):
        return samples
    order = sorted(samples, key=lambda sample: hashlib.sha256(sample.sample_id.encode()).digest())
    chosen = {sample.sample_id for sample in order[:limit]}
    return [sample for sample in samples if sample.sample_id in chosen]
