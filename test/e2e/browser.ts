/** The Chromium of this machine, started so that it talks to nobody but the server under test. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of the browser. Fails with what to install or set where there is none. */
export function chromiumProgram(): string {
  const program = process.env['PENUMBRA_CHROMIUM'] ?? places.find((place) => existsSync(place));
  if (program === undefined) {
    throw new Error('These tests need Chromium: install it, or set PENUMBRA_CHROMIUM to its program.');
  }
  return program;
}

/** Starts it with a fresh profile. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumProgram(), args: quiet });
}

/** Where the screenshots of a test run go; printed once, so that a person can look at them. */
export const screenshotFolder =
  process.env['PENUMBRA_SCREENSHOTS'] ?? mkdtempSync(join(tmpdir(), 'penumbra-screenshots-'));
