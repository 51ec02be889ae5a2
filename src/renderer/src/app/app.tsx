/** The page's frame: theme, cache of queries, and the page that the address names inside the shell. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from '../api/query-client.ts';
import { colourSchemes } from './colour-scheme.ts';
import { CurrentPage } from './current-page.tsx';
import { Shell } from './shell.tsx';
import { theme } from './theme.ts';

const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';

// Dialogs lock scrolling with a style element of their own, whose maker looks for the nonce here.
Object.assign(window, { __webpack_nonce__: styleNonce });

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colourSchemes}
      getStyleNonce={() => styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notifications position="bottom-right" />
        <Shell>
          <CurrentPage />
        </Shell>
      </QueryClientProvider>
    </MantineProvider>
  );
}
