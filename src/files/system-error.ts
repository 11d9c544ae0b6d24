import { getSystemErrorMap } from 'node:util'

/** Whether the system refused an operation: a fault with a code (`ENOSPC`) and the name of the call. Whatever else is thrown is a fault of ours. */
export const isSystemError = (fault: unknown): fault is NodeJS.ErrnoException & { code: string } =>
  fault instanceof Error && typeof (fault as NodeJS.ErrnoException).code === 'string' && 'syscall' in fault

/** `no space left on device (ENOSPC)`: without the path, which messages name as the user wrote it. */
export function describeSystemError(fault: NodeJS.ErrnoException): string {
  const known = fault.errno === undefined ? undefined : getSystemErrorMap().get(fault.errno)
  return known ? `${known[1]} (${known[0]})` : fault.message
}

/** `ENOENT` and the like; the whole reason where there is none. */
export const systemCode = (reason: unknown): string =>
  reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason)
