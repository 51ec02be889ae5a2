/** A note on this answer. It is saved while one writes; what was not saved, when the server is heard again. */
import { Button, Text, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { QuestionDetail } from '../../../../shared/contract/questions.ts';
import { failureOf } from '../../api/client.ts';
import { useConnection } from '../../api/connection.ts';
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
  const connection = useConnection();
  const wasOnline = useRef(true);
  const isUnsaved = note.error !== null;
  const { mutate } = note;
  useEffect(() => {
    const isBack = connection === 'online' && !wasOnline.current;
    wasOnline.current = connection === 'online';
    if (isBack && isUnsaved) mutate({ runId, sampleId, note: text });
  }, [connection, isUnsaved, mutate, runId, sampleId, text]);
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
      {isUnsaved ? (
        <Button size="compact-xs" variant="light" mt={6} onClick={() => mutate({ runId, sampleId, note: text })}>
          Save again
        </Button>
      ) : null}
      <Text size="xs" c="dimmed" mt={4} aria-live="polite">
        {isUnsaved ? '' : note.isPending || text !== detail.note ? 'Saving…' : text === '' ? '' : 'Saved'}
      </Text>
    </>
  );
}
