/** How far a run is: a bar, questions a second, time left, accuracy so far. Gone once the run has finished. */
import { Group, Progress, Text } from '@mantine/core';
import { questionsDone, type RunEvent, type RunSummary } from '../../../../shared/run.ts';
import { answeredCount } from '../../api/run-progress.ts';
import { count, counted, duration, percent } from '../../components/numbers.ts';

export type RunProgressBarProps = Readonly<{
  run: RunSummary;
  /** The latest event, also of a run that has ended by it. */
  heard: RunEvent | null;
}>;

export function RunProgressBar({ run, heard }: RunProgressBarProps) {
  if (run.status === 'finished') return null;
  const done = answeredCount(run, heard);
  const isAhead = heard !== null && heard.done >= questionsDone(run);
  const soFar = isAhead ? heard.correct / heard.done : run.accuracy;
  const progress = run.status === 'running' && heard?.status === 'running' ? heard : null;
  const fraction = run.planned === 0 ? 0 : done / run.planned;
  const speed = progress?.questionsPerSecond ?? null;
  const secondsLeft = progress?.secondsLeft ?? null;
  const parts = [
    progress === null || progress.phase === 'answering' ? null : phaseText(progress.phase),
    speed === null ? null : `${speed.toFixed(2)} questions/s`,
    secondsLeft === null ? null : `${duration(secondsLeft)} left`,
    done === 0 ? null : `accuracy so far ${percent(soFar)} by ${run.scorer}`,
  ].filter((part) => part !== null);
  const text = `${count(done)} of ${counted(run.planned, 'question')}`;
  return (
    <div>
      <Progress
        value={100 * fraction}
        size="md"
        striped={run.status === 'running'}
        animated={run.status === 'running'}
        color={run.status === 'running' ? 'violet' : 'gray'}
        aria-label={`Answered: ${text}`}
      />
      <Group justify="space-between" mt={4} gap="md">
        <Text size="sm" fw={550}>
          {text}
        </Text>
        <Text size="sm" c="dimmed">
          {parts.join(' · ')}
        </Text>
      </Group>
    </div>
  );
}

function phaseText(phase: string): string {
  return phase === 'waiting' ? 'waiting for the run before it' : phase;
}
