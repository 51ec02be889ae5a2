/** Makes a whole table row lead somewhere, while its first cell holds the real link for keyboard and readers. */
import type { MouseEvent } from 'react';
import { goToAddress } from '../routing/use-route.ts';

export function rowLink(href: string) {
  return {
    'data-row-link': true,
    onClick: (event: MouseEvent<HTMLElement>) => {
      const onLink = event.target instanceof Element && event.target.closest('a, button') !== null;
      if (onLink || event.defaultPrevented || window.getSelection()?.isCollapsed === false) return;
      goToAddress(href);
    },
  };
}
