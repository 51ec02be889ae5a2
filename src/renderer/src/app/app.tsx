/** The page's frame: theme, cache of queries, and the page that the address names inside the shell. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { CurrentPage } from './current-page.tsx';
import { Shell } from './shell.tsx';
import { theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    // Refusals are answers, not accidents: asking again changes nothing. The server is on this machine, or behind a
    // forward: a browser without network reaches it all the same.
    queries: { retry: false, staleTime: 5000, refetchOnWindowFocus: true, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});

const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <Shell>
          <CurrentPage />
        </Shell>
      </QueryClientProvider>
    </MantineProvider>
  );
}
