/** Names and memory of what a device computes on. The adapters are as systeminformation's documentation lists them. */
import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { graphicsControllers, hardwareOf, type GraphicsController } from '../../src/main/core/device-hardware.ts';

const nvidia: GraphicsController = {
  vendor: 'NVIDIA Corporation',
  model: 'AD102 [GeForce RTX 4090]',
  vram: 256,
  vramDynamic: false,
  name: 'NVIDIA GeForce RTX 4090',
  memoryTotal: 24564,
};
const intel: GraphicsController = {
  vendor: 'Intel Corporation',
  model: 'Alder Lake-S GT1 [UHD Graphics 770]',
  vram: 256,
  vramDynamic: true,
};
const amd: GraphicsController = { vendor: 'AMD', model: 'AMD Radeon RX 7900 XTX', vram: 24576, vramDynamic: false };

describe('the hardware of a device', () => {
  it('is the processor with main memory for cpu, whatever adapters there are', () => {
    const [processor, ...others] = hardwareOf('cpu', [nvidia]);
    expect(processor?.memoryBytes).toBe(totalmem());
    expect(processor?.name).toMatch(/\(\d+ threads\)$/);
    expect(others).toEqual([]);
  });

  it('is every adapter for webgpu and dml, NVIDIA alone for cuda', () => {
    const all = [
      { name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24564 * 1024 * 1024 },
      { name: 'Intel Corporation Alder Lake-S GT1 [UHD Graphics 770]', memoryBytes: null },
      { name: 'AMD Radeon RX 7900 XTX', memoryBytes: 24 * 1024 ** 3 },
    ];
    expect(hardwareOf('webgpu', [nvidia, intel, amd])).toEqual(all);
    expect(hardwareOf('dml', [nvidia, intel, amd])).toEqual(all);
    expect(hardwareOf('cuda', [nvidia, intel, amd])).toEqual(all.slice(0, 1));
    expect(hardwareOf('cuda', [intel, amd])).toEqual([]);
  });

  it('is unknown where the size is', () => {
    expect(hardwareOf('webgpu', [{ ...amd, vram: null }])).toEqual([{ name: amd.model, memoryBytes: null }]);
    expect(hardwareOf('webgpu', [{ ...amd, vram: 0 }])).toEqual([{ name: amd.model, memoryBytes: null }]);
  });

  it('can be asked of this machine', async () => {
    for (const { model, vramDynamic } of await graphicsControllers()) {
      expect(typeof model).toBe('string');
      expect(typeof vramDynamic).toBe('boolean');
    }
  });
});
