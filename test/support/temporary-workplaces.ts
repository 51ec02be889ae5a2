/** Workplaces of a test file, each in a folder of its own; closed after the test that made them. */
import { afterEach } from 'vitest';
import { createWorkplace, type Workplace } from './run-workplace.ts';
import type { SmallDatasetOptions } from './small-dataset.ts';
import { temporaryFolders } from './temp-folder.ts';

/** Registers the closing after each test of the file that calls it; the result takes a number of questions, or options. */
export function temporaryWorkplaces(): (questions: number | SmallDatasetOptions) => Promise<Workplace> {
  const newFolder = temporaryFolders();
  const workplaces: Workplace[] = [];
  afterEach(async () => {
    for (const workplace of workplaces.splice(0)) await workplace.closeAll();
  });
  return async (questions) => {
    const options = typeof questions === 'number' ? { questionCount: questions } : questions;
    const workplace = createWorkplace(await newFolder(), options);
    workplaces.push(workplace);
    return workplace;
  };
}
