/** One question: its picture with the patches of each latent step, and beside it what was asked and answered. */
import { Anchor, Breadcrumbs, Button, Card, Grid, Group, Stack, Text } from '@mantine/core';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import type { RunSummary } from '../../../../shared/run.ts';
import { client } from '../../api/client.ts';
import { QueryGate } from '../../components/query-gate.tsx';
import { formatRoute } from '../../routing/route.ts';
import { navigate } from '../../routing/use-route.ts';
import { runTitle } from '../run/run-title.ts';
import { PicturePanel } from './picture-panel.tsx';
import { QuestionText } from './question-text.tsx';

export type QuestionPageProps = Readonly<{
  runId: string;
  sampleId: string;
  where: readonly string[];
  stepIndex: number | null;
}>;

const questionQuery = (runId: string, sampleId: string, where: readonly string[]) =>
  queryOptions({
    queryKey: ['question', runId, sampleId, where],
    queryFn: () => client.questions.get({ runId, sampleId, where: [...where] }),
  });

/** Has the next question and its picture ready before it is asked for. */
function usePrefetchedQuestion(runId: string, sampleId: string | null, where: readonly string[]): void {
  const { data } = useQuery({ ...questionQuery(runId, sampleId ?? '', where), enabled: sampleId !== null });
  const imageUrl = data?.imageUrl ?? null;
  useEffect(() => {
    if (imageUrl !== null) new Image().src = imageUrl;
  }, [imageUrl]);
}

export default function QuestionPage({ runId, sampleId, where, stepIndex }: QuestionPageProps) {
  const question = useQuery({ ...questionQuery(runId, sampleId, where), placeholderData: keepPreviousData });
  usePrefetchedQuestion(runId, question.data?.nextSampleId ?? null, where);
  const run = useQuery({ queryKey: ['run', runId], queryFn: () => client.runs.show({ runId }) });
  const goTo = (id: string | null): void => {
    if (id !== null) navigate({ page: 'question', runId, sampleId: id, where, sort: null, scorer: null, stepIndex });
  };
  return (
    <QueryGate query={question}>
      {(detail) => (
        <Stack gap="sm" px="lg" py="sm">
          <Head detail={detail} run={run.data?.run ?? null} runId={runId} where={where} goTo={goTo} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 7, xl: 8 }}>
              <Card withBorder padding="md">
                <PicturePanel
                  key={detail.sample.sampleId}
                  detail={detail}
                  stepIndex={stepIndex}
                  onStep={(next) =>
                    navigate(
                      { page: 'question', runId, sampleId, where, sort: null, scorer: null, stepIndex: next },
                      { replace: true },
                    )
                  }
                  onNext={() => goTo(detail.nextSampleId)}
                  onPrevious={() => goTo(detail.previousSampleId)}
                />
              </Card>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5, xl: 4 }}>
              <QuestionText
                detail={detail}
                scorer={run.data?.run.scorer ?? null}
                stepIndex={stepIndex}
                onStep={(next) =>
                  navigate(
                    { page: 'question', runId, sampleId, where, sort: null, scorer: null, stepIndex: next },
                    { replace: true },
                  )
                }
              />
            </Grid.Col>
          </Grid>
        </Stack>
      )}
    </QueryGate>
  );
}

type HeadProps = Readonly<{
  detail: QuestionDetail;
  run: RunSummary | null;
  runId: string;
  where: readonly string[];
  goTo: (sampleId: string | null) => void;
}>;

function Head({ detail, run, runId, where, goTo }: HeadProps) {
  return (
    <Group justify="space-between">
      <Breadcrumbs>
        <Anchor href={formatRoute({ page: 'runs' })} size="sm">
          Runs
        </Anchor>
        <Anchor
          href={formatRoute({ page: 'questions', runId, shape: 'table', where, sort: null, scorer: null })}
          size="sm"
        >
          {run === null ? runId : runTitle(run)}
        </Anchor>
        <Text size="sm" fw={600}>
          {detail.sample.sampleId}
        </Text>
      </Breadcrumbs>
      <Group gap="xs">
        {where.length === 0 ? null : (
          <Text size="xs" c="dimmed">
            among {where.join(' ')}
          </Text>
        )}
        <Button
          size="compact-sm"
          variant="default"
          disabled={detail.previousSampleId === null}
          onClick={() => goTo(detail.previousSampleId)}
          title="k or ←"
        >
          ← Previous
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={detail.nextSampleId === null}
          onClick={() => goTo(detail.nextSampleId)}
          title="j or →"
        >
          Next →
        </Button>
      </Group>
    </Group>
  );
}
