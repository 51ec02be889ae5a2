/** The page's cache of what the core answered. */
import { QueryClient } from '@tanstack/react-query';

export const queryClient = new QueryClient({
  defaultOptions: {
    // Refusals are answers, not accidents: asking again changes nothing. The server is on this machine, or behind a
    // forward: a browser without network reaches it all the same.
    queries: { retry: false, staleTime: 5000, refetchOnWindowFocus: true, networkMode: 'always' },
    mutations: { networkMode: 'always' },
  },
});
