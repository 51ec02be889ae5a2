/** Around every page: where one can go, what is going on, the keys, the colours. */
import {
  ActionIcon,
  AppShell,
  Anchor,
  Burger,
  Button,
  Group,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { openSpotlight } from '@mantine/spotlight';
import { IconKeyboard, IconMoon, IconPlus, IconSearch, IconSun } from '@tabler/icons-react';
import { Suspense, type ReactNode } from 'react';
import { useLive } from '../api/live.ts';
import iconUrl from '../icon.svg';
import { formatRoute } from '../routing/route.ts';
import { navigate, useRoute } from '../routing/use-route.ts';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { KeyHelp } from './key-help.tsx';
import { useKeys } from './keys.ts';
import { lazyPart } from './lazy-page.ts';
import { PageBoundary } from './page-boundary.tsx';
import { newRun, newRunHref, places } from './places.ts';
import classes from './shell.module.css';
import { TaskTray } from './task-tray.tsx';
import { UnknownAddress } from './unknown-address.tsx';
import { useEndNotices } from './use-end-notices.tsx';
import { usePageTitle } from './use-page-title.ts';
import { useWindowCommands } from './use-window-commands.ts';

const MachineCheck = lazyPart(() => import('../features/machine/machine-check.tsx'));

const mainId = 'main';

export function Shell({ children }: Readonly<{ children: ReactNode }>) {
  const route = useRoute();
  const [menuOpened, menu] = useDisclosure(false);
  const [helpOpened, help] = useDisclosure(false);
  const [checkOpened, check] = useDisclosure(false);
  useLive();
  usePageTitle();
  useEndNotices();
  useWindowCommands({ showKeys: help.open, checkMachine: check.open });
  useKeys(
    'Everywhere',
    [
      ...places.map(({ label, route: goal, key }) => ({
        keys: [`g ${key}`],
        description: `Go to ${label}`,
        run: () => navigate(goal),
      })),
      { keys: ['n'], description: 'New run', run: () => navigate(newRun) },
      { keys: ['?'], description: 'These keys', run: help.open },
    ],
    { isGlobal: true },
  );
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 168, breakpoint: 'sm', collapsed: { mobile: !menuOpened } }}
      padding={0}
    >
      <button
        type="button"
        className={classes.skip}
        // Not a link: the address behind # belongs to the pages.
        onClick={() => document.getElementById(mainId)?.focus()}
      >
        Skip to the page
      </button>
      <AppShell.Header withBorder>
        <Group h="100%" px={{ base: 'sm', sm: 'lg' }} justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={menuOpened}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={menuOpened ? 'Close the list of pages' : 'Open the list of pages'}
            />
            <Anchor href={formatRoute({ page: 'runs' })} underline="never" c="inherit" aria-label="Penumbra: all runs">
              <Group gap={10} wrap="nowrap">
                <img src={iconUrl} alt="" width={24} height={24} />
                <Text fw={650} size="lg" component="span" visibleFrom="xs">
                  Penumbra
                </Text>
              </Group>
            </Anchor>
          </Group>
          <Group gap={6} wrap="nowrap">
            <Button component="a" href={newRunHref} size="compact-md" mr={6} leftSection={<IconPlus size={16} />}>
              New run
            </Button>
            <HeaderButton label="Go to a page or a run (Ctrl+K)" icon={IconSearch} onClick={openSpotlight} />
            <TaskTray />
            <HeaderButton label="Keys (?)" icon={IconKeyboard} onClick={help.open} />
            <ColourSchemeButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" withBorder>
        <nav aria-label="Pages">
          {places.map(({ label, icon: Icon, route: goal, pages }) => (
            <NavLink
              key={label}
              href={formatRoute(goal)}
              label={label}
              leftSection={<Icon size={18} aria-hidden="true" />}
              onClick={menu.close}
              active={pages.includes(route.page)}
              {...(pages.includes(route.page) ? { 'aria-current': 'page' as const } : {})}
            />
          ))}
        </nav>
      </AppShell.Navbar>
      <AppShell.Main id={mainId} tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        <UnknownAddress />
        {checkOpened ? (
          <PageBoundary address={formatRoute(route)}>
            <Suspense fallback={null}>
              <MachineCheck onClose={check.close} />
            </Suspense>
          </PageBoundary>
        ) : null}
        {children}
      </AppShell.Main>
      <KeyHelp opened={helpOpened} onClose={help.close} />
      <CommandPalette onCheckMachine={check.open} />
    </AppShell>
  );
}

type HeaderButtonProps = Readonly<{ label: string; icon: typeof IconSun; onClick: () => void }>;

function HeaderButton({ label, icon: Icon, onClick }: HeaderButtonProps) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} title={label} onClick={onClick}>
      <Icon size={18} />
    </ActionIcon>
  );
}

function ColourSchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return (
    <HeaderButton
      label={dark ? 'Use light colours' : 'Use dark colours'}
      icon={dark ? IconSun : IconMoon}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    />
  );
}
