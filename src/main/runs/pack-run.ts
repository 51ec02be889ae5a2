/**
 * A run as one file, from a server to a laptop: a store of its own with this one run, its questions, answers,
 * traces, and the images of its questions. A file that comes in is checked before anything of it is believed.
 */
import { copyFile, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { NewlyExcluded } from '../../shared/newly-excluded.ts';
import type { ImageReference } from '../../shared/sample.ts';
import { failFromSystem, failToWrite } from '../files/io-failure.ts';
import { makeFolderOf, refuseTarget } from '../files/output-target.ts';
import { copyRun } from '../store/copy-run.ts';
import type { RunOwner, RunRecord } from '../store/runs-repository.ts';
import { latestSchemaVersion } from '../store/migrations/migrate.ts';
import { openStore, requireIntegrity, storedSchemaVersion, type Store } from '../store/store.ts';
import type { LongWork } from './long-work.ts';
import { createOwner, retireOwner } from './owner.ts';
import { protectedPaths } from './protected-paths.ts';
import { takeIn } from './take-in.ts';

/** Questions whose images are held at once. */
const pageSize = 50;

/** Gives the bytes of a sample's image, or null where they cannot be read. */
export type ReadImage = (image: ImageReference) => Promise<Uint8Array | null>;

/** Told about the questions whose images have been packed; may stop the work, which then fails with `cancelled`. */
export type PackFollower = Readonly<{
  onProgress?: (questionsDone: number, questionCount: number) => void;
  signal?: AbortSignal;
}>;

type PackOptions = PackFollower &
  Readonly<{
    readImage: ReadImage;
    /** Copies the run's rows into the new file at a path, away from the core's thread (`copyToPack`). */
    copy: (path: string) => Promise<number>;
  }>;

export type PackedRun = { file: string; sizeBytes: number; imagesLeftOut: number };

/**
 * Writes the packed run; an existing file is replaced once the new one is complete. Fails: `wrong-usage` (nothing
 * that may be replaced), and as writing does.
 */
export async function packRun(store: Store, run: RunRecord, file: string, options: PackOptions): Promise<PackedRun> {
  const target = resolve(file);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  await refuseTarget(target, protectedPaths(store, run));
  await makeFolderOf(target);
  try {
    await rm(partial, { force: true });
    const imagesLeftOut = await writePack(run, partial, options);
    await rename(partial, target);
    return { file: target, sizeBytes: (await stat(target)).size, imagesLeftOut };
  } catch (error) {
    // What failed is reported; that nothing could be removed either adds nothing to it.
    await rm(partial, { force: true }).catch(() => undefined);
    return failToWrite(error, target);
  }
}

async function writePack(run: RunRecord, path: string, options: PackOptions): Promise<number> {
  const runRow = await options.copy(path);
  const pack = openStore(path, { mode: 'single' });
  try {
    return await packImages(pack, runRow, run.planned, options);
  } finally {
    pack.close();
  }
}

/** Makes the store at `path` with this run in it, without images; returns the run's row there. */
export function copyToPack(store: Store, run: RunRecord, path: string): number {
  const pack = openStore(path, { mode: 'single' });
  const owner = createOwner();
  try {
    return pack.transaction(() => {
      let runRow = 0;
      for (const step of copyRun(store, pack, run, owner)) runRow = step.runRow;
      return runRow;
    });
  } finally {
    retireOwner(owner.token);
    pack.close();
  }
}

/** Adds the images that are not there yet; returns how many cannot be read. */
async function packImages(
  pack: Store,
  runRow: number,
  questionCount: number,
  { readImage, onProgress, signal }: PackOptions,
): Promise<number> {
  let imagesLeftOut = 0;
  for (let position = -1; ;) {
    if (signal?.aborted === true) fail('cancelled', 'The packing was cancelled.');
    onProgress?.(position + 1, questionCount);
    const page = pack.predictions.planned(runRow, position, pageSize);
    if (page.length === 0) return imagesLeftOut;
    position += page.length;
    const images: { sampleRow: number; bytes: Uint8Array }[] = [];
    for (const { sampleRow, sample } of page) {
      if (sample.image === null || pack.samples.packedImage(sampleRow) !== undefined) continue;
      const bytes = await readImage(sample.image);
      if (bytes === null) imagesLeftOut += 1;
      else images.push({ sampleRow, bytes });
    }
    pack.transaction(() => {
      for (const { sampleRow, bytes } of images) pack.samples.savePackedImage(sampleRow, bytes);
    });
  }
}

/** `newlyExcluded`: what the pack's `bad gold` tags, which count everywhere, took out of the store's other runs. */
export type UnpackedRun = Readonly<{ runId: string; newlyExcluded: NewlyExcluded | null }>;

/**
 * Takes the run of a packed file into the store under `owner`. Nobody sees the run before it is
 * complete. Fails: `not-found`, `store-damaged`, `store-too-new`, `nothing-to-do` (the store has this run already),
 * `cancelled`.
 */
export async function unpackRun(store: Store, file: string, owner: RunOwner, work: LongWork): Promise<UnpackedRun> {
  const { pack, release } = await openPack(resolve(file));
  try {
    work.report({ phase: 'checking the file', done: 0, total: 0 });
    requireIntegrity(pack);
    const [run, second] = pack.runs.list(2, 0);
    if (run === undefined || second !== undefined) {
      fail('store-damaged', 'This is not a packed run.', {
        file,
        expected: 'a file with one run, as packing a run writes it',
        found: `${pack.runs.count()} runs`,
        action: 'start Penumbra with it (--store FILE) if it is a whole store',
      });
    }
    if (store.runs.find(run.runId) !== undefined) {
      fail('nothing-to-do', `The store has the run ${run.runId} already.`, {
        file,
        found: run.runId,
        action: 'delete that run first to take it in again',
      });
    }
    const before = store.annotations.excludedByRun();
    await takeIn(store, owner, work, copyRun(pack, store, run, owner));
    const arrived = store.runs.find(run.runId)?.runRow;
    return { runId: run.runId, newlyExcluded: newlyExcluded(before, store.annotations.excludedByRun(), arrived) };
  } finally {
    pack.close();
    await release();
  }
}

function newlyExcluded(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
  arrived: number | undefined,
): NewlyExcluded | null {
  const grown = [...after]
    .filter(([runRow]) => runRow !== arrived)
    .map(([runRow, excluded]) => excluded - (before.get(runRow) ?? 0))
    .filter((difference) => difference > 0);
  return grown.length === 0 ? null : { runs: grown.length, answers: grown.reduce((sum, each) => sum + each, 0) };
}

/** A pack is never written to: one of an older version is migrated in a copy. */
async function openPack(file: string): Promise<Readonly<{ pack: Store; release: () => Promise<void> }>> {
  if (storedSchemaVersion(file) === latestSchemaVersion) {
    return { pack: openStore(file, { readOnly: true }), release: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-unpack-'));
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'pack.sqlite');
    await copyFile(file, copy);
    return { pack: openStore(copy, { mode: 'single' }), release };
  } catch (error) {
    await release();
    return failFromSystem(error, file);
  }
}
