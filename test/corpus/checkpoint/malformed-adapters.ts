/** LoRA factors that do not fit, in the released form and as peft folders. */
import type { FailureKind } from '../../../src/shared/failure.ts';
import type { Files, MalformedFolder } from './malformed-folder.ts';
import { pthOf } from './pth-bytes.ts';
import { counting, safetensors, type StoredTensor } from './safetensors-bytes.ts';
import { tinyTensors } from './tiny-checkpoint.ts';

const q = 'model.layers.0.self_attn.q_proj';
const lora = (parts: Readonly<Record<string, StoredTensor | null>>): Files => ({
  'model.pth': pthOf(
    tinyTensors({
      [`${q}.weight`]: null,
      [`${q}.base_layer.weight`]: counting([8, 8]),
      [`${q}.lora_A.default.weight`]: counting([2, 8]),
      [`${q}.lora_B.default.weight`]: counting([8, 2]),
      ...parts,
    }),
  ),
});
const released = (
  name: string,
  parts: Readonly<Record<string, StoredTensor | null>>,
  kind: FailureKind,
  place: string,
): MalformedFolder => ({
  name,
  files: lora(parts),
  adapter: 'model.pth',
  kind,
  place,
  file: 'model.pth',
});

const peftConfig = { peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['q_proj'] };
const peftTensors = {
  [`base_model.model.${q}.lora_A.weight`]: counting([2, 8]),
  [`base_model.model.${q}.lora_B.weight`]: counting([8, 2]),
};
const peft = (change: object, tensors: Readonly<Record<string, StoredTensor>> = peftTensors): Files => ({
  'adapter/adapter_config.json': { ...peftConfig, ...change },
  'adapter/adapter_model.safetensors': safetensors(tensors),
});

export const brokenAdapters: readonly MalformedFolder[] = [
  released('A without B', { [`${q}.lora_B.default.weight`]: null }, 'missing-tensor', `${q}.weight`),
  released('B without A', { [`${q}.lora_A.default.weight`]: null }, 'missing-tensor', `${q}.weight`),
  released(
    'a base layer without A and B',
    { [`${q}.lora_A.default.weight`]: null, [`${q}.lora_B.default.weight`]: null },
    'missing-tensor',
    `${q}.base_layer.weight`,
  ),
  released('A and B without a base layer', { [`${q}.base_layer.weight`]: null }, 'missing-tensor', `${q}.weight`),
  released(
    'ranks of A and B that differ',
    { [`${q}.lora_B.default.weight`]: counting([8, 3]) },
    'wrong-shape',
    'lora_B',
  ),
  released('an A of another width', { [`${q}.lora_A.default.weight`]: counting([2, 7]) }, 'wrong-shape', 'lora_A'),
  released('a B of another height', { [`${q}.lora_B.default.weight`]: counting([9, 2]) }, 'wrong-shape', 'lora_B'),
  released('an A that is a vector', { [`${q}.lora_A.default.weight`]: counting([8]) }, 'wrong-shape', 'lora_A'),
  released(
    'a rank of 0',
    { [`${q}.lora_A.default.weight`]: counting([0, 8]), [`${q}.lora_B.default.weight`]: counting([8, 0]) },
    'wrong-shape',
    'lora_A',
  ),
  released(
    'integer factors',
    { [`${q}.lora_A.default.weight`]: { dtype: 'I64', shape: [2, 8], bytes: new Uint8Array(128) } },
    'unsupported-dtype',
    'lora_A',
  ),
  released('two adapters', { [`${q}.lora_A.second.weight`]: counting([2, 8]) }, 'unsupported-architecture', 'second'),
  released(
    'a DoRA magnitude',
    { [`${q}.lora_magnitude_vector.default.weight`]: counting([8]) },
    'unsupported-architecture',
    'magnitude',
  ),
  released(
    'an adapted bias',
    { 'model.norm.lora_A.default.weight': counting([2, 8]), 'model.norm.lora_B.default.weight': counting([8, 2]) },
    'wrong-shape',
    'model.norm',
  ),
  released(
    'ranks that differ between matrices',
    { 'lm_head.lora_A.default.weight': counting([3, 8]), 'lm_head.lora_B.default.weight': counting([16, 3]) },
    'wrong-shape',
    'lm_head',
  ),
  { name: 'an adapter that is not there', adapter: 'none.pth', kind: 'missing-file', file: 'none.pth' },
  {
    name: 'an adapter folder without an adapter',
    files: { 'adapter/readme.md': 'x' },
    adapter: 'adapter',
    kind: 'missing-file',
    file: 'adapter',
  },
  {
    name: 'an adapter config without a rank',
    files: peft({ r: undefined }),
    adapter: 'adapter',
    kind: 'malformed-config',
    file: 'adapter_config.json',
    place: 'r',
  },
  {
    name: 'DoRA',
    files: peft({ use_dora: true }),
    adapter: 'adapter',
    kind: 'unsupported-architecture',
    file: 'adapter_config.json',
    place: 'use_dora',
  },
  {
    name: 'prompt tuning',
    files: peft({ peft_type: 'PROMPT_TUNING' }),
    adapter: 'adapter',
    kind: 'unsupported-architecture',
    file: 'adapter_config.json',
    place: 'peft_type',
  },
  {
    name: 'ranks by pattern',
    files: peft({ rank_pattern: { q_proj: 4 } }),
    adapter: 'adapter',
    kind: 'unsupported-architecture',
    file: 'adapter_config.json',
    place: 'rank_pattern',
  },
  {
    name: 'another rank than the config says',
    files: peft({ r: 4 }),
    adapter: 'adapter',
    kind: 'wrong-shape',
    file: 'adapter_model.safetensors',
    place: 'lora_A',
  },
  {
    name: "another model's adapter",
    files: peft({}, { 'base_model.model.transformer.h.0.lora_A.weight': counting([2, 8]) }),
    adapter: 'adapter',
    kind: 'malformed-checkpoint',
    file: 'adapter_model.safetensors',
    place: 'transformer',
  },
  {
    name: 'an adapter of a layer that is not there',
    files: peft(
      {},
      {
        'base_model.model.model.layers.7.mlp.up_proj.lora_A.weight': counting([2, 8]),
        'base_model.model.model.layers.7.mlp.up_proj.lora_B.weight': counting([12, 2]),
      },
    ),
    adapter: 'adapter',
    kind: 'missing-tensor',
    file: 'adapter_model.safetensors',
    place: 'model.layers.7',
  },
  {
    name: 'an empty adapter',
    files: peft({}, {}),
    adapter: 'adapter',
    kind: 'malformed-checkpoint',
    file: 'adapter_model.safetensors',
  },
];
