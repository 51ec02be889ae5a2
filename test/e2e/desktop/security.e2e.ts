/** What keeps a page of the desktop app in its place: the guards of its window, its policy, its protocol. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WindowBridge } from '../../../src/shared/bridge.ts';
import { desktopTests, shortRun } from './desktop-tests.ts';

const { app, appForAll } = desktopTests([shortRun]);

describe('the window', () => {
  appForAll();

  it('is made with every guard that Electron has', () => {
    const [options] = app().detailsOf('window.new') as [{ webPreferences: unknown; icon?: string }];
    expect(existsSync(options.icon ?? '')).toBe(process.platform === 'linux');
    expect(options.webPreferences).toEqual({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
    });
    expect(app().detailsOf('session.permissions')).toEqual([
      { media: false, geolocation: false, clipboard: true, foreignClipboard: false },
    ]);
  });
});

describe('what a page may not do', () => {
  const shown = appForAll();

  it('leave, open windows, reach others, or run what was not shipped', async () => {
    const page = shown();
    const violations = await page.evaluate(async () => {
      const found: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => found.push(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      const picture = new Image();
      picture.src = 'https://evil.example/pixel.png';
      document.body.append(picture);
      await fetch('https://evil.example/').catch(() => undefined);
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.body.append(style);
      const deadline = performance.now() + 10_000;
      while (new Set(found).size < 4 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return [...found, 'injected' in window ? 'ran' : 'did not run'];
    });
    expect(new Set(violations)).toEqual(
      new Set(['script-src-elem', 'img-src', 'connect-src', 'style-src-elem', 'did not run']),
    );
    await page.evaluate(() => void (window.location.href = 'https://evil.example/'));
    expect(await app().called('window.will-navigate')).toEqual({ address: 'https://evil.example/', isPrevented: true });
    for (const address of [
      'https://evil.example/',
      'http://arxiv.org/',
      'file:///etc/passwd',
      'https://arxiv.org/abs/1',
    ]) {
      await page.evaluate((to) => void window.open(to), address);
    }
    await app().called('shell.openExternal');
    expect(app().detailsOf('shell.openExternal')).toEqual(['https://arxiv.org/abs/1']);
    expect(
      new Set(
        app()
          .detailsOf('window.open')
          .map((each) => (each as { action: string }).action),
      ),
    ).toEqual(new Set(['deny']));
    await page.getByRole('heading', { name: 'Runs' }).first().waitFor();
  });

  it('ask main for what the bridge does not offer', async () => {
    const refused = await shown().evaluate(() =>
      (window as unknown as { penumbra: WindowBridge }).penumbra
        .pickPath({ title: 'x', kind: 'everything' as 'file' })
        .then(() => 'answered')
        .catch(() => 'refused'),
    );
    expect(refused).toBe('refused');
    expect(app().detailsOf('dialog.open')).toEqual([]);
  });

  it.each([
    ['penumbra://app/index.html', 'POST', 405],
    ['penumbra://app/../package.json', 'GET', 404],
    ['penumbra://app/%2e%2e/package.json', 'GET', 404],
    ['penumbra://app/assets/..%2f..%2fpackage.json', 'GET', 404],
    ['penumbra://other/index.html', 'GET', 404],
    ['penumbra://app/image/none/none', 'GET', 404],
    ['penumbra://app/image/none/none?size=9999', 'GET', 400],
  ])('get %s with %s', async (address, method, status) => {
    const answer = (await app().command({ do: 'request', address, method })) as {
      status: number;
      headers: Record<string, string>;
    };
    expect(answer.status).toBe(status);
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('reuse a nonce', async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const command = { do: 'request', address: 'penumbra://app/', method: 'GET' } as const;
        const { headers, text } = (await app().command(command)) as { headers: Record<string, string>; text: string };
        const nonce = /name="style-nonce" content="([^"]+)"/.exec(text)?.[1] ?? '';
        expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });
});
