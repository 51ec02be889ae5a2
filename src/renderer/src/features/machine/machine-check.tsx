/** What works on the core's machine: its devices with their self-tests, the store, versions (`penumbra doctor`). */
import { Alert, Badge, Button, CopyButton, Group, Loader, Modal, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { DoctorReport } from '../../../../shared/contract/system.ts';
import { failureOf } from '../../api/client.ts';
import { api } from '../../api/queries.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { bytes, counted } from '../../components/numbers.ts';
import { FactList } from '../models/fact-list.tsx';
import { verdictOf } from './verdict.ts';

export default function MachineCheck({ onClose }: Readonly<{ onClose: () => void }>) {
  // Each opening checks anew; a reading of before says nothing about now.
  const query = useQuery({ ...api.system.doctor.queryOptions(), staleTime: Infinity, gcTime: 0, retry: false });
  const report = query.isFetching ? undefined : query.data;
  return (
    <Modal opened onClose={onClose} title="Check this machine" size="xl">
      <Stack>
        <div aria-live="polite">
          {query.isFetching ? (
            <Group gap="sm" py="xl" justify="center">
              <Loader type="dots" aria-hidden="true" />
              <Text>Running the self-test on each device; this takes seconds, up to a minute on a busy machine.</Text>
            </Group>
          ) : null}
          {report === undefined ? null : <Verdict report={report} />}
        </div>
        {query.error === null || query.isFetching ? null : <FailureAlert failure={failureOf(query.error)} />}
        {report === undefined ? null : <Findings report={report} />}
        <Group justify="flex-end" gap="sm">
          {report === undefined ? null : (
            <CopyButton value={JSON.stringify(report, null, 2)}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? 'Copied' : 'Copy the report'}
                </Button>
              )}
            </CopyButton>
          )}
          <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
            Check again
          </Button>
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Verdict({ report }: Readonly<{ report: DoctorReport }>) {
  const { isGood, title, text } = verdictOf(report);
  return (
    <Alert
      color={isGood ? 'green' : 'red'}
      variant="light"
      icon={isGood ? <IconCircleCheck /> : <IconAlertTriangle />}
      title={title}
    >
      {text}
    </Alert>
  );
}

const testColours = { passed: 'green', failed: 'red', 'not run': 'gray' } as const;

function Findings({ report }: Readonly<{ report: DoctorReport }>) {
  const { store } = report;
  return (
    <>
      <section aria-labelledby="machine-devices">
        <Title order={3} size="h5" mb={4} id="machine-devices">
          Devices
        </Title>
        <Table aria-labelledby="machine-devices">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={210}>Device</Table.Th>
              <Table.Th w={100}>Self-test</Table.Th>
              <Table.Th w={90} ta="right">
                GFLOP/s
              </Table.Th>
              <Table.Th>Detail</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.devices.map(({ device, hardware, selfTest, gigaflops, detail }) => (
              <Table.Tr key={device}>
                <Table.Th scope="row" fw={500}>
                  {device}
                  {hardware.map(({ name, memoryBytes }, index) => (
                    <Text key={index} size="xs" c="dimmed">
                      {memoryBytes === null ? name : `${name}, ${bytes(memoryBytes)}`}
                    </Text>
                  ))}
                </Table.Th>
                <Table.Td>
                  <Badge variant="light" color={testColours[selfTest]} tt="none">
                    {selfTest === 'not run' ? 'not here' : selfTest}
                  </Badge>
                </Table.Td>
                <Table.Td ta="right">{gigaflops === null ? '' : gigaflops.toFixed(gigaflops < 10 ? 1 : 0)}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <section aria-label="Store and versions">
        <FactList
          label="Store and versions"
          facts={[
            ['Automatic device', report.automatic],
            ['Store', store.path],
            ['In the store', `${counted(store.runCount, 'run')}, version ${String(store.schemaVersion)}`],
            ['Integrity', store.integrity],
            ['Platform', report.platform],
            ['Versions', `Penumbra ${report.version}, ONNX Runtime ${report.onnxruntime}, Node ${report.node}`],
          ]}
        />
      </section>
    </>
  );
}
