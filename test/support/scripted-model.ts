/**
 * A loaded model that says given texts: its decoder reads everything as ever, and the logits of each generation are those
 * of a script instead of the head's. What random weights would never write (a tool call, JSON) can so be tried.
 */
import { argmax } from '../../src/main/engine/generate.ts';
import type { LanguageModel } from '../../src/main/engine/language-model.ts';

/** `texts`: what the model says in its first, second, … generation, of one question after the other. */
export function scriptedModel(model: LanguageModel, texts: readonly string[]): LanguageModel {
  const [end = 0] = model.bundle.specialTokens.endOfSequence;
  const scripts = texts.map((text) => [...model.tokenizer.encode(text), end]);
  let generation = 0;
  let next = 0;
  return new Proxy(model, {
    get: (target, name) => {
      if (name !== 'logits') {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (hidden: readonly Float32Array[]): Promise<Float32Array[]> => {
        if (hidden.length !== 1) throw new Error('a scripted model answers one question at a time');
        const token = scripts[generation]?.[next];
        if (token === undefined) throw new Error(`no text for generation ${generation}`);
        next += 1;
        if (token === end) {
          generation += 1;
          next = 0;
        }
        const logits = new Float32Array(target.bundle.text.vocabularySize);
        logits[token] = 1;
        if (argmax(logits) !== token) throw new Error('the token is not the likeliest');
        return await Promise.resolve([logits]);
      };
    },
  });
}
