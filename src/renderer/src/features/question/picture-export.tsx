/** Saves the picture with what is drawn over it, at the picture's own size. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPhotoDown } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { failureOf } from '../../api/client.ts';
import { download } from '../../api/download.ts';
import { api } from '../../api/queries.ts';

export type PictureExportProps = Readonly<{
  runId: string;
  sampleId: string;
  stepIndex: number | null;
  view: 'selected' | 'attention';
}>;

export function PictureExport({ runId, sampleId, stepIndex, view }: PictureExportProps) {
  const picture = useMutation(
    api.exports.picture.mutationOptions({
      onSuccess: ({ url, fileName }) => download(url, fileName),
      onError: (error) =>
        notifications.show({ color: 'red', title: 'The picture was not saved', message: failureOf(error).message }),
    }),
  );
  return (
    <Tooltip label="Save the picture with its overlay (PNG)">
      <ActionIcon
        variant="default"
        size={30}
        loading={picture.isPending}
        aria-label="Save the picture with its overlay as PNG"
        onClick={() =>
          picture.mutate({ runId, sampleId, stepIndex, layer: view === 'attention' ? 'attention' : 'patches' })
        }
      >
        <IconPhotoDown size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
