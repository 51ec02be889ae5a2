/**
 * The core: everything below the API composed over one store, and the router that the faces talk to. Parts are
 * loaded when they are first needed, so that `dataset inspect` opens no store and loads no SQLite.
 */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import type { Contract } from '../../shared/contract.ts';
import type { BugLog } from '../api/failures.ts';
import type { Router } from '../api/router.ts';
import { createRouter } from '../api/router.ts';
import type { BatchLimits } from '../runs/batch-limits.ts';
import { createForkEngineHost, type EngineHost } from '../runs/engine-host.ts';
import type { DatasetLibrary } from '../runs/dataset-library.ts';
import type { RunService } from '../runs/run-service.ts';
import { createTaskRegistry, type TaskRegistry } from '../runs/tasks.ts';
import { failureOf } from '../../shared/failure.ts';
import type { LiveEvent } from '../../shared/live-event.ts';
import { defaultStorePath } from '../store/default-path.ts';
import type { Store } from '../store/store.ts';
import { createServices } from './compose.ts';
import { createDeviceSurvey, type DeviceSurvey } from './device-survey.ts';
import { createDatasetImages } from './dataset-images.ts';
import { createDownloads } from './downloads.ts';
import { createKeptBatchLimits } from './kept-batch-limits.ts';
import { createLiveHub } from './live-hub.ts';
import { yieldToPages } from './process-priority.ts';
import { programFiles } from './program-files.ts';
import { createResources, type ReadResource } from './resources.ts';
import { createRunImages } from './run-images.ts';
import { thumbnailsFolder } from './thumbnails-folder.ts';

export type CoreOptions = Readonly<{
  /** The store's file; the user's own by default. */
  storePath?: string | undefined;
  /** Fails with `not-found` instead of making a store where there is none. */
  storeMustExist?: boolean;
  /** Pickers browse the folders below this one; the user's home by default. */
  browseRoot?: string | undefined;
  logBug?: BugLog;
  /** Starts engines; forked Node processes by default. */
  engineHost?: EngineHost;
  /** It stays: forked engines leave the machine to pages first, and deleted runs' rows are removed beside everything else. */
  hasPages?: boolean;
}>;

export type ContractClient = ContractRouterClient<Contract>;

export type Core = Readonly<{
  version: string;
  storePath: string;
  /** Calls the API inside this process. */
  client: ContractClient;
  /** For faces that serve the API over a channel. */
  router: Router;
  /** What pages load by address: images of questions, from wherever the dataset holds them, and downloads. */
  readResource: ReadResource;
  /** The runs that this process works on, or holds in its queue. */
  runsAtWork: () => Promise<readonly Readonly<{ runId: string; label: string }>[]>;
  /** Cancels tasks, removes downloads, pauses what runs, ends engines, closes the store. */
  close: () => Promise<void>;
}>;

/** The parts that hold resources, opened together on first use. */
export type OpenParts = Readonly<{ store: Store; runs: RunService; library: DatasetLibrary }>;

const logToStandardError: BugLog = (error) => {
  process.stderr.write(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

/** Composes the core; nothing is opened yet. */
export function createCore({
  storePath = defaultStorePath(),
  storeMustExist = false,
  browseRoot = homedir(),
  logBug = logToStandardError,
  hasPages = false,
  engineHost = createForkEngineHost({
    entry: programFiles.engineEntry,
    ...(hasPages ? { onStart: yieldToPages } : {}),
  }),
}: CoreOptions = {}): Core {
  const survey = createDeviceSurvey({
    engineHost,
    selfTest: programFiles.selfTest,
    keptChoice: join(dirname(storePath), 'devices.json'),
    version: programFiles.version,
  });
  let opening: Promise<OpenParts> | null = null;
  const opened = Promise.withResolvers<OpenParts>();
  const open = (): Promise<OpenParts> =>
    (opening ??= openParts({
      storePath,
      storeMustExist,
      engineHost,
      devices: survey,
      batchLimits: createKeptBatchLimits(join(dirname(storePath), 'batch-limits.json'), programFiles.version),
      tasks,
      staysOpen: hasPages,
      logBug,
    }).then(
      (parts) => {
        opened.resolve(parts);
        return parts;
      },
      (error: unknown) => {
        // A lock or a full disk may pass: who asks next tries again.
        opening = null;
        throw error;
      },
    ));
  const live = createLiveHub({ follow: (publish) => followRuns(open, opened.promise, publish) });
  const tasks = createTaskRegistry(logBug);
  tasks.onChange((change) => {
    if (change.kind === 'changed') live.publish({ kind: 'task', task: change.task });
  });
  const downloads = createDownloads();
  const parts = { open, storePath, browseRoot, live, engineHost, survey, tasks, downloads };
  const router = createRouter(createServices(parts), logBug);
  const images = createRunImages(async (runId, sampleId) => (await open()).runs.readRunImage(runId, sampleId));
  const datasetImages = createDatasetImages(async () => (await open()).library, thumbnailsFolder(storePath));
  return {
    version: programFiles.version,
    storePath,
    client: createRouterClient(router),
    router,
    readResource: createResources({ images, datasetImages, downloads }),
    runsAtWork: async () => {
      if (opening === null) return [];
      const { runs } = await opening;
      return runs.atWork().map((runId) => ({ runId, label: runs.labelOf(runId) }));
    },
    close: async () => {
      await tasks.close();
      live.close();
      if (opening === null) return downloads.close();
      // A store that never opened has already been reported to whoever asked for it.
      const parts = await opening.catch(() => null);
      opening = null;
      await parts?.runs.close();
      await parts?.library.close();
      // Last: an export that was being written could make its folder again.
      await downloads.close();
      parts?.store.close();
    },
  };
}

/** A store that cannot be opened is followed once somebody could open it; whoever asks for its content hears why. */
async function followRuns(
  open: () => Promise<OpenParts>,
  opened: Promise<OpenParts>,
  publish: (event: LiveEvent) => void,
): Promise<() => void> {
  try {
    return (await open()).runs.follow(publish);
  } catch (error) {
    if (failureOf(error) === undefined) throw error;
  }
  let isOver = false;
  let stop = (): void => undefined;
  const followLater = async (): Promise<void> => {
    const { runs } = await opened;
    if (isOver) return;
    stop = runs.follow(publish);
    publish({ kind: 'connected' });
  };
  void followLater();
  return () => {
    isOver = true;
    stop();
  };
}

type PartsOptions = Readonly<{
  storePath: string;
  storeMustExist: boolean;
  engineHost: EngineHost;
  devices: DeviceSurvey;
  batchLimits: BatchLimits;
  tasks: TaskRegistry;
  staysOpen: boolean;
  logBug: BugLog;
}>;

async function openParts({ storePath, storeMustExist, ...service }: PartsOptions): Promise<OpenParts> {
  const [{ openStore }, { createRunService }, { createDatasetLibrary }] = await Promise.all([
    import('../store/store.ts'),
    import('../runs/run-service.ts'),
    import('../runs/dataset-library.ts'),
  ]);
  const store = openStore(storePath, { mustExist: storeMustExist });
  return {
    store,
    runs: createRunService({
      store,
      ...service,
      version: programFiles.version,
      program: programFiles.command,
      readerEntry: programFiles.readerEntry,
    }),
    library: createDatasetLibrary(store),
  };
}
