/** Prints what a run came to: its JSON document, or its text with the category table. */
import type { ScorerName } from '../../shared/prediction.ts';
import type { RunSummary } from '../../shared/run.ts';
import { runText } from './output/run-text.ts';
import type { Session } from './session.ts';

export async function printRun(session: Session, run: RunSummary, scorer?: ScorerName): Promise<void> {
  if (session.json) {
    session.print(run, () => '');
    return;
  }
  const { categories } = await session.client.runs.show({ runId: run.runId, scorer });
  session.print(run, () => runText(run, categories));
}
