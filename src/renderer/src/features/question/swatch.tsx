/** A little square of a colour beside what it stands for. */
import { Box } from '@mantine/core';

export function Swatch({ colour }: Readonly<{ colour: string }>) {
  return <Box component="span" display="inline-block" w={9} h={9} mr={2} bg={colour} style={{ borderRadius: 2 }} />;
}
