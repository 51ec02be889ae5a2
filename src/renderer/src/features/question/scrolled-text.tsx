/** Text of a model, or for one, in a box that scrolls: it may be long and of any script. */
import { Code } from '@mantine/core';
import type { ReactNode } from 'react';

export type ScrolledTextProps = Readonly<{
  /** For people who do not see the box. */
  name: string;
  maxHeight: number;
  size?: 'xs' | 'sm';
  children: ReactNode;
}>;

export function ScrolledText({ name, maxHeight, size = 'xs', children }: ScrolledTextProps) {
  return (
    <Code
      block
      fz={size}
      mah={maxHeight}
      // Whoever has no mouse scrolls it, too.
      tabIndex={0}
      role="region"
      aria-label={name}
      dir="auto"
      style={{ overflow: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
    >
      {children}
    </Code>
  );
}
