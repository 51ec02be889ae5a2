/**
 * A peft adapter folder (`adapter_config.json`, `adapter_model.safetensors` or `.bin`) over a base checkpoint.
 * Plain LoRA and rank-stabilised LoRA are merged; every other variant is refused by name.
 */
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { fail } from '../../shared/failure.ts';
import { failFromSystem } from '../files/io-failure.ts';
import { resolveInside } from '../files/safe-path.ts';
import { readJsonFile } from '../checkpoint/json-file.ts';
import { findLoraFactors, isAdapterPart, mergeLora, rankOf } from '../checkpoint/lora.ts';
import { openPth } from '../checkpoint/pth.ts';
import type { Family } from '../backbones/family.ts';
import { mapNames } from '../checkpoint/tensor-names.ts';
import type { MergedWeights } from './released-adapter.ts';
import { openSafetensorsFile } from '../checkpoint/safetensors.ts';
import { overlaySources, renameTensors } from '../checkpoint/source-views.ts';
import type { WeightSource } from '../checkpoint/weight-source.ts';

const pattern = z.record(z.string(), z.unknown()).nullish();
const adapterSchema = z.looseObject({
  peft_type: z.string(),
  r: z.int().min(1).max(65_536),
  lora_alpha: z.number().positive(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  lora_bias: z.boolean().nullish(),
  fan_in_fan_out: z.boolean().nullish(),
  rank_pattern: pattern,
  alpha_pattern: pattern,
  layer_replication: z.unknown().optional(),
});
type AdapterConfig = z.infer<typeof adapterSchema>;

/**
 * Merges an adapter folder over a base (canonical names). Closing the result closes both.
 *
 * @param alpha instead of the adapter's own `lora_alpha`
 * Fails: `missing-file`, `malformed-config`, `unsupported-architecture`, `missing-tensor`, `wrong-shape`, and what
 * opening weights fails with.
 */
export async function mergePeftFolder(
  base: MergedWeights,
  folder: string,
  { name: familyName, canonicalName }: Pick<Family, 'name' | 'canonicalName'>,
  alpha?: number,
): Promise<MergedWeights> {
  const path = await resolveInside(folder, 'adapter_config.json');
  const config = await readJsonFile(path, adapterSchema, 'malformed-config');
  refuseVariants(path, config);
  const stored = await openAdapterWeights(folder);
  try {
    const { source: adapter, unknown } = mapNames(stored, canonicalName);
    const factors = findLoraFactors(adapter);
    for (const pair of factors.values()) {
      if (rankOf(pair) !== config.r) {
        fail('wrong-shape', `The adapter's config says rank ${config.r}, its matrices have ${rankOf(pair)}.`, {
          file: pair.a.file,
          place: `tensor ${pair.a.name}`,
          expected: `rank ${config.r}`,
          found: `[${pair.a.shape.join(', ')}]`,
        });
      }
    }
    const [stray] = unknown;
    if (stray !== undefined || adapter.tensors.size === 0) {
      fail('malformed-checkpoint', `This adapter does not belong to a ${familyName} model.`, {
        file: stored.files[0] ?? folder,
        place: stray === undefined ? 'header' : `tensor ${stray}`,
        expected: `names of ${familyName} weights`,
        found: stray ?? 'no tensor',
      });
    }
    // Modules that were trained whole (modules_to_save) and biases lie beside the factors, and replace the base's.
    const whole = [...adapter.tensors.keys()].filter((name) => !isAdapterPart(name));
    const replaced = new Map(whole.map((name) => [name.replace('.base_layer.', '.'), name]));
    const over = overlaySources(base.source, renameTensors(adapter, replaced));
    const used = alpha ?? config.lora_alpha;
    const scale = used / (config.use_rslora === true ? Math.sqrt(config.r) : config.r);
    const source = mergeLora(over, { factors, adapter, scaleOf: () => scale });
    return { ...base, source, merged: { rank: config.r, alpha: used }, settingsFiles: [resolve(path)] };
  } catch (error) {
    await stored.close();
    throw error;
  }
}

async function openAdapterWeights(folder: string): Promise<WeightSource> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return failFromSystem(error, folder);
  }
  if (names.includes('adapter_model.safetensors')) {
    return openSafetensorsFile(await resolveInside(folder, 'adapter_model.safetensors'));
  }
  return openPth(await resolveInside(folder, 'adapter_model.bin'));
}

function refuseVariants(file: string, config: AdapterConfig): void {
  const variants: [string, boolean][] = [
    ['peft_type', config.peft_type !== 'LORA'],
    ['use_dora', config.use_dora === true],
    ['lora_bias', config.lora_bias === true],
    ['fan_in_fan_out', config.fan_in_fan_out === true],
    ['rank_pattern', Object.keys(config.rank_pattern ?? {}).length > 0],
    ['alpha_pattern', Object.keys(config.alpha_pattern ?? {}).length > 0],
    ['layer_replication', config.layer_replication !== undefined && config.layer_replication !== null],
  ];
  const variant = variants.find(([, present]) => present);
  if (variant === undefined) return;
  fail('unsupported-architecture', `Penumbra can't merge this adapter (${variant[0]}).`, {
    file,
    place: variant[0],
    expected: 'LoRA or rank-stabilised LoRA with one rank and one alpha',
    found: JSON.stringify(config[variant[0]]),
    action: 'Merge the adapter with peft (merge_and_unload) and import the merged folder.',
  });
}
