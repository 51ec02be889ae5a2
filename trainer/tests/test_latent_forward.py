"""The fast latent forward against the recompute-everything oracle: same patches, same loss, same gradients."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

from penumbra_train.backbone.qwen2_vl.backbone import Qwen2VLBackbone
from penumbra_train.backbone.pixel_scale import PixelScale
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.forward import latent_forward
from penumbra_train.latent.recompute import recompute_loss
from penumbra_train.latent.settings import LatentSettings
from penumbra_train.latent.steps import choose, start

SCALE = PixelScale((0.5, 0.4, 0.3), (0.2, 0.3, 0.25))
J = 12
torch.set_num_threads(1)


def tiny_model(attention: str) -> Qwen2VLForConditionalGeneration:
    """Random weights, loud enough that attention is uneven; the same for every call."""
    torch.manual_seed(5)
    config = Qwen2VLConfig(
        text_config={
            "hidden_size": 32,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "intermediate_size": 48,
            "vocab_size": 50,
            "max_position_embeddings": 512,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [1, 1, 2]},
            "tie_word_embeddings": False,
        },
        vision_config={"depth": 1, "embed_dim": 16, "num_heads": 2, "hidden_size": 32, "mlp_ratio": 2},
        tie_word_embeddings=False,
    )
    model = Qwen2VLForConditionalGeneration._from_config(config, attn_implementation=attention)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            generator = torch.Generator().manual_seed(sum(map(ord, name)))
            loud = "q_proj" in name or "k_proj" in name
            std = 0.9 if "embed_tokens" in name else (1.6 if loud else 0.8) / parameter.shape[-1] ** 0.5
            noise = torch.randn(parameter.shape, generator=generator) * std
            parameter.copy_(1 + 0.1 * noise if "norm" in name and parameter.dim() == 1 else noise)
    model.model.visual.requires_grad_(False)
    return model


def make_batch(latent_counts: list[int], slots: tuple[int, ...] = (J, J, J, J)) -> LatentBatch:
    """Four rows of different prompt and target lengths, the image at different places."""
    generator = torch.Generator().manual_seed(9)
    prompt_lengths, target_lengths, first = [20, 26, 17, 23], [5, 2, 7, 1], [3, 5, 2, 4]
    ids = torch.randint(0, 50, (4, max(prompt_lengths)), generator=generator)
    targets = torch.randint(0, 50, (4, max(target_lengths)), generator=generator)
    return LatentBatch(
        prompt_ids=ids,
        prompt_lengths=torch.tensor(prompt_lengths),
        first_slots=torch.tensor(first),
        slot_valid=torch.arange(J) < torch.tensor(slots)[:, None],
        images=torch.randn(4, J, 32, generator=generator),
        target_ids=targets,
        target_lengths=torch.tensor(target_lengths),
        latent_counts=torch.tensor(latent_counts),
    )


def gradients(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.grad for name, p in model.named_parameters() if p.grad is not None}


def assert_same(batch: LatentBatch, settings: LatentSettings, *, lora: bool = False) -> None:
    fast, slow = tiny_model("sdpa"), tiny_model("eager")
    if lora:
        torch.manual_seed(0)
        config = LoraConfig(r=4, lora_alpha=2, target_modules=["q_proj", "v_proj", "o_proj", "down_proj"])
        fast_whole, slow_whole = get_peft_model(fast, config), get_peft_model(slow, config)
        for (name, a), (_, b) in zip(fast_whole.named_parameters(), slow_whole.named_parameters(), strict=True):
            if "lora_" in name:
                value = torch.randn(a.shape) * 0.3
                a.data.copy_(value)
                b.data.copy_(value)
    output = latent_forward(Qwen2VLBackbone(fast, SCALE), batch, settings)
    loss, slots = recompute_loss(slow, batch, batch.images, settings)
    torch.testing.assert_close(output.loss_sum, loss, rtol=1e-5, atol=1e-5)
    found = [[[s for s in step[row].tolist() if s >= 0] for step in output.slots] for row in range(4)]
    assert [[s for s in row if s] for row in found] == [[s for s in row if s] for row in slots]
    output.loss_sum.backward()
    loss.backward()
    fast_gradients, slow_gradients = gradients(fast), gradients(slow)
    assert fast_gradients.keys() == slow_gradients.keys()
    assert len(fast_gradients) > 10
    for name, gradient in slow_gradients.items():
        scale = float(gradient.abs().max())
        torch.testing.assert_close(fast_gradients[name], gradient, rtol=1e-4, atol=1e-5 * max(scale, 1e-3), msg=lambda m, n=name: f"{n}: {m}")


@pytest.mark.parametrize(("stage", "cut"), list(product(range(4), ("full", "released"))))
def test_every_stage_in_both_modes(stage: int, cut: str) -> None:
    assert_same(make_batch([stage] * 4), LatentSettings(3, gradients=cut))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "settings",
    [
        LatentSettings(3, latent_text=False),
        LatentSettings(3, latent_vision=False),
        LatentSettings(3, latent_text=False, latent_vision=False),
        LatentSettings(3, step_layout="hidden-then-patches"),
        LatentSettings(3, step_layout="hidden-then-patches", gradients="released"),
        LatentSettings(3, checkpointing=True),
        LatentSettings(3, latent_text=False, gradients="released"),
        LatentSettings(3, alignment=0.7),
    ],
    ids=str,
)
def test_ablations_layouts_and_checkpointing(settings: LatentSettings) -> None:
    assert_same(make_batch([3] * 4), settings)


def test_rows_of_different_stages() -> None:
    assert_same(make_batch([0, 3, 1, 2]), LatentSettings(3))
    assert_same(make_batch([2, 0, 0, 1]), LatentSettings(4, gradients="released"))


def test_latent_text_that_is_in_part_a_token() -> None:
    batch = make_batch([3, 0, 1, 2])
    shares = torch.tensor([0.6, 0.5, 0.25, 1.0])
    assert_same(replace(batch, token_shares=shares), LatentSettings(3))
    # A whole token in the newest step alone: what the model sees then is what it would have written.
    model = tiny_model("sdpa")
    backbone = Qwen2VLBackbone(model, SCALE)
    one = replace(make_batch([1] * 4), token_shares=torch.ones(4))
    state = start(backbone, one, LatentSettings(3))
    appended, _ = choose(backbone, state, one, LatentSettings(3), 0)
    written = model.get_input_embeddings()(backbone.logits(state.query_hidden).argmax(-1))
    torch.testing.assert_close(appended.embeds[:, -1], written)


def test_a_pool_that_runs_dry_and_images_of_different_sizes() -> None:
    assert_same(make_batch([3] * 4, slots=(12, 8, 10, 7)), LatentSettings(5))
    assert_same(make_batch([2] * 4), LatentSettings(20))


def test_lora() -> None:
    assert_same(make_batch([3, 2, 3, 1]), LatentSettings(3), lora=True)


def test_full_gradients_reach_earlier_steps_and_released_ones_do_not() -> None:
    """The modes differ, so that the tests above can tell them apart."""
    found = []
    for cut in ("full", "released"):
        model = tiny_model("sdpa")
        latent_forward(Qwen2VLBackbone(model, SCALE), make_batch([3] * 4), LatentSettings(3, gradients=cut)).loss_sum.backward()  # type: ignore[arg-type]
        found.append(gradients(model)["model.language_model.norm.weight"])
    assert not torch.allclose(found[0], found[1], rtol=1e-2)
