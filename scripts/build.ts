/**
 * `npm run build`: the page, the bundles of command line, core, web face, engine and desktop app, and the window's
 * preload script into `dist/`. Packages stay outside the bundles. Ends by checking that only the desktop app's own
 * entry reaches `electron`.
 */
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { findReach } from './reach.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = (...parts: string[]): string => join(root, 'src', 'main', ...parts);
const mainFolder = join(root, 'dist', 'main');

const entries = {
  cli: source('cli', 'main.ts'),
  core: source('core', 'core.ts'),
  'core-process': source('core', 'core-process.ts'),
  web: source('web', 'web-server.ts'),
  'engine-entry': source('methods', 'engine-entry.ts'),
  'image-thread': source('engine', 'image-thread.ts'),
  'reader-worker': source('runs', 'reader', 'reader-worker.ts'),
};
/** The desktop app's; the only one that may import `electron`. */
const desktop = { index: source('index.ts') };

await build({ root: join(root, 'src', 'renderer'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: mainFolder,
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: { ...entries, ...desktop },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
// A sandboxed preload script is one CommonJS file that can load nothing but Electron's own modules.
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: join(root, 'dist', 'preload'),
    emptyOutDir: true,
    minify: false,
    target: 'chrome140',
    lib: { entry: join(root, 'src', 'preload', 'index.ts'), formats: ['cjs'], fileName: () => 'index.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});

const reached = Object.keys(entries).flatMap((name) => findReach(join(mainFolder, `${name}.js`), ['electron']));
for (const { forbidden, chain } of reached) process.stderr.write(`error: ${chain.join(' -> ')} reaches ${forbidden}\n`);
if (reached.length > 0) process.exitCode = 1;
else
  process.stdout.write(
    `built dist/renderer, dist/preload and dist/main (${Object.keys({ ...entries, ...desktop }).join(', ')}); only index reaches electron\n`,
  );
