/** Which device a setting means on this machine: named ones as they are, `auto` the best that works. */
import { fail } from '../../shared/failure.ts';
import type { Device } from '../../shared/run-settings.ts';
import type { OnnxDevice } from '../engine/devices.ts';

export type DeviceChoice = Readonly<{
  /**
   * Fails: `device-unavailable`, where the device does not pass its self-test here. The first call for a device takes
   * seconds, later ones nothing. `gpu`: that one of several (0: the first).
   */
  choose: (device: Device, gpu?: number) => Promise<OnnxDevice>;
  /** The device's own memory, all of it (of several, the largest one's); null: not known, or main memory. */
  memoryBytes: (device: OnnxDevice) => Promise<number | null>;
}>;

/** The processor and nothing else. */
export const cpuAlone: DeviceChoice = {
  choose: async (device) => {
    if (device === 'auto' || device === 'cpu') return 'cpu';
    return refuseDevice(device, 'it was not asked for here');
  },
  memoryBytes: async () => null,
};

export function refuseDevice(device: Device, why: string, gpu = 0): never {
  return fail('device-unavailable', `Models cannot run on ${device} here.`, {
    place: 'device',
    expected: 'a device that passes its self-test; "penumbra doctor" lists them',
    found: `${gpu === 0 ? device : `${device}, GPU ${String(gpu)}`}: ${why}`,
    action: 'Choose auto, or cpu.',
  });
}
