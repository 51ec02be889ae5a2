/** Around every page: where one can go, what is going on, the colours. */
import {
  ActionIcon,
  AppShell,
  Anchor,
  Button,
  Group,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconChartBar, IconCpu, IconDatabase, IconListCheck, IconMoon, IconPlus, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useLive } from '../api/live.ts';
import iconUrl from '../icon.svg';
import { formatRoute, type Route } from '../routing/route.ts';
import { useRoute } from '../routing/use-route.ts';
import { ConnectionBanner } from './connection-banner.tsx';

const places: readonly Readonly<{
  label: string;
  icon: typeof IconDatabase;
  route: Route;
  pages: readonly Route['page'][];
}>[] = [
  { label: 'Runs', icon: IconListCheck, route: { page: 'runs' }, pages: ['runs', 'run', 'questions', 'question'] },
  { label: 'Compare', icon: IconChartBar, route: { page: 'compare', runIds: [], scorer: null }, pages: ['compare'] },
  { label: 'Datasets', icon: IconDatabase, route: { page: 'datasets' }, pages: ['datasets', 'dataset'] },
  { label: 'Models', icon: IconCpu, route: { page: 'models' }, pages: ['models'] },
];

const newRun = formatRoute({ page: 'new-run', dataset: null, model: null, fromRun: null, where: [] });

export function Shell({ children }: Readonly<{ children: ReactNode }>) {
  const { page } = useRoute();
  useLive();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 168, breakpoint: 'sm', collapsed: { mobile: true } }}
      padding={0}
    >
      <AppShell.Header withBorder>
        <Group h="100%" px="lg" justify="space-between" wrap="nowrap">
          <Anchor href={formatRoute({ page: 'runs' })} underline="never" c="inherit">
            <Group gap={10} wrap="nowrap">
              <img src={iconUrl} alt="" width={24} height={24} />
              <Text fw={650} size="lg" component="span">
                Penumbra
              </Text>
            </Group>
          </Anchor>
          <Group gap="sm" wrap="nowrap">
            <Button component="a" href={newRun} size="compact-md" leftSection={<IconPlus size={16} />}>
              New run
            </Button>
            <ColourSchemeButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" withBorder>
        <nav aria-label="Pages">
          {places.map(({ label, icon: Icon, route, pages }) => (
            <NavLink
              key={label}
              href={formatRoute(route)}
              label={label}
              leftSection={<Icon size={18} aria-hidden="true" />}
              active={pages.includes(page)}
              {...(pages.includes(page) ? { 'aria-current': 'page' as const } : {})}
            />
          ))}
        </nav>
      </AppShell.Navbar>
      <AppShell.Main>
        <ConnectionBanner />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function ColourSchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Use light colours' : 'Use dark colours';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}
