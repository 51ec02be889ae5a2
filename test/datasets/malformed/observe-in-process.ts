/** Observes one dataset in a process of its own (another user's, for permissions) and prints what came of it. */
import { observeDataset } from './observed-failures.ts';

const [path = '', from] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await observeDataset(path, from === 'image' ? 'image' : undefined)));
