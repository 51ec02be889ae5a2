/** What a setting's choice is called, and what it does. */
import { interventionMeanings } from '../../../../shared/intervention-meanings.ts';
import { describeMethod, interventions, methods, type SettingName } from '../../../../shared/run-settings.ts';

const methodOf = (name: SettingName, choice: string) =>
  name === 'method' ? methods.find((known) => known === choice) : undefined;

/** Methods by their titles; other choices are called what they are on the command line. */
export function choiceText(name: SettingName, choice: string | number): string {
  const method = methodOf(name, String(choice));
  return method === undefined ? String(choice) : describeMethod(method).title;
}

/** Null where the name says it. */
export function choiceMeaning(name: SettingName, choice: string): string | null {
  const method = methodOf(name, choice);
  if (method !== undefined) return describeMethod(method).summary;
  const known = name === 'intervention' ? interventions.find((each) => each === choice) : undefined;
  return known === undefined ? null : interventionMeanings[known];
}
