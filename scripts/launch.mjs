#!/usr/bin/env node
/**
 * What `npm run demo`, `npm start`, `npm test` and the other scripts start: installs packages when needed, finds
 * a Node that can run the sources, and starts what was asked.
 *
 * No dependencies; runs on Node 20, on Windows too.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, isInstalled } from './launch/install.mjs';
import { fittingNode, runChild } from './launch/node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...parts) => join(root, ...parts);

/**
 * Each verb is one or more commands for Node; the first that fails ends the verb, except in `check`, which
 * reports everything that is wrong at once.
 */
const verbs = {
  demo: (args) => [[inRoot('src/main/cli/main.ts'), 'demo', ...args]],
  start: (args) => [[inRoot('src/main/cli/main.ts'), 'serve', '--open', ...args]],
  test: (args) => [vitest(args)],
  e2e: (args) => [vitest(['--config', 'vitest.e2e.config.ts', ...args])],
  bench: (args) => [[inRoot('bench/run.ts'), ...args]],
  build: (args) => [[inRoot('scripts/build.ts'), ...args]],
  check: () => [
    [inRoot('node_modules/prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
    [inRoot('node_modules/oxlint/bin/oxlint'), '--type-aware', '--max-warnings', '0'],
    [inRoot('node_modules/typescript/bin/tsc'), '-b'],
  ],
};
/** Verbs that are Penumbra itself: they get the user's folder and must end when the launcher ends. */
const ownVerbs = new Set(['demo', 'start', 'bench']);

function vitest(args) {
  const reporters = ['--reporter=default', '--reporter=./scripts/plain-summary-reporter.ts'];
  return [inRoot('node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...args];
}

async function main() {
  const [verb = '', ...args] = process.argv.slice(2);
  const commandsOf = Object.hasOwn(verbs, verb) ? verbs[verb] : null;
  if (commandsOf === null) {
    process.stderr.write(`usage: node scripts/launch.mjs ${Object.keys(verbs).join(' | ')} [ARGUMENTS]\n`);
    return 2;
  }
  if (!isInstalled(root)) {
    const code = install(root);
    if (code !== 0) return code;
  }
  const node = fittingNode(root);
  if (node === null) return 1;
  let worst = 0;
  for (const command of commandsOf(args)) {
    const own = ownVerbs.has(verb);
    const code = await runChild(node, command, { tether: own, ...(own ? {} : { root }) });
    if (code !== 0 && verb !== 'check') return code;
    worst = Math.max(worst, code);
  }
  if (verb === 'check') process.stdout.write(worst === 0 ? 'check: all good\n' : 'check: failed\n');
  return worst;
}

process.exitCode = await main();
