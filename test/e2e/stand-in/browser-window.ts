/**
 * `BrowserWindow`: a page of a real Chromium. Its address is mapped to one that Chromium lets us answer, and back
 * wherever the program sees it; every request is answered by the program's own protocol handler or refused.
 */
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindow as ElectronWindow, BrowserWindowConstructorOptions, WebContents } from 'electron';
import { chromium, type BrowserContext, type Page, type Route } from 'playwright-core';
import { chromiumProgram, quiet } from '../browser.ts';
import { onCommand, report, reportPage } from './control.ts';
import { handlePageMessage } from './ipc-main.ts';
import type { PageMessage, PageWire } from './page-messages.ts';
import { installShim } from './page-shim.ts';
import type { StandInPort } from './ports.ts';
import { answerRequest, fromBrowser, toBrowser } from './protocol.ts';

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];

class StandInContents extends EventEmitter implements Pick<WebContents, 'getURL' | 'isDestroyed' | 'send'> {
  page: Page | null = null;
  isGone = false;
  openHandler: OpenHandler = () => ({ action: 'allow' });
  /** Messages reach the page in the order in which they were sent. */
  #sending: Promise<unknown> = Promise.resolve();
  #ports = new Map<number, StandInPort>();
  #lastPort = 0;

  getURL(): string {
    return fromBrowser(this.page?.url() ?? '');
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }
  send(name: string, value: unknown): void {
    this.#post({ kind: 'message', name, data: encode(value) });
  }
  postMessage(name: string, value: unknown, transfer: readonly StandInPort[] = []): void {
    const [port] = transfer;
    this.#lastPort += 1;
    const portId = this.#lastPort;
    this.#post({ kind: 'message', name, data: encode(value), portId: port === undefined ? 0 : portId });
    if (port === undefined) return;
    this.#ports.set(portId, port);
    port.handTo((sent) =>
      this.#post(
        sent.type === 'close'
          ? { kind: 'port-close', portId }
          : { kind: 'port-message', portId, data: encode(sent.data) },
      ),
    );
  }
  receive(message: PageMessage): unknown {
    if (message.kind === 'port-message') return this.#ports.get(message.portId ?? 0)?.postMessage(decode(message.data));
    if (message.kind !== 'open') return handlePageMessage(this, message.kind, message.name ?? '', decode(message.data));
    const { action } = this.openHandler({ url: fromBrowser(message.name ?? '') } as Parameters<OpenHandler>[0]);
    report('window.open', { address: message.name, action });
    return null;
  }
  /** A new document: the old one's ports are gone. */
  leaveDocument(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
    this.emit('did-start-navigation', { isSameDocument: false, isMainFrame: true });
  }

  #post(message: PageMessage): void {
    this.#sending = this.#sending.then(() =>
      this.page
        ?.evaluate((value) => (window as unknown as PageWire).standInReceive(value), message)
        // A page that has gone meanwhile hears nothing any more.
        .catch(() => undefined),
    );
  }
}

const encode = (data: unknown): NonNullable<PageMessage['data']> =>
  data instanceof Uint8Array ? { base64: Buffer.from(data).toString('base64') } : { json: data };
const decode = (data: PageMessage['data']): unknown =>
  data?.base64 === undefined ? data?.json : new Uint8Array(Buffer.from(data.base64, 'base64'));

const windows = new Set<BrowserWindow>();
let context: BrowserContext | null = null;
let profile: string | null = null;

