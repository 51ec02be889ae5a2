/** What the services share. Parts that hold resources open on first use. */
import type { OpenParts } from '../core.ts';

export type ServiceParts = Readonly<{ open: () => Promise<OpenParts>; storePath: string }>;
