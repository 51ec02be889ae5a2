/** Devices that this build runs on. Anything else is refused by name: a run never silently lands elsewhere. */
import { fail } from '../../shared/failure.ts';
import type { Device } from '../../shared/run-settings.ts';

/** The device that a request means. */
export function resolveDevice(device: Device): 'cpu' {
  if (device === 'auto' || device === 'cpu') return 'cpu';
  return fail('device-unavailable', `This version does not run models on ${device}.`, {
    expected: 'cpu or auto',
    found: device,
    action: 'Choose the device cpu.',
  });
}
