/** Runs the built program (its entry is the first argument) under Node, with the stand-in for `electron`. */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const standIn = new URL('electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

const { becomeReady } = await import('./electron.ts');
const [entry = '', ...args] = process.argv.slice(2);
process.argv = [process.execPath, entry, ...args];
await import(pathToFileURL(entry).href);
becomeReady();
