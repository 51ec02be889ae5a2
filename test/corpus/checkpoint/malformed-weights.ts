/** Weights that do not belong to their config, incomplete shards, and paths that leave the folder. */
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files, MalformedFolder } from './malformed-folder.ts';
import { counting, safetensors, type StoredTensor } from './safetensors-bytes.ts';
import { tinyConfig, tinyTensors } from './tiny-checkpoint.ts';

const weights = (changes: Readonly<Record<string, StoredTensor | null>>): Files => ({
  'model.safetensors': safetensors(tinyTensors(changes)),
});
const index = (map: Readonly<Record<string, string>>): Files => ({
  'model.safetensors': null,
  'model.safetensors.index.json': { metadata: {}, weight_map: map },
});
export const brokenWeights: readonly MalformedFolder[] = [
  { name: 'no weights', files: { 'model.safetensors': null }, kind: 'missing-file', file: '' },
  {
    name: 'only other weight formats',
    files: { 'model.safetensors': null, 'model.gguf': 'GGUF' },
    kind: 'missing-file',
    file: '',
  },
  {
    name: 'weights that are a folder',
    files: { 'model.safetensors': null, 'model.safetensors/x': '' },
    kind: 'missing-file',
    file: 'model.safetensors',
  },
  {
    name: 'a missing tensor',
    files: weights({ 'model.norm.weight': null }),
    kind: 'missing-tensor',
    file: 'model.safetensors',
    place: 'model.norm.weight',
  },
  {
    name: 'a missing bias',
    files: weights({ 'model.layers.0.self_attn.q_proj.bias': null }),
    kind: 'missing-tensor',
    file: 'model.safetensors',
    place: 'q_proj.bias',
  },
  {
    name: 'no head although it is not tied',
    files: weights({ 'lm_head.weight': null }),
    kind: 'missing-tensor',
    file: 'model.safetensors',
    place: 'lm_head.weight',
  },
  {
    name: 'no embeddings',
    files: weights({ 'model.embed_tokens.weight': null }),
    kind: 'missing-tensor',
    file: 'model.safetensors',
    place: 'embed_tokens',
  },
  {
    name: 'fewer layers than the config says',
    files: { 'config.json': { ...tinyConfig, num_hidden_layers: 2 } },
    kind: 'missing-tensor',
    file: 'model.safetensors',
    place: 'model.layers.1',
  },
  {
    name: 'a transposed matrix',
    files: weights({ 'model.layers.0.mlp.down_proj.weight': counting([12, 8]) }),
    kind: 'wrong-shape',
    file: 'model.safetensors',
    place: 'down_proj',
  },
  {
    name: 'a matrix as a vector',
    files: weights({ 'model.layers.0.self_attn.q_proj.weight': counting([64]) }),
    kind: 'wrong-shape',
    file: 'model.safetensors',
    place: 'q_proj',
  },
  {
    name: 'a patch embedding of one frame',
    files: weights({ 'visual.patch_embed.proj.weight': counting([8, 3, 14, 14]) }),
    kind: 'wrong-shape',
    file: 'model.safetensors',
    place: 'patch_embed',
  },
  {
    name: 'a head of other rows',
    files: weights({ 'lm_head.weight': counting([15, 8]) }),
    kind: 'wrong-shape',
    file: 'model.safetensors',
    place: 'lm_head',
  },
  {
    name: 'fewer embeddings than the tokenizer has tokens',
    tokenizerLength: 17,
    kind: 'wrong-shape',
    file: 'model.safetensors',
    place: 'embed_tokens',
  },
  {
    name: 'more embeddings than the config says',
    files: { 'config.json': { ...tinyConfig, vocab_size: 12 } },
    kind: 'wrong-shape',
    file: 'model.safetensors',
    place: 'embed_tokens',
    tokenizerLength: 10,
  },
  {
    name: 'integer weights',
    files: weights({ 'model.norm.weight': { dtype: 'I32', shape: [8], bytes: new Uint8Array(32) } }),
    kind: 'unsupported-dtype',
    file: 'model.safetensors',
    place: 'model.norm.weight',
  },
  {
    name: 'float64 weights',
    files: weights({ 'model.norm.weight': { dtype: 'F64', shape: [8], bytes: new Uint8Array(64) } }),
    kind: 'unsupported-dtype',
    file: 'model.safetensors',
    place: 'model.norm.weight',
  },
  {
    name: 'float8 weights',
    files: weights({ 'model.norm.weight': { dtype: 'F8_E4M3', shape: [8], bytes: new Uint8Array(8) } }),
    kind: 'unsupported-dtype',
    file: 'model.safetensors',
    place: 'model.norm.weight',
  },
  {
    name: 'both layouts at once',
    files: weights({ 'model.language_model.norm.weight': counting([8]) }),
    kind: 'malformed-checkpoint',
    file: 'model.safetensors',
    place: 'model.language_model.norm.weight',
  },
];

