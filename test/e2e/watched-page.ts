/** A page whose complaints are kept: an error or a warning on the console fails the test that caused it. */
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { waitMs } from './patience.ts';

export type WatchedPage = Readonly<{
  page: Page;
  /** Complaints that match are expected: a killed server's lost connections. */
  tolerate: (pattern: RegExp) => void;
  /** Closes the page; fails the test where the page complained. */
  close: () => Promise<void>;
}>;

export type PageOptions = Readonly<{ width?: number; height?: number; colorScheme?: 'light' | 'dark' }>;

/** A page with a profile of its own, as at a first visit. */
export async function openWatchedPage(
  browser: Browser,
  { width = 1280, height = 800, colorScheme = 'light' }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  const complaints: string[] = [];
  const tolerated: RegExp[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    page,
    tolerate: (pattern) => void tolerated.push(pattern),
    close: async () => {
      await context.close();
      expect(complaints.filter((text) => !tolerated.some((pattern) => pattern.test(text)))).toEqual([]);
    },
  };
}
