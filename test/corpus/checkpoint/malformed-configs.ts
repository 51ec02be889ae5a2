/** Configs that no Qwen2-VL model has, or that Penumbra would compute wrongly. */
import type { Files, MalformedFolder } from './malformed-folder.ts';
import { tinyConfig, tinyPreprocessor } from './tiny-checkpoint.ts';

const config = (change: object): Files => ({ 'config.json': { ...tinyConfig, ...change } });
const vision = (change: object): Files => config({ vision_config: { ...tinyConfig.vision_config, ...change } });
const preprocessor = (change: object): Files => ({ 'preprocessor_config.json': { ...tinyPreprocessor, ...change } });
const latent = (change: object): Files => ({
  'latent_config.json': {
    format_version: 1,
    method: 'ivt-lr',
    trained: true,
    latent_steps: 3,
    patches_per_step: 4,
    step_layout: 'patches-then-hidden',
    prompt_format: 'released-inference',
    image_size: { width: 112, height: 112 },
    ...change,
  },
});

export const brokenConfigs: readonly MalformedFolder[] = (
  [
    [
      'no model_type',
      config({ model_type: undefined, architectures: undefined }),
      'unsupported-architecture',
      'model_type',
    ],
    [
      'Qwen2.5-VL',
      config({ model_type: 'qwen2_5_vl', architectures: ['Qwen2_5_VLForConditionalGeneration'] }),
      'unsupported-architecture',
      'model_type',
    ],
    [
      'Llama',
      config({ model_type: 'llama', architectures: ['LlamaForCausalLM'] }),
      'unsupported-architecture',
      'model_type',
    ],
    ['a model_type named like a method', config({ model_type: 'toString' }), 'unsupported-architecture', 'model_type'],
    [
      'another head on Qwen2-VL',
      config({ architectures: ['Qwen2VLForSequenceClassification'] }),
      'unsupported-architecture',
      'architectures',
    ],
    ['a sliding window', config({ use_sliding_window: true }), 'unsupported-architecture', 'use_sliding_window'],
    [
      'sliding layers',
      config({ layer_types: ['sliding_attention'] }),
      'unsupported-architecture',
      'use_sliding_window',
    ],
    ['another activation', config({ hidden_act: 'gelu' }), 'unsupported-architecture', 'hidden_act'],
    [
      'scaled RoPE',
      config({ rope_scaling: { type: 'yarn', factor: 4, mrope_section: [1, 1, 0] } }),
      'unsupported-architecture',
      'rope_scaling',
    ],
    [
      'quantised weights',
      config({ quantization_config: { quant_method: 'awq' } }),
      'unsupported-dtype',
      'quantization_config',
    ],
    ['no hidden_size', config({ hidden_size: undefined }), 'malformed-config', 'hidden_size'],
    ['a text as hidden_size', config({ hidden_size: '8' }), 'malformed-config', 'hidden_size'],
    ['a hidden_size of 0', config({ hidden_size: 0 }), 'malformed-config', 'hidden_size'],
    ['a hidden_size of 2^40', config({ hidden_size: 2 ** 40 }), 'malformed-config', 'hidden_size'],
    ['a million layers', config({ num_hidden_layers: 1_000_000 }), 'malformed-config', 'num_hidden_layers'],
    ['a negative layer count', config({ num_hidden_layers: -1 }), 'malformed-config', 'num_hidden_layers'],
    [
      'heads that do not divide',
      config({ num_attention_heads: 3, num_key_value_heads: 3 }),
      'malformed-config',
      'num_attention_heads',
    ],
    [
      'key-value heads that do not divide',
      config({ num_attention_heads: 4, num_key_value_heads: 3 }),
      'malformed-config',
      'num_key_value_heads',
    ],
    ['another head_dim', config({ head_dim: 16 }), 'malformed-config', 'head_dim'],
    ['no mrope_section', config({ rope_scaling: null }), 'malformed-config', 'mrope_section'],
    [
      'mrope sections that do not add up',
      config({ rope_scaling: { type: 'mrope', mrope_section: [1, 1, 1] } }),
      'malformed-config',
      'mrope_section',
    ],
    ['no rope_theta', config({ rope_theta: undefined }), 'malformed-config', 'rope_theta'],
    ['no vision_config', config({ vision_config: undefined }), 'malformed-config', 'vision_config'],
    ['vision heads that do not divide', vision({ num_heads: 3 }), 'malformed-config', 'vision_config.num_heads'],
    ['vision that feeds another size', vision({ hidden_size: 16 }), 'malformed-config', 'vision_config.hidden_size'],
    [
      'another vision activation',
      vision({ hidden_act: 'gelu' }),
      'unsupported-architecture',
      'vision_config.hidden_act',
    ],
    ['a vision depth of 10,000', vision({ depth: 10_000 }), 'malformed-config', 'vision_config.depth'],
  ] as const
).map(([name, files, kind, place]) => ({ name, files, kind, place, file: 'config.json' }));

