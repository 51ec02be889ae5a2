/**
 * Start to first usable page: from starting `penumbra serve` (built, as installed) to a page in a fresh Chromium
 * profile that shows the runs of the store and takes input. Also what the first load transfers. The store holds a
 * few imported runs. There is no peer: the tools we compare with have no such page.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../test/e2e/browser.ts';
import { sayProgress } from './progress-line.ts';
import { fillStore } from './start/fill-store.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rounds = 7;
/** What the issue asks for. */
const limits = { firstPageMs: 2000, transferredKb: 700 } as const;

type Start = Readonly<{ serverMs: number; firstPageMs: number; transferredKb: number; requestCount: number }>;

export const bench = {
  name: 'start',
  describe: 'start of the program to the first usable page, and what the first load transfers',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-start-'));
    try {
      const store = join(folder, 'store.sqlite');
      sayProgress('building the program, filling a store …');
      await finished(['scripts/build.ts']);
      await fillStore(folder, store);
      const starts: Start[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        sayProgress(`start ${String(round)} of ${String(rounds)} …`);
        starts.push(await startOnce(store));
      }
      // The first one reads everything from the disk; it is told apart.
      const [cold, ...warm] = starts;
      const middle = warm.toSorted((a, b) => a.firstPageMs - b.firstPageMs)[Math.floor(warm.length / 2)];
      return {
        ours: { firstPageMs: middle?.firstPageMs ?? null, transferredKb: middle?.transferredKb ?? null },
        peer: null,
        ratio: null,
        details: { limits, median: middle, first: cold, all: warm },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** One start: a new server and a new browser profile; the browser itself already runs, as a person's does. */
async function startOnce(store: string): Promise<Start> {
  const browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let transferred = 0;
  let requestCount = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    transferred += encodedDataLength;
    requestCount += 1;
  });
  const started = performance.now();
  const server = spawn(
    process.execPath,
    [join(root, 'dist', 'main', 'cli.js'), 'serve', '--port', '0', '--store', store],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const address = await new Promise<string>((resolve, reject) => {
      createInterface(server.stdout).once('line', resolve);
      server.once('exit', (code) => reject(new Error(`penumbra serve ended with ${String(code)}`)));
    });
    const serverMs = performance.now() - started;
    await page.goto(address, { waitUntil: 'commit' });
    // Usable: the runs are there, and the page answers to input.
    await page.getByRole('link', { name: 'Imported run 1', exact: true }).first().waitFor();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const firstPageMs = performance.now() - started;
    await page.waitForLoadState('networkidle');
    return {
      serverMs: Math.round(serverMs),
      firstPageMs: Math.round(firstPageMs),
      transferredKb: Math.round(transferred / 1000),
      requestCount,
    };
  } finally {
    server.kill('SIGINT');
    await browser.close();
  }
}

function finished(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${args.join(' ')}: ${String(code)}`))));
  });
}
