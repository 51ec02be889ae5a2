/** `penumbra model import DIR`: makes a model that Penumbra can run out of a checkpoint. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import type { Bundle } from '../../../shared/bundle.ts';
import { precisionSchema, precisions } from '../../../shared/bundle.ts';
import type { ImportProgress } from '../../../shared/contract/models.ts';
import { examples } from '../examples.ts';
import { abortOnInterrupt } from '../interrupts.ts';
import { positiveNumber } from '../option-types.ts';
import { bundleText } from '../output/bundle-text.ts';
import { bytes, duration } from '../output/numbers.ts';
import { createProgress } from '../output/progress.ts';
import type { RunInSession, Session } from '../session.ts';

export const importRequestSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  adapter: z.string().optional(),
  out: z.string(),
  precision: precisionSchema,
  loraAlpha: z.number().optional(),
  replace: z.boolean().default(false),
});

export type ImportOutcome = Readonly<{ bundle: Bundle; seconds: number; peakMemoryBytes: number }>;

export function addModelImport(parent: Command, run: RunInSession): void {
  parent
    .command('import <dir>')
    .description(
      'import a Hugging Face checkpoint folder, optionally with a released IVT-LR model.pth or a LoRA adapter',
    )
    .requiredOption('--out <dir>', 'folder to write the model to')
    .option('--name <text>', 'what the model is called; default: its name on the Hub or its folder')
    .option('--adapter <file>', 'released model.pth, or an adapter, to use over the base folder')
    .addOption(new Option('--precision <name>', 'precision of the weights').choices(precisions).default('f32'))
    .option('--lora-alpha <x>', 'LoRA alpha where the adapter does not state it', positiveNumber)
    .option('--replace', 'replace an earlier import at --out')
    .addHelpText(
      'after',
      examples(
        'model import ./Qwen2-VL-2B-Instruct --out ./qwen2-vl-2b --precision int4',
        'model import ./Qwen2-VL-7B-Instruct --adapter ./model.pth --out ./ivtlr-7b --precision int8',
      ),
    )
    .action((source: string, given: unknown, command: Command) =>
      run(command, async (session) => {
        const options = importRequestSchema.parse(given);
        const done = await importWithProgress(session, { source, ...options });
        session.print({ path: options.out, ...done }, () =>
          [
            bundleText(options.out, done.bundle),
            '',
            `Imported in ${duration(done.seconds)}, peak memory ${bytes(done.peakMemoryBytes)}.`,
          ].join('\n'),
        );
      }),
    );
}

/** Imports with progress on standard error; an interrupt cancels and leaves nothing half-made. */
export async function importWithProgress(
  { client, interrupts }: Session,
  request: z.input<typeof importRequestSchema> & Readonly<{ source: string }>,
): Promise<ImportOutcome> {
  const progress = createProgress(bytes);
  try {
    const events = await client.models.import(request, { signal: abortOnInterrupt(interrupts) });
    for await (const event of events) {
      if (event.kind === 'done') {
        const { bundle, seconds, peakMemoryBytes } = event;
        return { bundle, seconds, peakMemoryBytes };
      }
      progress.update(
        event.progress.bytesDone,
        event.progress.bytesTotal,
        `${event.progress.phase} the checkpoint`,
        detailOf(event.progress),
      );
    }
  } finally {
    progress.stop();
  }
  throw new Error('the import ended without a result');
}

/** The bytes before it are the checkpoint's: an int4 model of a bf16 checkpoint is a third of them. */
function detailOf({ secondsLeft, modelBytes }: ImportProgress): string {
  const size = `the model takes ${bytes(modelBytes)}`;
  return secondsLeft === null ? size : `${size}, ${duration(secondsLeft)} left`;
}
