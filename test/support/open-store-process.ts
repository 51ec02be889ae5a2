/** Opens the store named on the command line in a process of its own and prints the failure's kind, or `opened`. */
import { openStore } from '../../src/main/store/store.ts';
import { failureOf } from '../../src/shared/failure.ts';

try {
  openStore(process.argv[2] ?? '').close();
  process.stdout.write('opened');
} catch (error) {
  process.stdout.write(failureOf(error)?.kind ?? `bug: ${String(error)}`);
}
