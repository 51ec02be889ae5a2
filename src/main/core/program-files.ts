/**
 * Where the program's own files are, whether it runs from the sources of a checkout or from the bundles that
 * `npm run build` writes to `dist/`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const packageSchema = z.object({ name: z.string(), version: z.string() });

type ProgramFiles = Readonly<{
  /** The folder with package.json. */
  root: string;
  version: string;
  /** True when TypeScript sources run unbuilt. */
  fromSource: boolean;
  /** What starts the command line in a shell: `penumbra` where it is installed, npm's way in a checkout. */
  command: string;
  /** Entry module of the engine's process. */
  engineEntry: string;
  /** Entry module of the threads that read the store. */
  readerEntry: string;
  /** The page's files, as vite builds them. */
  renderer: string;
  demoDataset: string;
  /** Trained for latent reasoning, for direct answers and for written rationales. */
  demoCheckpoints: Readonly<Record<'latent' | 'direct' | 'explicit', string>>;
  /** Checkpoint, question and expected answer of `doctor`'s self-test. */
  selfTest: string;
}>;

function locate(): ProgramFiles {
  const here = fileURLToPath(import.meta.url);
  const fromSource = here.endsWith('.ts');
  for (let folder = dirname(here); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    const parsed = existsSync(file) ? packageSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
    if (parsed?.success === true && parsed.data.name === 'penumbra') {
      return {
        root: folder,
        version: parsed.data.version,
        fromSource,
        command: programCommand(folder),
        engineEntry: fromSource
          ? join(folder, 'src', 'main', 'methods', 'engine-entry.ts')
          : join(folder, 'dist', 'main', 'engine-entry.js'),
        readerEntry: fromSource
          ? join(folder, 'src', 'main', 'runs', 'reader', 'reader-worker.ts')
          : join(folder, 'dist', 'main', 'reader-worker.js'),
        renderer: join(folder, 'dist', 'renderer'),
        demoDataset: join(folder, 'resources', 'demo', 'dataset'),
        demoCheckpoints: {
          latent: join(folder, 'resources', 'demo', 'checkpoint'),
          direct: join(folder, 'resources', 'demo', 'checkpoint-direct'),
          explicit: join(folder, 'resources', 'demo', 'checkpoint-explicit'),
        },
        selfTest: join(folder, 'resources', 'self-test'),
      };
    }
    if (dirname(folder) === folder) throw new Error(`no package.json of Penumbra above ${here}`);
  }
}

/** A checkout has the sources, also when the built app was started; nothing puts `penumbra` on its user's path. */
export function programCommand(root: string): string {
  return existsSync(join(root, 'src', 'main', 'cli', 'main.ts')) ? 'npm run -s penumbra --' : 'penumbra';
}

export const programFiles: ProgramFiles = locate();
