/** What a method is called on the pages; one that this version does not know keeps its name. */
import { describeMethod, methods } from '../../../../shared/run-settings.ts';

export function methodTitle(name: string): string {
  const known = methods.find((method) => method === name);
  return known === undefined ? name : describeMethod(known).title;
}
