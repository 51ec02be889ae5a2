/** The desktop app under the stand-in, as a test drives it: its page in a real Chromium, its menus, dialogs, signs. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { isolatedEnvironment, repositoryRoot } from '../../support/run-penumbra.ts';
import { waitMs } from '../patience.ts';
import type { Call, Command, FromStandIn } from './control.ts';

const runner = fileURLToPath(new URL('run.ts', import.meta.url));
export const builtEntry = join(repositoryRoot, 'dist', 'main', 'index.js');

export type DesktopApp = Readonly<{
  pid: number;
  page: () => Promise<Page>;
  calls: readonly Call[];
  /** The details of the calls of a name so far. */
  detailsOf: (name: string) => unknown[];
  /** Waits until the program has made such a call. */
  called: (name: string, fits?: (details: unknown) => boolean) => Promise<unknown>;
  command: (command: Command) => Promise<unknown>;
  signal: (signal: NodeJS.Signals) => void;
  /** The exit code. */
  exited: Promise<number | null>;
  stderr: () => string;
  stop: () => Promise<void>;
}>;

export type DesktopOptions = Readonly<{
  /** Stands in for the user's folders. */
  folder: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  entry?: string;
}>;

export function startDesktopApp({ folder, args = [], env = {}, entry = builtEntry }: DesktopOptions): DesktopApp {
  const child = fork(runner, [entry, ...args], {
    env: isolatedEnvironment({ dataFolder: folder, env: { STAND_IN_USER_DATA: folder, ...env } }),
    execArgv: [],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const calls: Call[] = [];
  const waiting = new Set<() => void>();
  const results = new Map<number, (result: unknown) => void>();
  const devtools = Promise.withResolvers<number>();
  let stderr = '';
  let lastCommand = 0;
  let browser: Browser | null = null;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  child.on('message', (message: FromStandIn) => {
    if (message.kind === 'page') devtools.resolve(message.devtoolsPort);
    else if (message.kind === 'call') calls.push(message.call);
    else results.get(message.commandId)?.(message.result);
    for (const wake of waiting) wake();
  });

  const called: DesktopApp['called'] = (name, fits = () => true) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`${name} was never called; last: ${JSON.stringify(calls.slice(-5))} ${stderr.slice(-400)}`));
      }, waitMs);
      const look = (): void => {
        const call = calls.find((each) => each.name === name && fits(each.details));
        if (call === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(call.details);
      };
      waiting.add(look);
      look();
    });
  return {
    pid: child.pid ?? 0,
    page: async () => {
      const port = await Promise.race([
        devtools.promise,
        exited.then((code) => Promise.reject(new Error(`the app ended with ${String(code)}: ${stderr}`))),
      ]);
      browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${String(port)}`);
      const page = browser.contexts()[0]?.pages()[0];
      if (page === undefined) throw new Error('there is no page');
      page.setDefaultTimeout(waitMs);
      return page;
    },
    calls,
    detailsOf: (name) => calls.filter((call) => call.name === name).map(({ details }) => details),
    called,
    command: (command) => {
      lastCommand += 1;
      const commandId = lastCommand;
      child.send({ commandId, command });
      return new Promise((resolve) => results.set(commandId, resolve));
    },
    signal: (signal) => void child.kill(signal),
    exited,
    stderr: () => stderr,
    stop: async () => {
      await browser?.close().catch(() => undefined);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(() => child.disconnect(), waitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
