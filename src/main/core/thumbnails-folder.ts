/** Where scaled images are kept: the user's cache folder; beside the store where that is one of its own. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { defaultStorePath } from '../store/default-path.ts';

export function thumbnailsFolder(storePath: string): string {
  return resolve(storePath) === defaultStorePath()
    ? join(cacheFolder(process.platform, process.env, homedir()), 'thumbnails')
    : join(dirname(resolve(storePath)), 'thumbnails');
}

/** The user's folder for what can be made again, of each operating system. */
export function cacheFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Penumbra', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Penumbra');
  // The XDG specification says that a relative or empty path is to be ignored.
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.cache'), 'penumbra');
}
