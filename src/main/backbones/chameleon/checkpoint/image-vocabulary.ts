/** Which ids of Chameleon's vocabulary an image is made of (transformers' ChameleonImageVocabularyMapping). */
import { malformedConfig } from '../../../checkpoint/config-checks.ts';
import { codebookIndex } from '../special-tokens.ts';

export type ImageVocabulary = Readonly<{
  /** The id of each entry of the codebook, in its order. */
  tokenIds: readonly number[];
  /** The id that fills the slots of an image in a prompt. */
  slotId: number;
}>;

const slotName = '<image>';

/**
 * From `vocabulary_map` of a `config.json`, which `file` names in failures. Fails `malformed-config` where an entry of the
 * codebook has no id, two have one, or an id lies outside the vocabulary.
 */
export function readImageVocabulary(
  file: string,
  map: Readonly<Record<string, number>>,
  { entryCount, vocabularySize }: Readonly<{ entryCount: number; vocabularySize: number }>,
): ImageVocabulary {
  const place = (name: string): string => `vocabulary_map.${name}`;
  const check = (name: string, id: number): number =>
    id < vocabularySize ? id : malformedConfig(file, place(name), `an id below vocab_size ${vocabularySize}`, `${id}`);
  const slotId = map[slotName];
  if (slotId === undefined) return malformedConfig(file, place(slotName), 'the id of an image slot', 'nothing');
  const tokenIds: number[] = [];
  const names = new Map<number, string>([[check(slotName, slotId), slotName]]);
  for (const [name, id] of Object.entries(map)) {
    const entry = codebookIndex(name);
    if (entry === null) continue;
    if (entry >= entryCount) {
      malformedConfig(file, place(name), `one of the codebook's ${entryCount} entries`, `entry ${entry}`);
    }
    const other = names.get(id);
    if (other !== undefined) malformedConfig(file, place(name), 'an id of its own', `${id}, which is ${other}'s too`);
    if (tokenIds[entry] !== undefined)
      malformedConfig(file, place(name), 'one name for each entry', `a second for ${entry}`);
    names.set(id, name);
    tokenIds[entry] = check(name, id);
  }
  for (let entry = 0; entry < entryCount; entry++) {
    if (tokenIds[entry] === undefined) {
      malformedConfig(
        file,
        'vocabulary_map',
        `an id for each of the codebook's ${entryCount} entries`,
        `none for ${entry}`,
      );
    }
  }
  return { tokenIds, slotId };
}
