/** A note on this answer. It is saved while one writes. */
import { Text, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';

const saveAfterMs = 600;

export type NoteEditorProps = Readonly<{ runId: string; detail: QuestionDetail }>;

export function NoteEditor({ runId, detail }: NoteEditorProps) {
  const { sampleId } = detail.sample;
  const [text, setText] = useState(detail.note);
  const [stored, setStored] = useState(detail.note);
  // Changed elsewhere (another window, the command line): shown, unless something else has been written here.
  if (detail.note !== stored) {
    setStored(detail.note);
    if (text === stored) setText(detail.note);
  }
  const queries = useQueryClient();
  const note = useMutation(
    api.questions.note.mutationOptions({
      onSuccess: () => queries.invalidateQueries({ queryKey: api.questions.key() }),
    }),
  );
  const save = useDebouncedCallback((value: string) => note.mutate({ runId, sampleId, note: value }), {
    delay: saveAfterMs,
    flushOnUnmount: true,
  });
  return (
    <>
      <Textarea
        label="Note on this answer, in this run"
        autosize
        minRows={4}
        maxRows={14}
        maxLength={20_000}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          setText(value);
          save(value);
        }}
        error={note.error === null ? null : `Not saved: ${failureOf(note.error).message}`}
      />
      <Text size="xs" c="dimmed" mt={4} aria-live="polite">
        {note.error !== null ? '' : note.isPending || text !== detail.note ? 'Saving…' : text === '' ? '' : 'Saved'}
      </Text>
    </>
  );
}
