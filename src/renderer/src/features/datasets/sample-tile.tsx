/** A question in the gallery: its picture, loaded when it comes into view, and the first words. */
import { Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { BrowsedSample } from '../../../../shared/contract/datasets.ts';
import classes from './sample-gallery.module.css';

export function SampleTile({ sample, onOpen }: Readonly<{ sample: BrowsedSample; onOpen: () => void }>) {
  const { imageUrl, question, topic, domain } = sample;
  const [failed, setFailed] = useState(false);
  const missing = imageUrl === null ? 'no image' : failed ? 'the image cannot be shown' : null;
  return (
    <UnstyledButton className={classes.tile} onClick={onOpen}>
      <span className={classes.picture}>
        {missing === null ? (
          <img
            src={`${imageUrl ?? ''}?size=256`}
            alt=""
            loading="lazy"
            decoding="async"
            onError={() => setFailed(true)}
          />
        ) : (
          <Text size="xs" c="dimmed">
            {missing}
          </Text>
        )}
      </span>
      <span className={classes.caption}>
        <Text size="sm" lineClamp={2} component="span">
          {question === '' ? '(no question text)' : question}
        </Text>
        <Text size="xs" c="dimmed" truncate component="span" display="block" mt={2}>
          {topic === '' ? domain : topic}
        </Text>
      </span>
    </UnstyledButton>
  );
}
