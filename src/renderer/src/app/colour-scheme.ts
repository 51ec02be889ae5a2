/** Light, dark or the system's own: remembered with the other preferences, and followed when another window changes it. */
import type { MantineColorSchemeManager } from '@mantine/core';
import { z } from 'zod';
import { knownPreferences, writePreference } from '../api/preferences.ts';
import { queryClient } from '../api/query-client.ts';

const name = 'colour-scheme';
const schemeSchema = z.enum(['light', 'dark', 'auto']).catch('auto');

const current = () => schemeSchema.parse(knownPreferences()[name]);
let stopFollowing: () => void = () => undefined;

export const colourSchemes: MantineColorSchemeManager = {
  get: current,
  set: (scheme) => writePreference(name, scheme),
  subscribe: (onUpdate) => {
    let last = current();
    stopFollowing = queryClient.getQueryCache().subscribe(() => {
      const scheme = current();
      if (scheme === last) return;
      last = scheme;
      onUpdate(scheme);
    });
  },
  unsubscribe: () => stopFollowing(),
  clear: () => writePreference(name, undefined),
};
