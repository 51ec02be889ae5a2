/** `penumbra serve`: the pages in a browser, on this machine or through an SSH forward. */
import type { Command } from 'commander';
import { z } from 'zod';
import { failureOf } from '../../../shared/failure.ts';
import type { WebServer, WebServerOptions } from '../../web/web-server.ts';
import { examples } from '../examples.ts';
import { forwardCommand, isOverSsh, openBrowser } from '../open-browser.ts';
import { wholeNumber } from '../option-types.ts';
import type { RunInSession } from '../session.ts';

const optionsSchema = z.object({ port: z.int().optional(), open: z.boolean().default(false) });

/** Used unless it is taken; a port that stays the same is easier to forward. */
const preferredPort = 4680;

export function addServe(parent: Command, run: RunInSession): void {
  parent
    .command('serve')
    .description('serve the pages on this machine; prints the address, which lets its owner in')
    .option('--port <n>', `port to listen on; default: ${String(preferredPort)}, or a free one`, wholeNumber(0, 65535))
    .option('--root <dir>', 'the pages browse folders below this one; default: your home')
    .option('--open', 'open the browser, where there is one to open')
    .addHelpText('after', examples('serve', 'serve --port 8080', 'serve --root /data'))
    .action((given: unknown, command: Command) =>
      run(command, async ({ core, interrupts, json, print, note }) => {
        const { port, open } = optionsSchema.parse(given);
        const [{ startWebServer }, { preparePage }] = await Promise.all([
          import('../../web/web-server.ts'),
          import('../../web/page-build.ts'),
        ]);
        const pageFolder = await preparePage(note);
        // A store that cannot be opened is said here, not on every page.
        await core.client.runs.list({ limit: 1 });
        const server = await listen(
          startWebServer,
          { core, pageFolder, port: port ?? preferredPort },
          port === undefined,
        );
        print({ address: server.address }, () => server.address);
        if (isOverSsh())
          note(`On your own machine: ${forwardCommand(server.port)}\nthen open the address above there.`);
        else if (open && !json) openBrowser(server.address);
        await new Promise<void>((resolve) => interrupts.handle(() => resolve()));
        await server.close();
      }),
    );
}

/** Starts on the given port, or on any free one where it is taken and the user did not ask for it. */
async function listen(
  start: (options: WebServerOptions) => Promise<WebServer>,
  options: WebServerOptions,
  anyPortWillDo: boolean,
): Promise<WebServer> {
  try {
    return await start(options);
  } catch (error) {
    if (!anyPortWillDo || failureOf(error)?.kind !== 'io') throw error;
    return start({ ...options, port: 0 });
  }
}
