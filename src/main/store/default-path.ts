/** Where the store lives unless the user says otherwise: the user's data folder of each operating system. */
import { homedir } from 'node:os';
import { join } from 'node:path';

type Surroundings = Readonly<{ platform: NodeJS.Platform; env: NodeJS.ProcessEnv; home: string }>;

const here = (): Surroundings => ({ platform: process.platform, env: process.env, home: homedir() });

/** Folder for everything that the program keeps for a user. */
export function defaultDataFolder({ platform, env, home }: Surroundings = here()): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Penumbra');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Penumbra');
  // The XDG specification says that a relative or empty path is to be ignored.
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(home, '.local', 'share'), 'penumbra');
}

export function defaultStorePath(surroundings: Surroundings = here()): string {
  return join(defaultDataFolder(surroundings), 'penumbra.sqlite');
}
