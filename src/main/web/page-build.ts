/**
 * In a checkout the page is built when it is served: once, and again when its sources are newer than the build.
 * An installed program brings it along.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { programFiles } from '../core/program-files.ts';

/** Folder of the built page, built now where that is needed. Fails with `missing-file`, `io`. */
export async function preparePage(note: (text: string) => void): Promise<string> {
  const { root, renderer, fromSource } = programFiles;
  const sources = [join(root, 'src', 'renderer'), join(root, 'src', 'shared'), join(root, 'vite.config.ts')];
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const built = await newest([join(renderer, 'index.html')]);
  if (!fromSource || !existsSync(vite)) {
    if (built === 0)
      fail('missing-file', 'The page has not been built.', { file: renderer, action: 'Run "npm run build".' });
    return renderer;
  }
  if (built > (await newest(sources))) return renderer;
  note('Building the page; this is done once.');
  await build(vite, root, renderer);
  return renderer;
}

/** Builds aside and swaps, so that an interrupted build never looks whole. */
async function build(vite: string, root: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const aside = await mkdtemp(join(dirname(target), 'renderer-'));
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const args = [vite, 'build', '--outDir', aside, '--emptyOutDir', '--logLevel', 'warn'];
      // Standard output is the command's own; whatever the build says goes to standard error.
      const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
      child.on('error', reject);
      child.on('exit', resolve);
    });
    if (code !== 0) fail('io', 'The page could not be built.', { action: 'The lines above say why.' });
    await rm(target, { recursive: true, force: true });
    await rename(aside, target);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Latest modification among files and folders, in milliseconds since 1970; 0 where nothing exists. */
async function newest(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => null);
      if (found === null) return 0;
      if (!found.isDirectory()) return found.mtimeMs;
      return newest((await readdir(path)).map((name) => join(path, name)));
    }),
  );
  return Math.max(0, ...times);
}
