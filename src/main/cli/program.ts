/** The command line: every command with its options and help, ready to parse. */
import { Command } from 'commander';
import { programFiles } from '../core/program-files.ts';
import { addBench } from './commands/bench.ts';
import { addDatasetInspect } from './commands/dataset-inspect.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEval } from './commands/eval.ts';
import { addExport } from './commands/export.ts';
import { addModelImport } from './commands/model-import.ts';
import { addModelInspect } from './commands/model-inspect.ts';
import { addPredictionsImport } from './commands/predictions-import.ts';
import { addRunsCompare } from './commands/runs-compare.ts';
import { addRunsDelete } from './commands/runs-delete.ts';
import { addRunsList } from './commands/runs-list.ts';
import { addRunsPack } from './commands/runs-pack.ts';
import { addRunsRename } from './commands/runs-rename.ts';
import { addRunsRescore } from './commands/runs-rescore.ts';
import { addRunsResume } from './commands/runs-resume.ts';
import { addRunsShow } from './commands/runs-show.ts';
import { addRunsVerify } from './commands/runs-verify.ts';
import { addServe } from './commands/serve.ts';
import type { RunInSession } from './session.ts';

/** Builds the program; `run` is what each command's work is handed to. */
export function createProgram(run: RunInSession): Command {
  const program = new Command('penumbra')
    .description('Evaluate and look inside latent multimodal reasoning models.')
    .version(programFiles.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(--help explains the usage)')
    .exitOverride();

  const dataset = program.command('dataset').description('look at datasets');
  addDatasetInspect(dataset, run);
  const model = program.command('model').description('import models and look at them');
  addModelImport(model, run);
  addModelInspect(model, run);
  addEval(program, run);
  const predictions = program.command('predictions').description('predictions made elsewhere');
  addPredictionsImport(predictions, run);
  const runs = program.command('runs').description('runs of the store');
  addRunsList(runs, run);
  addRunsShow(runs, run);
  addRunsResume(runs, run);
  addRunsCompare(runs, run);
  addRunsRescore(runs, run);
  addRunsVerify(runs, run);
  addRunsPack(runs, run);
  addRunsRename(runs, run);
  addRunsDelete(runs, run);
  addExport(program, run);
  addDemo(program, run);
  addServe(program, run);
  addDoctor(program, run);
  addBench(program, run);

  for (const leaf of leavesOf(program)) addCommonOptions(leaf);
  return program;
}

/** Commands that do something, at any depth. */
function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

function addCommonOptions(command: Command): void {
  command
    .option('--store <file>', "store's file; default: the one in your data folder")
    .option('--json', 'print one JSON document on standard output and nothing else there');
}
