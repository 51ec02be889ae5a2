/** Whole imports of the small checkpoints: what a bundle holds, and that a broken-off import leaves nothing. */
import { cp, mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importModel, type ImportRequest } from '../../src/main/import/import-model.ts';
import { openSafetensorsFile } from '../../src/main/checkpoint/safetensors.ts';
import { readBundle } from '../../src/main/files/read-bundle.ts';
import { failureOf } from '../../src/shared/failure.ts';
import type { ImportProgress } from '../../src/shared/contract/models.ts';
import { expectFailure } from '../support/expect-failure.ts';
import { goldenRoot } from '../support/golden.ts';
import { temporaryFolders } from '../support/temp-folder.ts';
import { importTiny, tinySource } from '../support/tiny-bundles.ts';

const newFolder = temporaryFolders();
const never = new AbortController().signal;
const quiet = { onProgress: () => undefined, signal: never };

describe('a bundle', () => {
  let out: string;
  beforeAll(async () => {
    out = join(await newFolder(), 'bundle');
    await importTiny('tiny-tied', out);
  });

  it('holds graphs, data, embeddings, tokenizer and its description, and nothing else', async () => {
    expect((await readdir(out)).sort()).toEqual([
      'bundle.json',
      'cache-rows.onnx',
      'chat_template.jinja',
      'decoder-appending.onnx',
      'decoder.onnx',
      'decoder.onnx.data',
      'embeddings.bin',
      'head.onnx',
      'head.onnx.data',
      'tokenizer.json',
      'tokenizer_config.json',
      'vision-written-out.onnx',
      'vision.onnx',
      'vision.onnx.data',
    ]);
  });

  it('describes the checkpoint as its own files do', async () => {
    const bundle = await readBundle(out);
    expect(bundle).toMatchObject({
      name: 'tiny-tied',
      precision: 'f32',
      text: { hiddenSize: 64, layerCount: 3, headCount: 4, keyValueHeadCount: 2, headSize: 16, tiedEmbeddings: true },
      vision: { depth: 2, embedDim: 32, headCount: 2, patchSize: 14, spatialMergeSize: 2 },
      image: { latentWidth: 112, latentHeight: 112 },
      trainedFor: { method: 'ivt-lr', latentSteps: 3, patchesPerStep: 4 },
      trained: false,
      embeddings: { file: 'embeddings.bin', dtype: 'f32' },
      merged: null,
    });
    const { vocabularySize, hiddenSize } = bundle.text;
    expect((await stat(join(out, 'embeddings.bin'))).size).toBe(vocabularySize * hiddenSize * 4);
    // The latent tokens, which the base tokenizer lacks, are added after its last id.
    const { latent, startLatent, endLatent, imagePad } = bundle.specialTokens;
    expect(new Set([latent, startLatent, endLatent, imagePad]).size).toBe(4);
    expect(bundle.specialTokens.endOfSequence[0]).toBe(602);
  });

  it('names its sources with size and hash', async () => {
    const { sources } = await readBundle(out);
    const names = sources.map(({ path }) => path.split(/[\\/]/).at(-1));
    for (const name of ['config.json', 'latent_config.json', 'model-00002-of-00003.safetensors', 'tokenizer.json']) {
      expect(names).toContain(name);
    }
    for (const { path, sizeBytes, sha256 } of sources) {
      expect((await stat(path)).size, path).toBe(sizeBytes);
      expect(sha256, path).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('is the same, byte for byte, when the import is repeated', async () => {
    const again = join(await newFolder(), 'bundle');
    await importTiny('tiny-tied', again);
    for (const name of await readdir(out)) {
      expect((await readFile(join(again, name))).equals(await readFile(join(out, name))), name).toBe(true);
    }
  });
});

describe("a bundle's fingerprint", () => {
  const fingerprintOf = async (request: Omit<ImportRequest, 'out'>): Promise<string> =>
    (await importModel({ ...request, out: join(await newFolder(), 'bundle') }, quiet)).bundle.fingerprint;

  it('follows contents, precision and merge, not where the files lie', async () => {
    const released = { ...tinySource('tiny-released'), precision: 'f32' } as const;
    const copied = join(await newFolder(), 'another-name');
    await cp(released.source, copied, { recursive: true });
    const changed = join(await newFolder(), 'changed');
    await cp(released.source, changed, { recursive: true });
    const config = await readFile(join(changed, 'generation_config.json'), 'utf8');
    await writeFile(join(changed, 'generation_config.json'), `${config}\n`);

    const original = await fingerprintOf(released);
    expect(await fingerprintOf({ ...released, source: copied })).toBe(original);
    const others = [
      await fingerprintOf({ ...released, source: changed }),
      await fingerprintOf({ ...released, precision: 'int8' }),
      await fingerprintOf({ ...released, precision: 'int4' }),
      await fingerprintOf({ ...released, loraAlpha: 4 }),
      await fingerprintOf({ source: released.source, precision: 'f32' }),
    ];
    expect(new Set([original, ...others]).size).toBe(6);
  });
});

describe('progress', () => {
  it('goes from converting to hashing, in bytes of the checkpoint that only grow and end at the total, beside the size of the model', async () => {
    const reports: ImportProgress[] = [];
    const out = join(await newFolder(), 'bundle');
    const { bundle } = await importModel(
      { ...tinySource('tiny-untied'), out, precision: 'int8' },
      { onProgress: (report) => void reports.push(report), signal: never },
    );
    expect([...new Set(reports.map(({ phase }) => phase))]).toEqual(['converting', 'hashing']);
    const done = reports.map(({ bytesDone }) => bytesDone);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    const last = reports.at(-1);
    expect(last?.bytesDone).toBe(last?.bytesTotal);
    expect(last?.secondsLeft).toBe(0);
    expect(new Set(reports.map(({ modelBytes }) => modelBytes))).toEqual(new Set([bundle.sizeBytes]));
    // Weights of the files that were written; description and tokenizer are not among them.
    const written = ['decoder.onnx.data', 'head.onnx.data', 'vision.onnx.data'].map((name) => join(out, name));
    const sizes = await Promise.all([...written, join(out, bundle.embeddings.file)].map((path) => stat(path)));
    const stored = sizes.reduce((sum, { size }) => sum + size, 0);
    expect(stored).toBeGreaterThanOrEqual(bundle.sizeBytes);
    // What aligns the tensors in their files weighs something in a model this small.
    expect(stored).toBeLessThan(1.1 * bundle.sizeBytes);
    // The source is float32, the model is not.
    expect(last?.bytesTotal).toBeGreaterThan(1.5 * bundle.sizeBytes);
  });
});

describe('an import that is broken off', () => {
  it('leaves nothing, wherever it is cancelled', async () => {
    const cancelledAt: number[] = [];
    for (let looks = 0; ; looks = Math.ceil(looks * 1.3) + 1) {
      const parent = await newFolder();
      const request: ImportRequest = { ...tinySource('tiny-untied'), out: join(parent, 'bundle'), precision: 'int4' };
      const failure = await importModel(request, { onProgress: quiet.onProgress, signal: abortedAfter(looks) }).then(
        () => undefined,
        (error: unknown) => failureOf(error) ?? Promise.reject(error),
      );
      if (failure === undefined) {
        expect(await readdir(parent)).toEqual(['bundle']);
        break;
      }
      expect(failure.kind).toBe('cancelled');
      expect(await readdir(parent)).toEqual([]);
      cancelledAt.push(looks);
    }
    expect(cancelledAt.length).toBeGreaterThan(8);
  });

  it.each([false, true])(
    'by a broken weight leaves nothing, or the old bundle as it was (replace %s)',
    async (replace) => {
      const parent = await newFolder();
      const out = join(parent, 'bundle');
      if (replace) await importTiny('tiny-tied', out);
      const source = await withInfinity('lm_head.weight', 17);
      const failure = await expectFailure(
        () => importModel({ source, out, precision: 'f32', replace }, quiet),
        'malformed-checkpoint',
      );
      expect(failure).toMatchObject({ place: 'tensor lm_head.weight, row 0', found: '-Infinity' });
      expect(await readdir(parent)).toEqual(replace ? ['bundle'] : []);
      if (replace) expect((await readBundle(out)).name).toBe('tiny-tied');
    },
  );

  it('because something is there leaves that alone', async () => {
    const parent = await newFolder();
    const out = join(parent, 'bundle');
    await importTiny('tiny-tied', out);
    const before = await readFile(join(out, 'bundle.json'), 'utf8');
    await expectFailure(
      () => importModel({ ...tinySource('tiny-untied'), out, precision: 'f32' }, quiet),
      'wrong-usage',
    );
    expect(await readFile(join(out, 'bundle.json'), 'utf8')).toBe(before);
    await importModel({ ...tinySource('tiny-untied'), out, precision: 'f32', replace: true }, quiet);
    expect((await readBundle(out)).name).toBe('tiny-untied');
    expect(await readdir(parent)).toEqual(['bundle']);
  });

  it('because the checkpoint is not whole makes no folder', async () => {
    const parent = await newFolder();
    const source = join(parent, 'checkpoint');
    await mkdir(source);
    await cp(join(goldenRoot, 'tiny-untied', 'config.json'), join(source, 'config.json'));
    await expectFailure(
      () => importModel({ source, out: join(parent, 'bundle'), precision: 'f32' }, quiet),
      'missing-file',
    );
    expect(await readdir(parent)).toEqual(['checkpoint']);
  });
});

/** A signal that reads as aborted from the (count + 1)th look on: an import cancelled at any point, reproducibly. */
function abortedAfter(count: number): AbortSignal {
  const { signal } = new AbortController();
  let looks = 0;
  Object.defineProperty(signal, 'aborted', { get: () => ++looks > count });
  return signal;
}

/** A copy of tiny-untied in which one element of a tensor is minus infinity (bfloat16). */
async function withInfinity(tensor: string, element: number): Promise<string> {
  const folder = join(await newFolder(), 'tiny-broken');
  await cp(join(goldenRoot, 'tiny-untied'), folder, { recursive: true });
  const file = join(folder, 'model.safetensors');
  const source = await openSafetensorsFile(file);
  const start = source.tensors.get(tensor)?.byteOffset;
  await source.close();
  if (start === undefined || start === null) throw new Error(`no tensor ${tensor}`);
  const handle = await open(file, 'r+');
  await handle.write(Uint8Array.of(0x80, 0xff), 0, 2, start + 2 * element);
  await handle.close();
  return folder;
}
