/**
 * What no window may do, whatever a page tries: leave the program's own pages, open windows, use devices, or speak to
 * main from a foreign frame. Follows Electron's security checklist; asserted by test/e2e/desktop/security.e2e.ts.
 */
import { app, shell, type Session, type WebContents, type WebPreferences } from 'electron';
import { isOwnAddress, mayOpenOutside } from './addresses.ts';

export const webPreferences = (preload: string): WebPreferences => ({
  preload,
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

/** Copying text (failures, commands) is the one thing that pages may ask for. */
const allowedPermission = 'clipboard-sanitized-write';

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(permission === allowedPermission && isOwnAddress(contents.getURL())),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => {
    return permission === allowedPermission && isOwnAddress(origin);
  });
  session.setDevicePermissionHandler(() => false);
}

/** Holds for every web contents that is ever made. */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

function guard(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** Whether a message comes from the page itself: its own address, and no frame inside it. */
export function isOwnSender(
  event: Readonly<{ senderFrame: Readonly<{ url: string; parent: unknown }> | null }>,
): boolean {
  return event.senderFrame !== null && event.senderFrame.parent === null && isOwnAddress(event.senderFrame.url);
}
