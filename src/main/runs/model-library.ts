/**
 * The models that the program knows: bundles in its own folder, those that runs used, those added by hand. Imports and
 * checks are tasks. Deletes only what an import of this program made in its own folder; everything else is the user's
 * and is only forgotten. Runs never go with their model.
 */
import { readdir, rm, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { isBundleFolder } from '../builder/bundle-folder.ts';
import { importModel } from '../import/import-model.ts';
import { planImport } from '../import/plan-import.ts';
import type { Bundle, Precision } from '../../shared/bundle.ts';
import type { ImportPlan, KnownModel, ModelReport } from '../../shared/contract/models.ts';
import { fail, failureOf } from '../../shared/failure.ts';
import type { Task } from '../../shared/task.ts';
import { readBundle } from '../files/read-bundle.ts';
import type { RunRecord } from '../store/runs-repository.ts';
import type { Store } from '../store/store.ts';
import { checkModel, type ModelCheckParts } from './check-model.ts';
import type { EngineDesk } from './engine-desk.ts';
import { folderBytes, isInside, listModels } from './model-list.ts';
import { requireRun, statusOf } from './run-state.ts';
import type { TaskRegistry, TaskWork } from './tasks.ts';

export type ModelLibraryParts = ModelCheckParts &
  Readonly<{
    store: Store;
    tasks: TaskRegistry;
    /** Has no other engine loaded while the work goes on: a second model seldom fits beside the first. */
    alone: EngineDesk['alone'];
    /** Mean time of a run's answers; null where it has none. */
    secondsPerQuestion: (run: RunRecord) => Promise<number | null>;
    /** The program's own folder of models, absolute. */
    modelsFolder: string;
    demo: Readonly<{ path: string; checkpoint: string; name: string; isUpToDate: () => Promise<boolean> }>;
    /** Told after every change of the list. */
    onChange: () => void;
  }>;

export type ModelImportInput = Readonly<{
  source: string;
  adapter?: string | undefined;
  out?: string | undefined;
  precision: Precision;
  loraAlpha?: number | undefined;
  replace: boolean;
}>;

type PlanInput = Readonly<{
  source: string;
  name?: string | undefined;
  adapter?: string | undefined;
  precision: Precision;
}>;

export type ModelLibrary = Readonly<{
  list: () => Promise<{ modelsFolder: string; models: KnownModel[]; diskBytes: number }>;
  /** Fails as reading a bundle does. */
  add: (path: string) => Promise<{ fingerprint: string }>;
  /** Fails as opening the checkpoint does. */
  plan: (input: PlanInput) => Promise<ImportPlan>;
  /** A task; the model's check follows the import in it, once no run has a model loaded. Fails in it with `run-owned` where a run uses what lies there. */
  startImport: (input: ModelImportInput) => Task;
  startDemoImport: () => Task;
  /** Fails: `not-found`. */
  startCheck: (fingerprint: string) => Promise<Task>;
  /** Fails: `not-found`, `run-owned` (a run or a task works with it). */
  remove: (fingerprint: string) => Promise<{ fingerprint: string; deletedBytes: number }>;
}>;

export function createModelLibrary(parts: ModelLibraryParts): ModelLibrary {
  const { store, tasks, modelsFolder, demo, onChange, alone, secondsPerQuestion } = parts;
  /** Folders that a task of this process writes or reads, and what it does there. */
  const busy = new Map<string, string>();

  const list = async (): Promise<KnownModel[]> =>
    (await listModels(store, modelsFolder, secondsPerQuestion)).map((model) => ({
      ...model,
      isDemo: model.path === demo.path,
    }));

  const keep = (path: string, { fingerprint, name, precision }: Bundle): void => {
    store.models.keep({ fingerprint, path, name: `${name} (${precision})`, precision });
    onChange();
  };

  const check = async (
    fingerprint: string,
    path: string,
    report: Parameters<TaskWork>[0],
    signal: AbortSignal,
  ): Promise<ModelReport> => {
    report({ phase: 'waiting for its turn', done: 0, total: 0, secondsLeft: null });
    const work = () => checkModel(path, parts, (phase) => report({ phase }), signal);
    const made = await alone(work, signal);
    store.models.saveReport(fingerprint, made);
    onChange();
    return made;
  };

  /** Holds a folder while a task works in it; a second task there is refused. */
  const holding = async <Result>(path: string, doing: string, work: () => Promise<Result>): Promise<Result> => {
    refuseBusy(path);
    busy.set(path, doing);
    try {
      return await work();
    } finally {
      busy.delete(path);
    }
  };
  const refuseBusy = (path: string): void => {
    const doing = busy.get(path);
    if (doing === undefined) return;
    fail('run-owned', `The model is ${doing} just now.`, { file: path, action: 'Wait for it, or cancel it.' });
  };

  const importAndCheck =
    (input: ModelImportInput, outOf: () => Promise<string>): TaskWork =>
    async (report, signal) => {
      report({ phase: 'reading' });
      const out = await outOf();
      refuseIfReplaced(store, out);
      return holding(out, 'being imported', async () => {
        const { bundle } = await importModel(
          { ...input, out },
          {
            signal,
            onProgress: ({ phase, bytesDone, bytesTotal, secondsLeft }) =>
              report({
                phase: `${phase} the checkpoint`,
                done: bytesDone,
                total: bytesTotal,
                unit: 'bytes',
                secondsLeft,
              }),
          },
        );
        keep(out, bundle);
        const made = { modelFingerprint: bundle.fingerprint, path: out };
        try {
          return { ...made, summary: summaryOf(await check(bundle.fingerprint, out, report, signal)) };
        } catch (error) {
          // The import is complete: cancelling its check leaves a model that has not been checked.
          if (failureOf(error)?.kind !== 'cancelled') throw error;
          return { ...made, summary: 'Imported; its check was cancelled.' };
        }
      });
    };

  /** Named by the user, else by the checkpoint and what is trained over it. */
  const plannedOut = async (input: PlanInput, found: string): Promise<string> => {
    const { source, adapter, precision } = input;
    if (input.name !== undefined) return join(modelsFolder, `${folderName(input.name)}-${precision}`);
    const adapterName = adapter === undefined ? '' : `-${adapterLabel(resolve(adapter))}`;
    const base = found === '' ? basename(resolve(source)) : (found.split('/').at(-1) ?? found);
    return join(modelsFolder, `${folderName(`${base}${adapterName}`)}-${precision}`);
  };

  return {
    list: async () => {
      const models = await list();
      return { modelsFolder, models, diskBytes: models.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0) };
    },
    add: async (path) => {
      const folder = basename(path) === 'bundle.json' ? resolve(path, '..') : resolve(path);
      const bundle = await readBundle(folder);
      keep(folder, bundle);
      return { fingerprint: bundle.fingerprint };
    },
    plan: async (input) => {
      const planned = await planImport(input);
      const out = await plannedOut(input, planned.name);
      return {
        ...planned,
        source: resolve(input.source),
        adapter: input.adapter === undefined ? null : resolve(input.adapter),
        out,
        outExists: (await readdir(out).catch(() => null)) !== null,
        diskFreeBytes: await freeBytes(modelsFolder),
        memoryTotalBytes: totalmem(),
      };
    },
    startImport: (input) => {
      const title = `Import ${basename(resolve(input.adapter ?? input.source))} as ${input.precision}`;
      const outOf = async (): Promise<string> =>
        input.out === undefined ? plannedOut(input, (await planImport(input)).name) : resolve(input.out);
      return tasks.start('model-import', title, importAndCheck(input, outOf));
    },
    startDemoImport: () => {
      const input = { source: demo.checkpoint, name: demo.name, precision: 'f32', replace: true } as const;
      const work = importAndCheck(input, () => Promise.resolve(demo.path));
      return tasks.start('model-import', 'Prepare the demo model', async (report, signal) => {
        if (busy.has(demo.path) || !(await demo.isUpToDate())) return work(report, signal);
        const bundle = await readBundle(demo.path);
        keep(demo.path, bundle);
        return { modelFingerprint: bundle.fingerprint, path: demo.path, summary: 'It is ready.' };
      });
    },
    startCheck: async (fingerprint) => {
      const model = await requireModel(list, fingerprint);
      // One that only lies in the folder has no row yet to keep its report.
      if (model.bundle !== null && store.models.find(fingerprint) === undefined) {
        store.models.keep({ fingerprint, path: model.path, name: model.name, precision: model.bundle.precision });
      }
      return tasks.start('model-check', `Check ${model.name}`, (report, signal) =>
        holding(model.path, 'being checked', async () => ({
          modelFingerprint: fingerprint,
          summary: summaryOf(await check(fingerprint, model.path, report, signal)),
        })),
      );
    },
    remove: async (fingerprint) => {
      const model = await requireModel(list, fingerprint);
      refuseBusy(model.path);
      refuseIfUsed(store, fingerprint);
      const own = model.exists && isInside(modelsFolder, model.path) && (await isBundleFolder(model.path));
      const deletedBytes = own ? await folderBytes(model.path) : 0;
      const known = store.models.find(fingerprint);
      const precision = known?.precision ?? model.bundle?.precision ?? 'f32';
      if (own) await rm(model.path, { recursive: true });
      store.models.forget({ fingerprint, path: model.path, name: model.name, precision });
      onChange();
      return { fingerprint, deletedBytes };
    },
  };
}

