/** `penumbra doctor`: devices, versions, self-tests and the state of the store. */
import type { Command } from 'commander';
import type { DoctorReport } from '../../../shared/contract/system.ts';
import { examples } from '../examples.ts';
import { exitCodes } from '../exit-codes.ts';
import { bytes, count } from '../output/numbers.ts';
import { properties, table } from '../output/table.ts';
import type { RunInSession } from '../session.ts';

const hardwareText = ({ name, memoryBytes }: DoctorReport['devices'][number]['hardware'][number]): string =>
  memoryBytes === null ? name : `${name}, ${bytes(memoryBytes)}`;

export function addDoctor(parent: Command, run: RunInSession): void {
  parent
    .command('doctor')
    .description('check devices, versions and the store; exit code 1 when something is wrong')
    .addHelpText('after', examples('doctor', 'doctor --json'))
    .action((_options: unknown, command: Command) =>
      run(command, async ({ client, print }) => {
        const report = await client.system.doctor();
        print(report, () =>
          [
            properties([
              ['Penumbra', report.version],
              ['Node', report.node],
              ['Platform', report.platform],
              ['ONNX Runtime', report.onnxruntime],
              [
                'Store',
                `${report.store.path} (version ${String(report.store.schemaVersion)}, ${count(report.store.runCount)} runs)`,
              ],
              ['Integrity', report.store.integrity],
              ['Automatic device', report.automatic],
            ]),
            '',
            table(report.devices, [
              { header: 'Device', cell: ({ device }) => device },
              { header: 'Hardware', cell: ({ hardware }) => hardware.map(hardwareText).join('; ') },
              { header: 'Available', cell: ({ available }) => (available ? 'yes' : 'no') },
              { header: 'Self-test', cell: ({ selfTest }) => selfTest },
              {
                header: 'GFLOP/s',
                cell: ({ gigaflops }) => (gigaflops === null ? '' : gigaflops.toFixed(gigaflops < 10 ? 1 : 0)),
              },
              { header: 'Detail', cell: ({ detail }) => detail },
            ]),
          ].join('\n'),
        );
        const usable = report.devices.some(({ available, selfTest }) => available && selfTest === 'passed');
        return usable && report.store.integrity === 'ok' ? exitCodes.done : exitCodes.failed;
      }),
    );
}
