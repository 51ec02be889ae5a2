/** A path on the core's machine, with the home folder as `~`; the whole path on hover. */
import { Text, type TextProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/queries.ts';
import { shortPath } from './short-path.ts';

export type PathTextProps = TextProps & Readonly<{ path: string }>;

export function PathText({ path, ...props }: PathTextProps) {
  const { data } = useQuery({ ...api.system.info.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  return (
    <Text span inherit title={path} style={{ overflowWrap: 'anywhere' }} {...props}>
      {shortPath(path, data?.homeFolder ?? null)}
    </Text>
  );
}
