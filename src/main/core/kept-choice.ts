/**
 * What `auto` was found to mean on this machine, kept beside the store: the self-tests take seconds, and every
 * command of the command line is a process of its own. Another runtime, machine or choice of drivers asks again, and
 * so does a week.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { devices } from '../../shared/run-settings.ts';
import type { OnnxDevice } from '../engine/devices.ts';

const keptSchema = z.object({
  machine: z.string(),
  device: z.enum(devices).exclude(['auto']),
  foundAt: z.number(),
});

const validMs = 7 * 24 * 3600 * 1000;

/** Environment variables that choose among drivers. */
const driverVariables = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'CUDA_VISIBLE_DEVICES'] as const;

/** @param version of the program, and with it of its runtime */
function machineKey(version: string): string {
  const drivers = driverVariables.map((name) => process.env[name] ?? '');
  return JSON.stringify([version, hostname(), process.platform, process.arch, ...drivers]);
}

/** Null where nothing fitting is kept. */
export async function readKeptChoice(path: string, version: string): Promise<OnnxDevice | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const kept = keptSchema.safeParse(text === '' ? null : parseJson(text)).data;
  if (kept === undefined || kept.machine !== machineKey(version)) return null;
  const age = Date.now() - kept.foundAt;
  return age >= 0 && age < validMs ? kept.device : null;
}

/** A folder that cannot be written is no reason not to run: it is found out again next time. */
export async function keepChoice(path: string, version: string, device: OnnxDevice): Promise<void> {
  const kept = { machine: machineKey(version), device, foundAt: Date.now() };
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(kept)}\n`);
  } catch {
    return;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
