/** What the services share. Parts that hold resources open on first use. */
import type { EngineHost } from '../../runs/engine-host.ts';
import type { TaskRegistry } from '../../runs/tasks.ts';
import type { OpenParts } from '../core.ts';
import type { DeviceSurvey } from '../device-survey.ts';
import type { Downloads } from '../downloads.ts';
import type { LiveHub } from '../live-hub.ts';

export type ServiceParts = Readonly<{
  open: () => Promise<OpenParts>;
  storePath: string;
  /** `live.publish({ kind: 'datasets' })` tells every open face at once what a service has changed. */
  live: LiveHub;
  /** Starts every engine process; under Electron they are of its own kind. */
  engineHost: EngineHost;
  /** Which devices work here; found out when somebody first asks. */
  survey: DeviceSurvey;
  /** Folders are browsed below this one. */
  browseRoot: string;
  /** Long work with progress; every change reaches the faces by itself. */
  tasks: TaskRegistry;
  /** Files made for a face to fetch. */
  downloads: Downloads;
}>;
