/**
 * Chameleon-7B at its true dimensions with random weights, as much of it as fits a small machine: the image tokenizer whole,
 * and two of the decoder's 32 layers in float32 and int4. Memory and time; no peer. Linux only.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measuredSchema, type Measured } from './chameleon/measured-part.ts';
import { publishedLayerCount, publishedText } from './chameleon/dimensions.ts';
import { sayProgress } from './progress-line.ts';
import type { BenchOptions } from './run.ts';

const layerCount = 2;
const parts = [
  { part: 'image-tokenizer', precision: 'f32' },
  { part: 'decoder', precision: 'f32' },
  { part: 'decoder', precision: 'int4' },
] as const;

export const bench = {
  name: 'chameleon',
  describe: 'Chameleon-7B at true dimensions: image tokenizer and two decoder layers (--device D; Linux)',
  async run({ device }: BenchOptions) {
    const rows: Record<string, Measured> = {};
    for (const { part, precision } of parts) {
      sayProgress(`${part}, ${precision} …`);
      rows[`${part}, ${precision}`] = await measure([part, device, precision]);
    }
    const { keyValueHeadCount, headSize } = publishedText(layerCount);
    return {
      ours: rows,
      peer: null,
      ratio: null,
      details: {
        device,
        decoderLayers: layerCount,
        // Keys and values of a position in all 32 layers; the cache is float32.
        cacheBytesOfPosition: 2 * publishedLayerCount * keyValueHeadCount * headSize * 4,
      },
    };
  },
};

async function measure([part, device, precision]: readonly [string, string, string]): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-chameleon-'));
  try {
    const script = fileURLToPath(new URL('./chameleon/measured-part.ts', import.meta.url));
    const child = fork(script, [part, folder, device, precision, String(layerCount)], { execArgv: [] });
    return await new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(measuredSchema.parse(message)));
      child.once('exit', (code) => reject(new Error(`the process ended with ${String(code)}`)));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
