/**
 * The names that a family's weights go by. Wrappers add prefixes (data parallelism `module.`, the released IVT-LR class
 * `base_causallm.`, peft `base_model.model.`); what is left is the family's to know.
 */
import { fail } from '../../shared/failure.ts';
import { renameTensors } from './source-views.ts';
import type { WeightSource } from './weight-source.ts';

/** The canonical name of a stored one without wrappers, or `undefined` if no model of the family has it. */
export type CanonicalName = (name: string) => string | undefined;

export type MappedNames = Readonly<{
  /** The same tensors under canonical names (adapter parts keep their endings, such as `.lora_A.default.weight`). */
  source: WeightSource;
  /** Whether the names come from the released IVT-LR class: a model trained with latent steps. */
  released: boolean;
  /** Stored names that are no part of such a model. */
  unknown: readonly string[];
}>;

const wrapperPrefixes = ['module.', 'base_causallm.', 'base_model.model.'] as const;

/** An alias of the token embeddings that the released class saves too. */
const embeddingAlias = /^(?:module\.)?embedding\.weight$/;

export function withoutWrappers(stored: string): string {
  return wrapperPrefixes.reduce((name, prefix) => (name.startsWith(prefix) ? name.slice(prefix.length) : name), stored);
}

/**
 * The tensors of a checkpoint under canonical names. Fails `malformed-checkpoint` when two stored tensors are the same one
 * (a mixture of layouts).
 */
export function mapNames(source: WeightSource, canonicalName: CanonicalName): MappedNames {
  const storedNames = new Map<string, string>();
  const unknown: string[] = [];
  for (const [stored, tensor] of source.tensors) {
    const canonical = canonicalName(withoutWrappers(stored));
    if (canonical === undefined) {
      if (!embeddingAlias.test(stored)) unknown.push(stored);
      continue;
    }
    const other = storedNames.get(canonical);
    if (other !== undefined) {
      fail('malformed-checkpoint', `Two tensors are both ${canonical}.`, {
        file: tensor.file,
        place: `tensor ${stored}`,
        found: `also ${other}`,
      });
    }
    storedNames.set(canonical, stored);
  }
  return {
    source: renameTensors(source, storedNames),
    released: [...storedNames.values()].some((name) => /^(?:module\.)?base_causallm\./.test(name)),
    unknown,
  };
}
