"""Reads TOML into the schema's dataclasses, strictly: an unknown key is refused with the nearest one that exists.

`--set run.seed=3` on the command line changes one key after the file was read; the value is TOML.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import tomllib
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from penumbra_train.config.schema import TrainingConfig
from penumbra_train.problem import Problem
from penumbra_train.schedule import stage_plans


def read_config(path: Path, changes: list[str] | None = None) -> TrainingConfig:
    """The training of a file, with `changes` (`table.key=value`) applied."""
    document = read_document(path, changes)
    config: TrainingConfig = build(TrainingConfig, document, str(path), "")
    check(config, str(path))
    return config


def read_stored(path: Path) -> TrainingConfig:
    """The whole configuration that a training wrote into its output folder."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path} cannot be read: {error}.", "Give the output folder of a training.") from error
    config: TrainingConfig = build(TrainingConfig, _without_nothing(document), str(path), "")
    return config


def _without_nothing(value: Any) -> Any:
    """TOML has no null: an absent key means the same."""
    if isinstance(value, dict):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value


def read_document(path: Path, changes: list[str] | None = None) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem(f"{path} is not TOML: {error}.") from error
    for change in changes or []:
        _apply(document, change)
    return document


def _apply(document: dict[str, Any], change: str) -> None:
    key, equals, written = change.partition("=")
    if not equals:
        raise Problem(f"--set {change}: expected table.key=value.")
    try:
        value = tomllib.loads(f"value = {written}")["value"]
    except tomllib.TOMLDecodeError:
        value = written
    *tables, last = key.strip().split(".")
    place = document
    for table in tables:
        place = place.setdefault(table, {})
    place[last] = value


def build(cls: type[Any], value: Any, file: str, place: str) -> Any:
    """`value` as an instance of the dataclass `cls`, every key and type checked."""
    if not isinstance(value, dict):
        raise Problem(f"{file}: {place} is {value!r}, not a table.")
    hints = get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}
    prefix = f"{place}." if place else ""
    for key in value:
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1, cutoff=0.0)
            raise Problem(f"{file}: unknown key {prefix}{key}.", f"The nearest valid one is {prefix}{near[0]}.")
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in value:
            raise Problem(f"{file}: {prefix}{name} is missing.")
    return cls(**{key: _convert(hints[key], item, file, f"{prefix}{key}") for key, item in value.items()})


def _convert(kind: Any, value: Any, file: str, place: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return build(kind, value, file, place)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        for member in members[:-1]:
            if _fits(member, value):
                return _convert(member, value, file, place)
        return _convert(members[-1], value, file, place)
    if origin is list:
        if not isinstance(value, list):
            raise Problem(f"{file}: {place} is {value!r}, not a list.")
        (member,) = get_args(kind)
        return [_convert(member, item, file, f"{place}[{index}]") for index, item in enumerate(value)]
    if origin is Literal:
        if value not in get_args(kind):
            allowed = ", ".join(map(repr, get_args(kind)))
            raise Problem(f"{file}: {place} is {value!r}.", f"It can be {allowed}.")
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not _fits(kind, value):
        raise Problem(f"{file}: {place} is {value!r}, not {kind.__name__}.")
    return value


def _fits(kind: Any, value: Any) -> bool:
    if get_origin(kind) is list:
        return isinstance(value, list)
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if not isinstance(kind, type):
        return False
    return isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)


def check(config: TrainingConfig, file: str) -> None:
    """What types cannot say."""
    run, method, schedule = config.run, config.method, config.schedule
    rules = [
        (run.global_batch >= 1 and run.micro_batch >= 1, "run.global_batch and run.micro_batch are at least 1"),
        (method.stages >= 1, "method.stages is at least 1"),
        (method.latent_steps_per_stage >= 1, "method.latent_steps_per_stage is at least 1"),
        (method.patches_per_step >= 0, "method.patches_per_step is not negative"),
        (0 <= schedule.mixing <= 1, "schedule.mixing is between 0 and 1"),
        (0 <= schedule.gradual <= 1, "schedule.gradual is between 0 and 1"),
        (config.optimiser.lr > 0, "optimiser.lr is above 0"),
        (config.optimiser.clip >= 0, "optimiser.clip is not negative (0: no clipping)"),
        (run.exploding_factor > 1, "run.exploding_factor is above 1"),
        (
            method.positions == "plain" or method.supervision != "latent",
            'method.positions = "mrope" goes with explicit or direct supervision; latent steps use plain positions',
        ),
        (
            0 <= schedule.first_stage <= (method.stages if schedule.last_stage is None else schedule.last_stage) <= method.stages,
            "schedule.first_stage and last_stage lie in order between 0 and method.stages",
        ),
    ]
    for holds, rule in rules:
        if not holds:
            raise Problem(f"{file}: {rule}.")
    stage_plans(config)
