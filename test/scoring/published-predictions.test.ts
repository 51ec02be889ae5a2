/** M3CoT's published predictions, scored by its own rule, give the counts that its own program gives. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { m3cotScorer } from '../../src/main/scoring/m3cot.ts';

const folder = new URL('../../../shared/data/m3cot-predictions/', import.meta.url);

const rowSchema = z.object({
  choices: z.array(z.string()).default([]),
  answer: z.string(),
  domain: z.string(),
  messages: z.array(z.string()),
});
const countsSchema = z.object({
  total: z.int(),
  science: z.int(),
  commonsense: z.int(),
  mathematics: z.int(),
  rules_fired: z.record(z.string(), z.int()).optional(),
});

function score(file: string) {
  const domains: Record<string, number> = {};
  const rules: Record<string, number> = {};
  for (const line of readFileSync(new URL(file, folder), 'utf8').trim().split('\n')) {
    const { choices, answer, domain, messages } = rowSchema.parse(JSON.parse(line));
    const outputText = messages.at(-1) ?? '';
    const answerIndex = answer.charCodeAt(0) - 65;
    const { correct, rule } = m3cotScorer.score({ outputText, messages, prompt: null, choices, answerIndex });
    const ruleName = rule.replaceAll('-', '_');
    rules[ruleName] = (rules[ruleName] ?? 0) + 1;
    domains[domain] = (domains[domain] ?? 0) + (correct ? 1 : 0);
  }
  return { domains, rules };
}

// The files are M3CoT's and not shipped here: they lie beside the checkout where this project is developed.
describe.skipIf(!existsSync(folder))(
  'published predictions (skipped where the files are not beside the checkout)',
  () => {
    it.each(['llava-13b_cot.jsonl', 'llava-7b_direct.jsonl'])('%s', (file) => {
      const all = z
        .record(z.string(), z.unknown())
        .parse(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));
      const { total, rules_fired: rulesFired, ...expected } = countsSchema.parse(all[file]);
      const { domains, rules } = score(file);
      expect(domains).toEqual(expected);
      expect(Object.values(domains).reduce((sum, count) => sum + count, 0)).toBe(total);
      if (rulesFired !== undefined) expect(rules).toEqual(rulesFired);
    });
  },
);
