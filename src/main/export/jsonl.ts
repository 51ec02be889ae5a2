/**
 * A question as a line in the shape that M3CoT publishes predictions in, so that its own tools (and this
 * program's import) read it: `{id, choices, answer, domain, topic, messages: [prompt, output, …]}`. Methods that reason
 * in words add what their trace has of it: `calls`, `regions`, `remarks`.
 */
import { choiceLetter } from '../../shared/sample.ts';
import type { ExportQuestion } from './export-question.ts';

/** One line, ended. A failed question has an empty output and says why in `failure`. */
export function jsonLine({ sample, prediction }: ExportQuestion): string {
  const answer = prediction.status === 'answered' ? prediction.answer : null;
  const trace = answer?.trace ?? null;
  const line = {
    id: sample.sampleId,
    choices: sample.choices,
    ...(sample.answerIndex === null ? {} : { answer: choiceLetter(sample.answerIndex) }),
    domain: sample.domain,
    topic: sample.topic,
    category: sample.category,
    messages: answer?.messages ?? [answer?.prompt ?? sample.question, answer?.outputText ?? ''],
    ...(trace === null || trace.calls.length === 0
      ? {}
      : { calls: trace.calls, regions: trace.regions, remarks: trace.remarks }),
    ...(prediction.status === 'failed' ? { failure: prediction.failure } : {}),
  };
  return `${JSON.stringify(line)}\n`;
}
