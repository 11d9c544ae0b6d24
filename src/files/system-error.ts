import { getSystemErrorMap } from 'node:util'

/**
 * Whether the system refused an operation: an error with a code (`ENOSPC`) and the name of the call. Anything else that is thrown is a
 * bug in hakube.
 */
export const isSystemError = (fault: unknown): fault is NodeJS.ErrnoException & { code: string } =>
  fault instanceof Error && typeof (fault as NodeJS.ErrnoException).code === 'string' && 'syscall' in fault

/** `no space left on device (ENOSPC)`: without the path, which messages give as the user wrote it. */
export function describeSystemError(fault: NodeJS.ErrnoException): string {
  const known = fault.errno === undefined ? undefined : getSystemErrorMap().get(fault.errno)
  return known ? `${known[1]} (${known[0]})` : fault.message
}

/** The error code, such as `ENOENT`; the whole message if there is none. */
export const systemCode = (reason: unknown): string =>
  reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason)