export const brokenSettings: readonly MalformedFolder[] = [
  {
    name: 'a config that is no JSON',
    files: { 'config.json': '{"model_type":' },
    kind: 'malformed-config',
    file: 'config.json',
  },
  { name: 'a config that is an array', files: { 'config.json': [] }, kind: 'malformed-config', file: 'config.json' },
  { name: 'an empty config', files: { 'config.json': '' }, kind: 'malformed-config', file: 'config.json' },
  {
    name: 'a config that is not UTF-8',
    files: { 'config.json': Uint8Array.of(0x7b, 0xff, 0x7d) },
    kind: 'malformed-config',
    file: 'config.json',
  },
  {
    name: 'a config of UTF-16',
    files: { 'config.json': Buffer.from('\ufeff{}', 'utf16le') },
    kind: 'malformed-config',
    file: 'config.json',
  },
  {
    name: 'no preprocessor config',
    files: { 'preprocessor_config.json': null },
    kind: 'missing-file',
    file: 'preprocessor_config.json',
  },
  {
    name: 'a standard deviation of 0',
    files: preprocessor({ image_std: [0, 1, 1] }),
    kind: 'malformed-config',
    file: 'preprocessor_config.json',
    place: 'image_std',
  },
  {
    name: 'a mean of one channel',
    files: preprocessor({ image_mean: [0.5] }),
    kind: 'malformed-config',
    file: 'preprocessor_config.json',
    place: 'image_mean',
  },
  {
    name: 'another patch size',
    files: preprocessor({ patch_size: 16 }),
    kind: 'malformed-config',
    file: 'preprocessor_config.json',
    place: 'patch_size',
  },
  {
    name: 'pixel bounds the wrong way round',
    files: preprocessor({ min_pixels: 99_999 }),
    kind: 'malformed-config',
    file: 'preprocessor_config.json',
    place: 'min_pixels',
  },
  {
    name: 'another resampling',
    files: preprocessor({ resample: 2 }),
    kind: 'malformed-config',
    file: 'preprocessor_config.json',
    place: 'resample',
  },
  {
    name: 'an unknown method',
    files: latent({ method: 'coconut' }),
    kind: 'malformed-config',
    file: 'latent_config.json',
    place: 'method',
  },
  {
    name: 'a newer latent config',
    files: latent({ format_version: 2 }),
    kind: 'malformed-config',
    file: 'latent_config.json',
    place: 'format_version',
  },
  {
    name: 'an image size between slots',
    files: latent({ image_size: { width: 100, height: 112 } }),
    kind: 'malformed-config',
    file: 'latent_config.json',
    place: 'image_size',
  },
  {
    name: 'a negative step count',
    files: latent({ latent_steps: -1 }),
    kind: 'malformed-config',
    file: 'latent_config.json',
    place: 'latent_steps',
  },
];
