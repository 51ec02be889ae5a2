/** Colours and type of the page, light and dark. */
import { Badge, Code, createTheme, Drawer, Menu, Modal, Notification } from '@mantine/core';
import type { MantineColorsTuple } from '@mantine/core';
import code from './code.module.css';

const violet: MantineColorsTuple = [
  '#f1effe',
  '#dfdaf6',
  '#bcb2ea',
  '#9787df',
  '#7863d5',
  '#644dd0',
  '#5941ce',
  '#4a34b7',
  '#412ea4',
  '#362690',
];

export const theme = createTheme({
  primaryColor: 'violet',
  colors: { violet },
  // White text reads well on both.
  primaryShade: { light: 6, dark: 4 },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Cantarell, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace',
  defaultRadius: 'md',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  // Who asked the system for less motion gets dialogs and menus at once.
  respectReducedMotion: true,
  components: {
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 600, miw: 'max-content' } }),
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    // The placeholder is a focusable element in the menu that is no item: axe-core's aria-required-children. Without
    // it the first item has the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    }),
    Code: Code.extend({ classNames: { root: code.code } }),
  },
});
