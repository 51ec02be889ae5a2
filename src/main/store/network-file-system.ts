/**
 * Recognises network file systems, where SQLite's WAL mode is unsafe: it needs memory shared by all processes
 * that use the file. Numbers: `f_type` of statfs(2) on Linux; other systems report none of them.
 */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x517b, 'SMB'],
  [0x564c, 'NCP'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0xaad7aaea, 'PanFS'],
]);

/** The name of the network file system with this `f_type`, or null for a local one. */
export function networkFileSystemName(type: number): string | null {
  // f_type is a signed 32-bit number on some platforms.
  return networkTypes.get(type >>> 0) ?? null;
}
