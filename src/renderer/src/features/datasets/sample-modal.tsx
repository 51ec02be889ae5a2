/** One question large: picture, text, options with the gold one. Arrow keys go to its neighbours. */
import { ActionIcon, Grid, Group, Modal, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { BrowsedSample } from '../../../../shared/contract/datasets.ts';
import { OptionsList } from '../question/options-list.tsx';
import classes from './sample-modal.module.css';

type SampleModalProps = Readonly<{
  sample: BrowsedSample | null;
  onStep: (step: 1 | -1) => void;
  onClose: () => void;
}>;

export function SampleModal({ sample, onStep, onClose }: SampleModalProps) {
  return (
    <Modal
      opened={sample !== null}
      onClose={onClose}
      size={1100}
      title={sample?.sampleId ?? ''}
      onKeyDown={({ key }) => {
        if (key === 'ArrowRight') onStep(1);
        if (key === 'ArrowLeft') onStep(-1);
      }}
    >
      {sample === null ? null : (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, sm: 7 }}>
            <div className={classes.picture}>
              {sample.imageUrl === null ? (
                <Text c="dimmed">This question has no image.</Text>
              ) : (
                <img key={sample.imageUrl} src={sample.imageUrl} alt="The question’s picture" />
              )}
            </div>
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 5 }}>
            <Text size="sm" c="dimmed" mb="xs">
              {[sample.split, sample.domain, sample.topic, sample.category].filter(Boolean).join(' / ')}
            </Text>
            <Text fw={550} mb="sm" style={{ whiteSpace: 'pre-wrap' }}>
              {sample.question}
            </Text>
            <OptionsList choices={sample.choices} goldIndex={sample.answerIndex} readIndex={null} />
            {sample.answerIndex === null ? (
              <Text size="sm" c="dimmed" mt="sm">
                The dataset gives no gold answer.
              </Text>
            ) : null}
            <Group mt="md" gap="xs">
              <ActionIcon variant="default" aria-label="Previous question" onClick={() => onStep(-1)}>
                <IconChevronLeft size={18} />
              </ActionIcon>
              <ActionIcon variant="default" aria-label="Next question" onClick={() => onStep(1)}>
                <IconChevronRight size={18} />
              </ActionIcon>
            </Group>
          </Grid.Col>
        </Grid>
      )}
    </Modal>
  );
}