async function requireModel(list: () => Promise<KnownModel[]>, fingerprint: string): Promise<KnownModel> {
  const model = (await list()).find((each) => each.fingerprint === fingerprint);
  return model ?? fail('not-found', 'The program does not know this model.', { found: fingerprint });
}

/** A run that is at work, or waits for its turn, was planned with the model that lies there. */
function refuseIfReplaced(store: Store, out: string): void {
  for (const { path, fingerprint } of store.models.list()) if (path === out) refuseIfUsed(store, fingerprint);
}

function refuseIfUsed(store: Store, fingerprint: string): void {
  const runs = store.models.ownedRuns(fingerprint).map((runId) => requireRun(store, runId));
  const running = runs.find((run) => statusOf(run) === 'running');
  if (running === undefined) return;
  fail('run-owned', 'A run is using this model.', {
    place: running.label,
    found: running.runId,
    action: 'Pause the run, or wait until it has finished.',
  });
}

/** `model.pth` says nothing: its folder does. */
function adapterLabel(path: string): string {
  const name = basename(path);
  return /^(model\.pth|adapter_model\.safetensors)$/.test(name) ? basename(resolve(path, '..')) : name;
}

/** A name that every file system takes. */
function folderName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
  return (plain === '' ? 'model' : plain).slice(0, 100);
}

/** Of the nearest folder that exists; null where the system does not say. */
async function freeBytes(folder: string): Promise<number | null> {
  for (let path = folder; ; path = resolve(path, '..')) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      if (resolve(path, '..') === path) return null;
    }
  }
}

function summaryOf({ answers, failure, secondsPerQuestion }: ModelReport): string {
  if (!answers) return `It does not answer: ${failure?.message ?? 'no reason given'}`;
  const seconds = secondsPerQuestion ?? 0;
  return `Ready: answers a question in ${seconds < 1 ? seconds.toFixed(2) : seconds.toFixed(1)} s.`;
}
