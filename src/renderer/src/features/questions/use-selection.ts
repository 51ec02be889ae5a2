/** Which questions of a list are selected, one by one or from the last click to this one; another filter starts anew. */
import { notifications } from '@mantine/notifications';
import { useCallback, useEffect, useRef, useState } from 'react';
import { showFailure } from '../../components/failure-notice.ts';
import { count } from '../../components/numbers.ts';
import { idsBetween, type ListInput } from './question-list.ts';
import { nothing, type Selection, selectionLimit, toggled, withIds } from './selection.ts';

export function useSelection(input: ListInput) {
  const key = JSON.stringify([input.where, input.scorer]);
  const [state, setState] = useState<Readonly<{ key: string; selection: Selection }>>({ key, selection: nothing });
  const selection = state.key === key ? state.selection : nothing;
  /** Where a range would begin: a row of the list that it was clicked in. */
  const anchor = useRef<Readonly<{ input: ListInput; index: number }> | null>(null);
  const now = useRef({ selection, input, key });
  useEffect(() => {
    now.current = { selection, input, key };
  });
  const setSelection = useCallback((changed: Selection) => setState({ key: now.current.key, selection: changed }), []);
  const toggleAt = useCallback(
    (index: number, sampleId: string, isRange: boolean) => {
      const asked = now.current.input;
      const from = anchor.current?.input === asked ? anchor.current.index : index;
      anchor.current = { input: asked, index };
      if (!isRange || from === index) {
        setSelection(toggled(now.current.selection, sampleId));
        return;
      }
      const add = (ids: readonly string[]): void => {
        // The list may be another one by now.
        if (now.current.input !== asked) return;
        const changed = withIds(now.current.selection, ids);
        setSelection(changed);
        if (ids.some((id) => changed.kind === 'some' && !changed.ids.has(id))) sayFull();
      };
      idsBetween(asked, Math.min(from, index), Math.max(from, index)).then(add, showFailure);
    },
    [setSelection],
  );
  return { selection, setSelection, toggleAt };
}

function sayFull(): void {
  notifications.show({
    color: 'yellow',
    title: `Only ${count(selectionLimit)} questions can be chosen one by one`,
    message: 'Narrow the filter and select all of it instead.',
  });
}
