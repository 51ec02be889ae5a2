/** Chooses whose attention the heat map shows: the mean over all layers (stored), or one layer (computed on demand). */
import { Anchor, Group, Loader, SegmentedControl, Slider, Text } from '@mantine/core';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';

export type LayerAttention = Readonly<{ layerCount: number; steps: readonly (readonly (readonly number[])[])[] }>;

/** Asks the engine once a layer is wanted; the answer never changes. */
export function useLayerAttention(runId: string, sampleId: string, wanted: boolean): UseQueryResult<LayerAttention> {
  return useQuery({
    ...api.questions.layerAttention.queryOptions({ input: { runId, sampleId } }),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export type LayerControlProps = Readonly<{
  layer: number | null;
  query: UseQueryResult<LayerAttention>;
  onLayer: (layer: number | null) => void;
}>;

export function LayerControl({ layer, query, onLayer }: LayerControlProps) {
  const layerCount = query.data?.layerCount ?? 0;
  return (
    <Group gap="sm" mih={30}>
      <SegmentedControl
        size="xs"
        aria-label="Layers of the heat map"
        value={layer === null ? 'mean' : 'one'}
        onChange={(value) => onLayer(value === 'mean' ? null : 0)}
        data={[
          { value: 'mean', label: 'Mean of all layers' },
          { value: 'one', label: 'One layer' },
        ]}
      />
      {layer === null ? null : query.isPending ? (
        <Group gap={6}>
          <Loader size="xs" />
          <Text size="xs" c="dimmed">
            the model reads this question again…
          </Text>
        </Group>
      ) : query.error !== null ? (
        <Group gap={6}>
          <Text size="xs" c="red">
            {failureOf(query.error).message} {failureOf(query.error).action ?? ''}
          </Text>
          <Anchor component="button" size="xs" onClick={() => void query.refetch()}>
            Try again
          </Anchor>
        </Group>
      ) : (
        <>
          <Slider
            w={220}
            size="sm"
            min={1}
            max={layerCount}
            value={layer + 1}
            onChange={(value) => onLayer(value - 1)}
            label={(value) => `layer ${String(value)}`}
            thumbLabel="Layer"
          />
          <Text size="xs" c="dimmed">
            layer {layer + 1} of {layerCount}
          </Text>
        </>
      )}
    </Group>
  );
}
