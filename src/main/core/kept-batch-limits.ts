/**
 * Batches that were too large, kept beside the store from one process to the next: by model, device and machine, for a
 * week, because what else is in the memory changes.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { devices } from '../../shared/run-settings.ts';
import { keepFile } from '../files/keep-file.ts';
import type { BatchLimits } from '../runs/batch-limits.ts';
import { isRecent, machineKey, parseKept } from './this-machine.ts';

const keptSchema = z.array(
  z.object({
    machine: z.string(),
    fingerprint: z.string(),
    device: z.enum(devices).exclude(['auto']),
    limit: z.int().min(1),
    foundAt: z.number(),
  }),
);

/** @param version of the program, and with it of its runtime */
export function createKeptBatchLimits(path: string, version: string): BatchLimits {
  const machine = machineKey(version);
  const readAll = async (): Promise<z.infer<typeof keptSchema>> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    return keptSchema.safeParse(parseKept(text)).data?.filter(({ foundAt }) => isRecent(foundAt)) ?? [];
  };
  return {
    read: async (fingerprint, device) =>
      (await readAll()).find(
        (each) => each.machine === machine && each.fingerprint === fingerprint && each.device === device,
      )?.limit ?? null,
    keep: async (fingerprint, device, limit) => {
      const others = (await readAll()).filter(
        (each) => each.machine !== machine || each.fingerprint !== fingerprint || each.device !== device,
      );
      // A folder that cannot be written is no reason not to run: it is found out again next time.
      await keepFile(path, [...others, { machine, fingerprint, device, limit, foundAt: Date.now() }]);
    },
  };
}