export const appEvents = new EventEmitter();

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      ElectronWindow,
      | 'close'
      | 'focus'
      | 'getNormalBounds'
      | 'hide'
      | 'isDestroyed'
      | 'isFocused'
      | 'isMaximized'
      | 'isMinimized'
      | 'loadURL'
      | 'maximize'
      | 'reload'
      | 'restore'
      | 'setProgressBar'
      | 'show'
    >
{
  readonly webContents = new StandInContents();
  readonly #options: BrowserWindowConstructorOptions;
  #isFocused = true;
  #isGone = false;
  /** The program itself loads a page: no page asked for that. */
  #isLoading = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.#options = options;
    windows.add(this);
    const { preload: _, ...preferences } = options.webPreferences ?? {};
    report('window.new', { ...options, webPreferences: preferences });
    appEvents.emit('web-contents-created', {}, this.webContents);
    onCommand('close-window', () => this.close());
    onCommand('focus', ({ isFocused }) => (this.#isFocused = isFocused));
    onCommand('gone-page', ({ reason }) => this.webContents.emit('render-process-gone', {}, { reason, exitCode: 1 }));
  }

  static fromWebContents(contents: unknown): BrowserWindow | null {
    return [...windows].find(({ webContents }) => webContents === contents) ?? null;
  }
  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }

  async loadURL(address: string): Promise<void> {
    profile = mkdtempSync(join(tmpdir(), 'penumbra-stand-in-'));
    const { width = 1280, height = 800 } = this.#options;
    context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumProgram(),
      // A free port of Chromium's own choice: one that was looked for may be another's by now.
      args: [...quiet, '--remote-debugging-port=0'],
      viewport: { width, height },
    });
    const page = context.pages()[0] ?? (await context.newPage());
    this.webContents.page = page;
    await context.exposeBinding('standIn', (_source, message: PageMessage) => this.webContents.receive(message));
    const preload = readFileSync(this.#options.webPreferences?.preload ?? '', 'utf8');
    await context.addInitScript(
      `if (window === window.top) (${installShim.toString()})((require) => { const exports = {}; const module = { exports }; ${preload}\n });`,
    );
    await context.route('**/*', (route) => this.#route(route));
    context.on('page', (popup) => void popup.close());
    this.#isLoading = true;
    await page.goto(toBrowser(address));
    this.emit('ready-to-show');
    reportPage(devtoolsPort(profile));
  }

  close(): void {
    let isPrevented = false;
    this.emit('close', { preventDefault: () => (isPrevented = true) });
    if (isPrevented) return;
    this.destroy();
  }
  destroy(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.webContents.isGone = true;
    windows.delete(this);
    report('window.closed');
    this.emit('closed');
    if (windows.size === 0) appEvents.emit('window-all-closed');
  }
  reload(): void {
    report('window.reload');
    this.#isLoading = true;
    // A window that is closed meanwhile does not load.
    this.webContents.page?.reload().catch(() => undefined);
  }
  show(): void {
    report('window.show');
  }
  hide(): void {
    report('window.hide');
  }
  focus(): void {
    report('window.focus');
  }
  restore(): void {
    report('window.restore');
  }
  maximize(): void {
    report('window.maximize');
  }
  setProgressBar(fraction: number): void {
    report('window.setProgressBar', fraction);
  }
  isFocused(): boolean {
    return this.#isFocused;
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.#isGone;
  }
  getNormalBounds() {
    const { x = 0, y = 0, width = 1280, height = 800 } = this.#options;
    return { x, y, width, height };
  }

  async #route(route: Route): Promise<void> {
    const request = route.request();
    const address = fromBrowser(request.url());
    const isMain = request.isNavigationRequest() && request.frame() === this.webContents.page?.mainFrame();
    // Any other reason would put Chromium's error page in the page's place.
    if (isMain && !this.#isLoading && this.#mayNot(address)) return route.abort('aborted');
    if (isMain) {
      this.#isLoading = false;
      this.webContents.leaveDocument();
    }
    const response = await answerRequest(address, request.method(), await request.allHeaders());
    if (response === null) {
      report('request.blocked', request.url());
      return route.abort('blockedbyclient');
    }
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  #mayNot(address: string): boolean {
    let isPrevented = false;
    const event = { url: address, isMainFrame: true, preventDefault: () => (isPrevented = true) };
    this.webContents.emit('will-navigate', event);
    report('window.will-navigate', { address, isPrevented });
    return isPrevented;
  }
}

/** Ends Chromium and removes its profile. */
export async function closeBrowser(): Promise<void> {
  await context?.close();
  if (profile !== null) rmSync(profile, { recursive: true, force: true });
}

/** Chromium writes its port into its profile before it opens a page. */
function devtoolsPort(profilePath: string): number {
  return Number(readFileSync(join(profilePath, 'DevToolsActivePort'), 'utf8').split('\n', 1)[0]);
}
