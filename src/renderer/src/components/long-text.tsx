/**
 * Text of any length and script from a dataset or a model: its beginning, and all of it when asked for, in a box that
 * scrolls, so that the page around it keeps its shape.
 */
import { Anchor, Box, Text, type TextProps } from '@mantine/core';
import { useState } from 'react';
import { count } from './numbers.ts';
import { plainText } from './plain-text.ts';

export type LongTextProps = TextProps &
  Readonly<{
    text: string;
    /** What it is, for the scrolling box: `Question`. */
    name: string;
    /** Characters that are shown at once. */
    shownLength: number;
  }>;

export function LongText({ text, name, shownLength, ...style }: LongTextProps) {
  const [isOpen, setIsOpen] = useState(false);
  const isLong = text.length > shownLength * 1.25;
  const shown = isLong && !isOpen ? `${text.slice(0, shownLength).trimEnd()}…` : text;
  return (
    <Box {...(style.mb === undefined ? {} : { mb: style.mb })}>
      <Box
        {...(isLong && isOpen
          ? { mah: '50vh', style: { overflow: 'auto' }, tabIndex: 0, role: 'region', 'aria-label': name }
          : {})}
      >
        <Text {...style} mb={0} dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {plainText(shown)}
        </Text>
      </Box>
      {isLong ? (
        <Anchor
          component="button"
          type="button"
          size="xs"
          mt={2}
          onClick={() => setIsOpen(!isOpen)}
          aria-expanded={isOpen}
        >
          {isOpen ? 'Show less' : `Show all ${count(text.length)} characters`}
        </Anchor>
      ) : null}
    </Box>
  );
}
