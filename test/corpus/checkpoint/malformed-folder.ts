/** A malformed checkpoint folder: a sound tiny one with parts replaced, and the failure that must come of it. */
import type { FailureKind } from '../../../src/shared/failure.ts';

export type Files = Readonly<Record<string, Uint8Array | string | object | null>>;

export type MalformedFolder = {
  name: string;
  /** In place of, or beside, a sound tiny checkpoint's files. */
  files?: Files;
  /** What files alone can't say, such as links. `outside` is a folder that the checkpoint must not reach. */
  arrange?: (folder: string, outside: string) => Promise<void>;
  /** Adapter inside the folder. */
  adapter?: string;
  tokenizerLength?: number;
  kind: FailureKind;
  /** How the failure's file ends. */
  file: string;
  place?: string;
};
