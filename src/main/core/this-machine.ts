/** What findings about this machine depend on: they are kept beside the store, which may move or be shared. */
import { hostname } from 'node:os';

/** Environment variables that choose among drivers. */
const driverVariables = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'CUDA_VISIBLE_DEVICES'] as const;

/** How long a finding counts: drivers and cards change. */
export const findingValidMs = 7 * 24 * 3600 * 1000;

/** @param version of the program, and with it of its runtime */
export function machineKey(version: string): string {
  const drivers = driverVariables.map((name) => process.env[name] ?? '');
  return JSON.stringify([version, hostname(), process.platform, process.arch, ...drivers]);
}

/** Whether what was found then still counts; clocks may have been set back. */
export function isRecent(foundAt: number): boolean {
  const age = Date.now() - foundAt;
  return age >= 0 && age < findingValidMs;
}

/** Null where the text is no JSON. */
export function parseKept(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
