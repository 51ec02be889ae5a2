/** Weight sources made of others: shards put together, tensors renamed, tensors replaced. They own what they view. */
import { fail } from '../../shared/failure.ts';
import { tensorForRead, type TensorInfo, type WeightSource } from './weight-source.ts';

/** All tensors of several sources. Fails `malformed-checkpoint` when two hold a tensor of the same name. */
export function combineSources(sources: readonly WeightSource[]): WeightSource {
  const homes = new Map<string, WeightSource>();
  const tensors = new Map<string, TensorInfo>();
  for (const source of sources) {
    for (const [name, tensor] of source.tensors) {
      const other = tensors.get(name);
      if (other !== undefined) {
        fail('malformed-checkpoint', `The tensor ${name} lies in two files.`, {
          file: tensor.file,
          place: `tensor ${name}`,
          found: `also in ${other.file}`,
        });
      }
      homes.set(name, source);
      tensors.set(name, tensor);
    }
  }
  return readingFrom(sources, tensors, (name) => ({ source: homes.get(name), stored: name }));
}

/**
 * The tensors of a source under other names; those that `storedNames` leaves out are hidden.
 *
 * @param storedNames new name -> name in `source`
 */
export function renameTensors(source: WeightSource, storedNames: ReadonlyMap<string, string>): WeightSource {
  const tensors = new Map<string, TensorInfo>();
  for (const [name, stored] of storedNames) tensors.set(name, { ...tensorForRead(source, stored, 0, 0), name });
  return readingFrom([source], tensors, (name) => ({ source, stored: storedNames.get(name) ?? name }));
}

/** The tensors of `base`, those that `over` has too taken from there, and those that only `over` has. */
export function overlaySources(base: WeightSource, over: WeightSource): WeightSource {
  const tensors = new Map([...base.tensors, ...over.tensors]);
  return readingFrom([base, over], tensors, (name) => ({
    source: over.tensors.has(name) ? over : base,
    stored: name,
  }));
}

function readingFrom(
  sources: readonly WeightSource[],
  tensors: ReadonlyMap<string, TensorInfo>,
  locate: (name: string) => { source: WeightSource | undefined; stored: string },
): WeightSource {
  return {
    files: [...new Set(sources.flatMap((source) => source.files))],
    tensors,
    read(name, startElement, elementCount, into) {
      tensorForRead({ tensors }, name, startElement, elementCount);
      const { source, stored } = locate(name);
      if (source === undefined) throw new RangeError(`no source for ${name}`);
      return source.read(stored, startElement, elementCount, into);
    },
    async close() {
      for (const source of sources) await source.close();
    },
  };
}
