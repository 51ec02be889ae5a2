/**
 * `npm run build`: the page and the bundles of command line, core, web face and engine into `dist/`. Packages stay
 * outside the bundles. Ends by checking that nothing of it reaches `electron`.
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
  web: source('web', 'web-server.ts'),
  'engine-entry': source('methods', 'engine-entry.ts'),
};

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
      input: entries,
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

const reached = Object.keys(entries).flatMap((name) => findReach(join(mainFolder, `${name}.js`), ['electron']));
for (const { forbidden, chain } of reached) process.stderr.write(`error: ${chain.join(' -> ')} reaches ${forbidden}\n`);
if (reached.length > 0) process.exitCode = 1;
else
  process.stdout.write(
    `built dist/renderer and dist/main (${Object.keys(entries).join(', ')}); none reaches electron\n`,
  );
