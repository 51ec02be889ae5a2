/**
 * One import in a process of its own, so that the peak memory is the import's: prints what it measured as JSON.
 *
 *   node bench/import/import-child.ts CHECKPOINT OUT PRECISION
 */
import { importModel } from '../../src/main/import/import-model.ts';
import { precisionSchema } from '../../src/shared/bundle.ts';
import { z } from 'zod';

export const importMeasurementSchema = z.object({
  seconds: z.number(),
  sourceBytes: z.number(),
  bundleBytes: z.number(),
  /** Of all threads of the process, user and system: what a busy machine does not change. */
  cpuSeconds: z.number(),
  /** Largest resident set of the process, the runtime's own share included. */
  peakMemoryBytes: z.number(),
});
export type ImportMeasurement = z.infer<typeof importMeasurementSchema>;

if (import.meta.main) {
  const [source = '', out = '', precision] = process.argv.slice(2);
  const before = process.cpuUsage();
  const { bundle, seconds, peakMemoryBytes } = await importModel(
    { source, out, precision: precisionSchema.parse(precision), replace: true },
    { onProgress: () => undefined, signal: new AbortController().signal },
  );
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  const sourceBytes = bundle.sources.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const measured: ImportMeasurement = {
    seconds,
    sourceBytes,
    bundleBytes: bundle.sizeBytes,
    cpuSeconds,
    peakMemoryBytes,
  };
  process.stdout.write(JSON.stringify(measured));
}
