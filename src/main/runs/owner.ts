/** Who may own a run: a process, by a token for each piece of work; and whether such an owner still lives. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isAlive } from '../files/process-alive.ts';
import type { RunOwner } from '../store/runs-repository.ts';

/** An owner that has not shown itself for this long is gone (it renews its lease every few seconds). */
const leaseTimeoutMs = 30_000;

/** Tokens of the work that this process has not ended yet. */
const ownTokens = new Set<string>();

/** This process as an owner, until `retireOwner`. */
export function createOwner(): RunOwner {
  const owner = { token: randomUUID(), pid: process.pid, host: hostname(), heartbeatAt: Date.now() };
  ownTokens.add(owner.token);
  return owner;
}

/** The work has ended, even if its row could not say so (a full disk): the run may be taken up again. */
export function retireOwner(token: string): void {
  ownTokens.delete(token);
}

/** Whether the owner still works on its run, as far as can be told from here. */
export function isOwnerAlive(owner: RunOwner, now: number = Date.now()): boolean {
  if (now - owner.heartbeatAt > leaseTimeoutMs) return false;
  if (owner.host !== hostname()) return true;
  return owner.pid === process.pid ? ownTokens.has(owner.token) : isAlive(owner.pid);
}
