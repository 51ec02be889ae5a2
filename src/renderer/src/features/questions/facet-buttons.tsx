/** A field's values with their counts; each is a switch of the filter. */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { count } from '../../components/numbers.ts';
import classes from './facet-buttons.module.css';

export type FacetOption = Readonly<{ value: string; label: ReactNode; count: number | null }>;

export type FacetButtonsProps = Readonly<{
  title: string;
  options: readonly FacetOption[];
  chosen: readonly string[];
  onToggle: (value: string) => void;
  /** Small ones side by side (letters), or one a line. */
  layout: 'lines' | 'inline';
}>;

export function FacetButtons({ title, options, chosen, onToggle, layout }: FacetButtonsProps) {
  if (options.length === 0) return null;
  return (
    <div role="group" aria-label={title}>
      <Text size="xs" fw={600} c="dimmed" mb={4} component="h2">
        {title}
      </Text>
      <div className={classes[layout]}>
        {options.map(({ value, label, count: n }) => (
          <button
            key={value}
            type="button"
            className={classes.option}
            aria-pressed={chosen.includes(value)}
            onClick={() => onToggle(value)}
          >
            <span className={classes.label}>{label}</span>
            {n === null ? null : <span className={classes.count}>{count(n)}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}
