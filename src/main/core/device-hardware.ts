/**
 * What each device computes on: names and memory as the operating system and the vendors' own tools tell them. The
 * runtime says neither, nor which of several adapters it took: all that a device could mean are listed.
 */
import { cpus, totalmem } from 'node:os';
import type { OnnxDevice } from '../engine/devices.ts';

export type Hardware = Readonly<{
  name: string;
  /** Null where nothing tells it, or where it is main memory, shared. */
  memoryBytes: number | null;
}>;

/** A graphics adapter as the library lists it; memory in MiB. */
export type GraphicsController = Readonly<{
  vendor: string;
  model: string;
  vram: number | null;
  vramDynamic: boolean;
  /** From the driver's own tool, NVIDIA only. */
  name?: string;
  memoryTotal?: number;
}>;

/** The machine's graphics adapters; none where nothing can be asked. */
export async function graphicsControllers(): Promise<readonly GraphicsController[]> {
  const { graphics } = await import('systeminformation');
  const found = await graphics().catch(() => null);
  return found?.controllers ?? [];
}

/** Empty where the device has nothing here that is known; software drivers have nothing either. */
export function hardwareOf(device: OnnxDevice, controllers: readonly GraphicsController[]): Hardware[] {
  if (device === 'cpu') {
    const model = cpus()[0]?.model.trim() ?? 'unknown';
    return [{ name: `${model} (${String(cpus().length)} threads)`, memoryBytes: totalmem() }];
  }
  const fitting = device === 'cuda' ? controllers.filter(isNvidia) : controllers;
  return fitting.map((controller) => ({
    name: controller.name ?? withVendor(controller),
    memoryBytes: memoryOf(controller),
  }));
}

const isNvidia = ({ vendor, model }: GraphicsController): boolean => /nvidia/i.test(`${vendor} ${model}`);

function withVendor({ vendor, model }: GraphicsController): string {
  return model.toLowerCase().startsWith(vendor.toLowerCase()) ? model : `${vendor} ${model}`;
}

function memoryOf({ memoryTotal, vram, vramDynamic }: GraphicsController): number | null {
  const mebibytes = memoryTotal ?? (vramDynamic ? null : vram);
  return mebibytes === null || mebibytes <= 0 ? null : mebibytes * 2 ** 20;
}
