/** Ctrl+K (or Cmd+K): go to a page or a run by typing some of its name, or check the machine. */
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconHeartRateMonitor, IconListCheck, IconPlus, IconSearch } from '@tabler/icons-react';
import { dateTime } from '../components/numbers.ts';
import { runTitle } from '../features/run/run-title.ts';
import { navigate } from '../routing/use-route.ts';
import { newRun, places } from './places.ts';
import { useRecentRuns } from './use-recent-runs.ts';

const iconSize = 18;

const pages: readonly SpotlightActionData[] = [
  ...places.map(({ label, icon: Icon, route }) => ({
    id: label,
    label,
    leftSection: <Icon size={iconSize} aria-hidden="true" />,
    onClick: () => navigate(route),
  })),
  {
    id: 'New run',
    label: 'New run',
    leftSection: <IconPlus size={iconSize} aria-hidden="true" />,
    onClick: () => navigate(newRun),
  },
];

export function CommandPalette({ onCheckMachine }: Readonly<{ onCheckMachine: () => void }>) {
  const runs = useRecentRuns();
  const actions: SpotlightActionGroupData[] = [
    { group: 'Pages', actions: [...pages] },
    {
      group: 'Program',
      actions: [
        {
          id: 'Check this machine',
          label: 'Check this machine',
          description: 'Devices, self-test, store',
          leftSection: <IconHeartRateMonitor size={iconSize} aria-hidden="true" />,
          onClick: onCheckMachine,
        },
      ],
    },
    {
      group: 'Runs',
      actions: runs.flatMap((run): SpotlightActionData[] => {
        const { runId } = run;
        const label = runTitle(run);
        const leftSection = <IconListCheck size={iconSize} aria-hidden="true" />;
        return [
          {
            id: runId,
            label,
            leftSection,
            description: [dateTime(run.createdAt), run.modelName, runId].filter(Boolean).join(' · '),
            onClick: () => navigate({ page: 'run', runId, tab: 'overview' }),
          },
        ];
      }),
    },
  ];
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      limit={12}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound="Nothing of that name"
      searchProps={{
        leftSection: <IconSearch size={iconSize} aria-hidden="true" />,
        placeholder: 'Go to a page or a run',
        'aria-label': 'Go to a page or a run',
      }}
    />
  );
}
