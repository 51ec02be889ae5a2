#!/usr/bin/env node
/**
 * What `npm run demo`, `npm start`, `npm test` and the other scripts start: installs packages when needed, finds
 * a Node that can run the sources, and starts what was asked.
 *
 * No dependencies; runs on Node 20, on Windows too.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findDesktop, isBuilt } from './launch/desktop.mjs';
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
  /** In the browser; `main` tries the desktop app first. */
  start: (args) => [[inRoot('src/main/cli/main.ts'), 'serve', '--open', ...args]],
  test: (args) => [vitest(args)],
  /** The golden suite on another device: `npm run test:device -- webgpu`. */
  'test-device': ([device = 'webgpu', ...args]) => {
    process.env.PENUMBRA_TEST_DEVICE = device;
    const files = ['methods/parity', 'engine/sequence-batch', 'backbones/chameleon/graphs'];
    return [vitest([...files.map((file) => `test/${file}.test.ts`), ...args])];
  },
  e2e: (args) => [vitest(['--config', 'vitest.e2e.config.ts', ...args])],
  bench: (args) => [[inRoot('bench/run.ts'), ...args]],
  build: (args) => [[inRoot('scripts/build.ts'), ...args]],
  /** What the CUDA device needs of ONNX Runtime: its package's own installer fetches it (Linux x64). */
  cuda: () => [[inRoot('node_modules/onnxruntime-node/script/install.js'), '--onnxruntime-node-install=cuda12']],
  /** The lists of reasoning methods, from their files. */
  methods: () => [[inRoot('scripts/write-methods.ts')]],
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
  if (verb === 'start') {
    const code = await startDesktop(node, args);
    if (code !== null) return code;
  }
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

/** An app that ends with an error this soon has not come up: a library of the system is missing, say. */
const comingUpMs = 5000;

/** Runs the desktop app and returns its exit code; null, having said why, where the browser has to do. */
async function startDesktop(node, args) {
  // A port is the web face's.
  if (args.some((arg) => /^--port(=|$)/.test(arg))) return null;
  const desktop = await findDesktop(root, node);
  if (desktop.program === undefined) return useBrowser(desktop);
  if (!isBuilt(root)) {
    process.stderr.write('Building the app; this is done once.\n');
    if ((await runChild(node, [inRoot('scripts/build.ts')], { root })) !== 0)
      return useBrowser({ reason: 'the build failed' });
  }
  // Set by editors' terminals; with it Electron would be a plain Node.
  delete process.env.ELECTRON_RUN_AS_NODE;
  const startedAt = performance.now();
  const code = await runChild(desktop.program, [root, ...args]);
  if (code === 0 || performance.now() - startedAt > comingUpMs) return code;
  return useBrowser({ reason: `Electron ended at once with exit code ${code}` });
}

function useBrowser({ reason, remedy }) {
  process.stderr.write(`No window of its own here: ${reason}. The pages are served for a browser instead.\n`);
  if (remedy !== undefined) process.stderr.write(`This allows the window, until the next restart:\n  ${remedy}\n`);
  return null;
}

process.exitCode = await main();