export const brokenShards: readonly MalformedFolder[] = [
  {
    name: 'an index that is no JSON',
    files: { 'model.safetensors': null, 'model.safetensors.index.json': '[' },
    kind: 'malformed-checkpoint',
    file: 'model.safetensors.index.json',
  },
  {
    name: 'an index without a map',
    files: { 'model.safetensors': null, 'model.safetensors.index.json': {} },
    kind: 'malformed-checkpoint',
    file: 'model.safetensors.index.json',
  },
  { name: 'an empty index', files: index({}), kind: 'malformed-checkpoint', file: 'model.safetensors.index.json' },
  {
    name: 'a missing shard',
    files: index({ a: 'model-00001-of-00002.safetensors' }),
    kind: 'missing-file',
    file: 'model-00001-of-00002.safetensors',
  },
  {
    name: 'a shard that lacks its tensor',
    files: { ...index({ b: 's.safetensors' }), 's.safetensors': safetensors({ a: counting([2]) }) },
    kind: 'missing-tensor',
    file: 's.safetensors',
    place: 'tensor b',
  },
  {
    name: 'a tensor in two shards',
    files: {
      ...index({ a: 's.safetensors', b: 't.safetensors' }),
      's.safetensors': safetensors({ a: counting([2]) }),
      't.safetensors': safetensors({ a: counting([2]), b: counting([2]) }),
    },
    kind: 'malformed-checkpoint',
    file: 't.safetensors',
    place: 'tensor a',
  },
  {
    name: 'a truncated shard',
    files: { ...index({ a: 's.safetensors' }), 's.safetensors': safetensors({ a: counting([2]) }).subarray(0, -1) },
    kind: 'malformed-checkpoint',
    file: 's.safetensors',
    place: 'tensor a',
  },
  {
    name: 'a shard above the folder',
    files: index({ a: '../s.safetensors' }),
    kind: 'path-outside-folder',
    file: '',
    place: '../s.safetensors',
  },
  {
    name: 'a shard above the folder, with backslashes',
    files: index({ a: '..\\s.safetensors' }),
    kind: 'path-outside-folder',
    file: '',
    place: '..\\s.safetensors',
  },
  {
    name: 'a shard inside and out again',
    files: index({ a: 'x/../../s.safetensors' }),
    kind: 'path-outside-folder',
    file: '',
    place: 'x/../../s.safetensors',
  },
  {
    name: 'an absolute shard',
    files: index({ a: '/etc/passwd' }),
    kind: 'path-outside-folder',
    file: '',
    place: '/etc/passwd',
  },
  {
    name: 'a shard on a drive',
    files: index({ a: 'C:\\s.safetensors' }),
    kind: 'path-outside-folder',
    file: '',
    place: 'C:\\s.safetensors',
  },
  {
    name: 'a shard on a network share',
    files: index({ a: '\\\\host\\share\\s.safetensors' }),
    kind: 'path-outside-folder',
    file: '',
    place: '\\\\host',
  },
  {
    name: 'a shard with a NUL',
    files: index({ a: 's\0.safetensors' }),
    kind: 'path-outside-folder',
    file: '',
    place: 's\0',
  },
  { name: 'a shard of an empty name', files: index({ a: '' }), kind: 'path-outside-folder', file: '' },
];

export const brokenLinks: readonly MalformedFolder[] = [
  {
    name: 'weights that are a link out of the folder',
    files: { 'model.safetensors': null },
    arrange: async (folder, outside) => {
      await writeFile(join(outside, 'secret'), 'secret');
      await symlink(join(outside, 'secret'), join(folder, 'model.safetensors'));
    },
    kind: 'path-outside-folder',
    file: '',
    place: 'model.safetensors',
  },
  {
    name: 'a config that is a link out of the folder',
    files: { 'config.json': null },
    arrange: async (folder, outside) => {
      await writeFile(join(outside, 'secret.json'), '{}');
      await symlink(join(outside, 'secret.json'), join(folder, 'config.json'));
    },
    kind: 'path-outside-folder',
    file: '',
    place: 'config.json',
  },
  {
    name: 'a shard through a linked folder',
    files: index({ a: 'sub/s.safetensors' }),
    arrange: async (folder, outside) => {
      await writeFile(join(outside, 's.safetensors'), safetensors({ a: counting([2]) }));
      await symlink(outside, join(folder, 'sub'));
    },
    kind: 'path-outside-folder',
    file: '',
    place: 'sub/s.safetensors',
  },
  {
    name: 'weights that are a link to themselves',
    files: { 'model.safetensors': null },
    arrange: (folder) => symlink('model.safetensors', join(folder, 'model.safetensors')),
    kind: 'missing-file',
    file: 'model.safetensors',
  },
  {
    name: 'weights that are a link to nothing',
    files: { 'model.safetensors': null },
    arrange: (folder) => symlink('../blobs/0123', join(folder, 'model.safetensors')),
    kind: 'missing-file',
    file: 'model.safetensors',
  },
];
