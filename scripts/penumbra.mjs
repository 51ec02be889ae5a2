#!/usr/bin/env node
/**
 * The `penumbra` command: runs the command line in this Node where it fits, else in the locked one. Uses the
 * sources in a checkout and the bundle where Penumbra is installed as a package (Node runs no TypeScript there).
 *
 * No dependencies; runs on Node 20, on Windows too.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { currentNodeFits, fittingNode, runChild } from './launch/node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src', 'main', 'cli', 'main.ts');
const entry = existsSync(source) ? source : join(root, 'dist', 'main', 'cli.js');

if (!existsSync(join(root, 'node_modules', 'commander'))) {
  process.stderr.write(`error: Penumbra's packages are not installed. Run "npm ci" in ${root} first.\n`);
  process.exitCode = 1;
} else if (currentNodeFits()) {
  await import(pathToFileURL(entry).href);
} else {
  const node = fittingNode(root);
  process.exitCode = node === null ? 1 : await runChild(node, [entry, ...process.argv.slice(2)], { tether: true });
}
