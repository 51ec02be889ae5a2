/** What the model wrote, with the claim that was read in it, how long it took, and the prompt. */
import { Anchor, Code, Collapse, Mark, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Answer, Reading } from '../../../../shared/prediction.ts';
import { milliseconds } from '../../components/numbers.ts';
import { plainText } from '../../components/plain-text.ts';
import classes from './answer-panel.module.css';

export type AnswerPanelProps = Readonly<{ answer: Answer; reading: Reading | null }>;

export function AnswerPanel({ answer, reading }: AnswerPanelProps) {
  const [promptShown, { toggle }] = useDisclosure(false);
  return (
    <>
      <Code block fz="sm" mah={180} {...scrolling('Output')}>
        <Output text={answer.outputText} match={reading?.match ?? null} />
      </Code>
      <Text size="xs" c="dimmed" mt={6}>
        {describe(answer)}
      </Text>
      {answer.prompt === null ? null : (
        <>
          <Anchor
            component="button"
            type="button"
            size="xs"
            mt="xs"
            display="block"
            ta="left"
            onClick={toggle}
            aria-expanded={promptShown}
          >
            {promptShown ? 'Hide the prompt' : 'Show the prompt'}
          </Anchor>
          <Collapse expanded={promptShown}>
            <Code block fz="xs" mt={6} mah={240} {...scrolling('Prompt')}>
              {plainText(answer.prompt)}
            </Code>
          </Collapse>
        </>
      )}
    </>
  );
}

/** Model text may be long and of any script; whoever has no mouse scrolls it, too. */
const scrolling = (name: string) =>
  ({
    tabIndex: 0,
    role: 'region',
    'aria-label': name,
    dir: 'auto',
    style: { overflow: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  }) as const;

function Output({ text, match }: Readonly<{ text: string; match: Reading['match'] }>) {
  if (text === '')
    return (
      <Text span c="dimmed" inherit>
        {'(no text)'}
      </Text>
    );
  if (match === null) return plainText(text);
  return (
    <>
      {plainText(text.slice(0, match.start))}
      <Mark className={classes.claim}>{plainText(text.slice(match.start, match.end))}</Mark>
      {plainText(text.slice(match.end))}
    </>
  );
}

function describe({ arSteps, outputTokenCount, finishReason, timings }: Answer): string {
  const parts = [
    arSteps === null ? null : `${String(arSteps)} AR steps`,
    outputTokenCount === null ? null : `${String(outputTokenCount)} token${outputTokenCount === 1 ? '' : 's'}`,
    finishReason === 'length' ? 'cut off at the token limit' : null,
    timings === null
      ? null
      : `${milliseconds(timings.totalMs)} (vision ${milliseconds(timings.visionMs)}, prefill ${milliseconds(timings.prefillMs)}, latent ${milliseconds(timings.latentMs)}, decoding ${milliseconds(timings.decodeMs)})`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
