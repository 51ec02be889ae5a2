/**
 * What `auto` was found to mean on this machine, kept beside the store: the self-tests take seconds, and every
 * command of the command line is a process of its own. Another runtime, machine or choice of drivers asks again, and
 * so does a week.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { devices } from '../../shared/run-settings.ts';
import type { OnnxDevice } from '../engine/devices.ts';
import { keepFile } from '../files/keep-file.ts';
import { isRecent, machineKey, parseKept } from './this-machine.ts';

const keptSchema = z.object({
  machine: z.string(),
  device: z.enum(devices).exclude(['auto']),
  foundAt: z.number(),
});

/** Null where nothing fitting is kept. */
export async function readKeptChoice(path: string, version: string): Promise<OnnxDevice | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const kept = keptSchema.safeParse(parseKept(text)).data;
  if (kept === undefined || kept.machine !== machineKey(version)) return null;
  return isRecent(kept.foundAt) ? kept.device : null;
}

/** A folder that cannot be written is no reason not to run: it is found out again next time. */
export async function keepChoice(path: string, version: string, device: OnnxDevice): Promise<void> {
  const kept = { machine: machineKey(version), device, foundAt: Date.now() };
  await keepFile(path, kept);
}
