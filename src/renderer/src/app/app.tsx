/** The page's frame: theme, cache of queries, header, and the page that the address names. */
import {
  ActionIcon,
  AppShell,
  Anchor,
  Group,
  MantineProvider,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import iconUrl from '../icon.svg';
import { QuestionPage } from '../features/question/question-page.tsx';
import { RunPage } from '../features/run/run-page.tsx';
import { RunsPage } from '../features/runs/runs-page.tsx';
import { formatRoute } from '../routing/route.ts';
import { useRoute } from '../routing/use-route.ts';
import { theme } from './theme.ts';

const queries = new QueryClient({
  // Refusals are answers, not accidents: asking again changes nothing.
  defaultOptions: { queries: { retry: false, staleTime: 5000, refetchOnWindowFocus: true } },
});

const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <QueryClientProvider client={queries}>
        <AppShell header={{ height: 52 }} padding={0}>
          <AppShell.Header withBorder>
            <Header />
          </AppShell.Header>
          <AppShell.Main>
            <CurrentPage />
          </AppShell.Main>
        </AppShell>
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Header() {
  return (
    <Group h="100%" px="lg" justify="space-between">
      <Anchor href={formatRoute({ page: 'runs' })} underline="never" c="inherit">
        <Group gap={10}>
          <img src={iconUrl} alt="" width={24} height={24} />
          <Text fw={650} size="lg" component="span">
            Penumbra
          </Text>
        </Group>
      </Anchor>
      <ColourSchemeButton />
    </Group>
  );
}

function ColourSchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      title={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" strokeWidth="1.6" />
        <path d="M9 2a7 7 0 0 1 0 14z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}

function CurrentPage() {
  const route = useRoute();
  if (route.page === 'run') return <RunPage {...route} />;
  if (route.page === 'question') return <QuestionPage {...route} />;
  return <RunsPage />;
}
