/** What a run is made of: dataset, model and settings, in one quiet line each. */
import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { restartText } from '../../../../shared/engine-restarts.ts';
import { describeMethod, type RunSettings } from '../../../../shared/run-settings.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { count, dateTime } from '../../components/numbers.ts';
import { PathText } from '../../components/path-text.tsx';

export function RunNotes({ run }: Readonly<{ run: RunSummary }>) {
  const { settings } = run;
  const method = settings === null ? null : describeMethod(settings.method);
  const notes: readonly (readonly [string, ReactNode])[] = [
    ['Model', run.modelName],
    ['Dataset', run.datasetName === null ? null : <DatasetNote run={run} key="dataset" />],
    ['Split', run.split],
    ['Filter', run.where.length === 0 ? null : run.where.join(' ')],
    ['Method', method?.title ?? null],
    [
      'Steps',
      settings !== null && method?.isLatent === true
        ? `N = ${String(settings.latentSteps)}, K = ${String(settings.patchesPerStep)}`
        : null,
    ],
    ['Prompt', settings === null ? null : settings.promptFormat],
    ['Sampling', settings === null || settings.temperature === 0 ? null : samplingText(settings)],
    ['Token limit', settings === null ? null : count(settings.maxTokens)],
    ['Intervention', settings === null || settings.intervention === 'none' ? null : settings.intervention],
    ['Engine restarts', restartsNote(run)],
    ['Licence', run.licence],
    ['Created', dateTime(run.createdAt)],
  ];
  return (
    <Group gap="4px 20px">
      {notes.map(([name, value]) =>
        value === null ? null : (
          <Text size="sm" key={name}>
            <Text span c="dimmed" inherit>
              {name}{' '}
            </Text>
            {value}
          </Text>
        ),
      )}
    </Group>
  );
}

function samplingText({ temperature, topP, repetitionPenalty, seed }: RunSettings): string {
  const parts = [
    `temperature ${String(temperature)}`,
    ...(topP === 1 ? [] : [`top-p ${String(topP)}`]),
    ...(repetitionPenalty === 1 ? [] : [`repetition penalty ${String(repetitionPenalty)}`]),
    `seed ${String(seed)}`,
  ];
  return parts.join(', ');
}

/** How many, and the last one; the manifest has more of them. */
function restartsNote({ engineRestarts }: RunSummary): string | null {
  const last = engineRestarts?.last.at(-1);
  if (engineRestarts === undefined || last === undefined) return null;
  return `${count(engineRestarts.count)}, the last at ${dateTime(last.at)}, ${restartText(last)}`;
}

/** Its name, and its folder where the name is another. */
function DatasetNote({ run: { datasetName, datasetPath } }: Readonly<{ run: RunSummary }>) {
  if (datasetPath === null || datasetPath.endsWith(datasetName ?? '')) return <PathText path={datasetPath ?? ''} />;
  return (
    <>
      {datasetName}{' '}
      <Text span inherit c="dimmed">
        (<PathText path={datasetPath} />)
      </Text>
    </>
  );
}
