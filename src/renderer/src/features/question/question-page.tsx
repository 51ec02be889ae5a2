/** One question of a run: its picture with the patches of each latent step, and everything known about its answer. */
import { Card, Grid, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Probe, QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { api } from '../../api/queries.ts';
import { useWaitingKeys } from '../../app/key-presses.ts';
import { useExportCommand } from '../../app/export-command.ts';
import { count } from '../../components/numbers.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import type { Route } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { ExportDialog, type ExportScope } from '../export/export-dialog.tsx';
import { scorerOf } from '../run/use-run.ts';
import { changeOfClick, type PatchChoices } from './patch-choices.ts';
import { PicturePanel } from './picture-panel.tsx';
import { QuestionAside } from './question-aside.tsx';
import { QuestionAspects } from './question-aspects.tsx';
import { QuestionHead } from './question-head.tsx';

export type QuestionRoute = Extract<Route, { page: 'question' }>;

const questionOptions = ({ runId, where, sort, scorer }: QuestionRoute, sampleId: string) => {
  const by = scorerOf(scorer);
  return api.questions.get.queryOptions({
    input: {
      runId,
      sampleId,
      where: [...where],
      ...(sort === null ? {} : { sort }),
      ...(by === null ? {} : { scorer: by }),
    },
  });
};

/** Has the next question and its picture ready before it is asked for. */
function usePrefetchedQuestion(route: QuestionRoute, sampleId: string | null): void {
  const { data } = useQuery({ ...questionOptions(route, sampleId ?? ''), enabled: sampleId !== null });
  const imageUrl = data?.imageUrl ?? null;
  useEffect(() => {
    if (imageUrl !== null) new Image().src = imageUrl;
  }, [imageUrl]);
}

export default function QuestionPage(route: QuestionRoute) {
  const question = useQuery({ ...questionOptions(route, route.sampleId), placeholderData: keepPreviousData });
  // The question before is still shown: what is pressed is meant for the one that comes.
  useWaitingKeys('page', question.isPlaceholderData);
  usePrefetchedQuestion(route, question.data?.nextSampleId ?? null);
  const run = useQuery(api.runs.show.queryOptions({ input: { runId: route.runId } })).data?.run ?? null;
  const [exporting, setExporting] = useState(false);
  const exportQuestion = (): void => setExporting(true);
  return (
    <QueryGate query={question}>
      {(detail) => (
        <Stack gap="sm" px="lg" py="sm">
          {/* One for all questions: a button that has the focus keeps it. */}
          <QuestionHead route={route} detail={detail} run={run} onExport={exportQuestion} />
          {/* Keyed: what is being tried belongs to one question. */}
          <Question
            key={detail.sample.sampleId}
            route={route}
            detail={detail}
            run={run}
            exportQuestion={exportQuestion}
          />
          {exporting ? (
            <ExportDialog
              runId={route.runId}
              scorer={scorerOf(route.scorer)}
              scopes={exportScopes(route, detail)}
              onClose={() => setExporting(false)}
            />
          ) : null}
        </Stack>
      )}
    </QueryGate>
  );
}

type QuestionProps = Readonly<{
  route: QuestionRoute;
  detail: QuestionDetail;
  run: RunSummary | null;
  exportQuestion: () => void;
}>;

function Question({ route, detail, run, exportQuestion }: QuestionProps) {
  useExportCommand(exportQuestion);
  const [probe, setProbe] = useState<Probe | null>(null);
  const [trying, setTrying] = useState(false);
  const [choices, setChoices] = useState<PatchChoices>([]);
  const { stepIndex } = route;
  const goTo = (sampleId: string | null): void => {
    if (sampleId !== null) navigate({ ...route, sampleId });
  };
  const showStep = (next: number | null): void => {
    // While the next question is read, this one's steps (playing, perhaps) must not lead back to it.
    if (detail.sample.sampleId === route.sampleId) navigate({ ...route, stepIndex: next }, { replace: true });
  };
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 7, xl: 8 }}>
        <Card withBorder padding="md">
          <PicturePanel
            detail={detail}
            runId={route.runId}
            run={run}
            probe={probe}
            stepIndex={stepIndex}
            choices={trying ? choices : null}
            onStep={showStep}
            onNext={() => goTo(detail.nextSampleId)}
            onPrevious={() => goTo(detail.previousSampleId)}
            onUp={() => navigate({ ...route, page: 'questions', shape: 'table' })}
            onTry={() => setTrying(!trying)}
            onExport={exportQuestion}
            onCloseProbe={() => setProbe(null)}
            onPatch={(slot) => setChoices((known) => changeOfClick(known, stepIndex ?? 0, slot))}
          />
        </Card>
        <Card withBorder padding="md" pt="xs" mt="md">
          <QuestionAspects
            detail={detail}
            run={run}
            stepIndex={stepIndex}
            onStep={showStep}
            trying={trying}
            onTrying={setTrying}
            choices={choices}
            onChoices={setChoices}
            probe={probe}
            onProbe={setProbe}
          />
        </Card>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5, xl: 4 }}>
        <QuestionAside detail={detail} run={run} scorer={scorerOf(route.scorer) ?? run?.scorer ?? null} />
      </Grid.Col>
    </Grid>
  );
}

/** This question, and the list that it was opened from. */
function exportScopes({ where }: QuestionRoute, { sample, total }: QuestionDetail): ExportScope[] {
  return [
    { label: 'this question', where: [`sample=${sample.sampleId}`], count: 1 },
    {
      label: where.length === 0 ? `all ${count(total)} of the run` : `all ${count(total)} of the filter`,
      where,
      count: total,
    },
  ];
}
