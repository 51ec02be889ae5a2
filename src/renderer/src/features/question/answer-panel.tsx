/** What the model wrote, with the claim that was read in it, how long it took, and the prompt. */
import { Anchor, Collapse, Mark, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Answer, Reading } from '../../../../shared/prediction.ts';
import { counted, milliseconds } from '../../components/numbers.ts';
import { plainText } from '../../components/plain-text.ts';
import classes from './answer-panel.module.css';
import { RemarksList } from './remarks-list.tsx';
import { ScrolledText } from './scrolled-text.tsx';

export type AnswerPanelProps = Readonly<{ answer: Answer; reading: Reading | null }>;

export function AnswerPanel({ answer, reading }: AnswerPanelProps) {
  const [promptShown, { toggle }] = useDisclosure(false);
  return (
    <>
      <RemarksList remarks={answer.trace?.remarks ?? []} namesCalls={(answer.trace?.calls.length ?? 0) > 1} />
      <ScrolledText name="Output" maxHeight={180} size="sm">
        <Output text={answer.outputText} match={reading?.match ?? null} />
      </ScrolledText>
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
            {promptShown ? 'Hide the prompt' : promptName(answer)}
          </Anchor>
          <Collapse expanded={promptShown}>
            <div style={{ paddingTop: 6 }}>
              <ScrolledText name="Prompt" maxHeight={240}>
                {plainText(answer.prompt)}
              </ScrolledText>
            </div>
          </Collapse>
        </>
      )}
    </>
  );
}

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

function describe({ arSteps, outputTokenCount, finishReason, timings, trace }: Answer): string {
  const callCount = trace?.calls.length ?? 0;
  const latent = timings === null || callCount > 0 ? '' : ` latent ${milliseconds(timings.latentMs)},`;
  const parts = [
    arSteps === null ? null : `${String(arSteps)} AR steps`,
    callCount > 1 ? `${String(callCount)} calls` : null,
    // With several calls these are the last one's.
    outputTokenCount === null || callCount > 1 ? null : counted(outputTokenCount, 'token'),
    finishReason === 'length' ? 'cut off at the token limit' : null,
    timings === null
      ? null
      : `${milliseconds(timings.totalMs)} (vision ${milliseconds(timings.visionMs)}, prefill ${milliseconds(timings.prefillMs)},${latent} decoding ${milliseconds(timings.decodeMs)})`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

const promptName = ({ trace }: Answer): string =>
  (trace?.calls.length ?? 0) > 1 ? 'Show the prompt of the last call' : 'Show the prompt';
