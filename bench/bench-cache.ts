/** Where benchmarks keep what is large and always the same: random checkpoints. Outside the checkout. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const benchCache = join(tmpdir(), 'penumbra-bench');
