import { describeSystemError, isSystemError } from '../files/system-error.ts'

/** An error message for a bug report: what failed and where, without contents of files. */
export function faultMessage(fault: unknown, version: string): string {
  if (isSystemError(fault) && ['EMFILE', 'ENFILE'].includes(fault.code))
    return `hakube: ${describeSystemError(fault)}: ulimit -n, or LimitNOFILE= of a systemd unit, allows more\n`
  const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  return [
    'hakube: internal error: this is a bug in hakube.',
    'Please report it with these lines and the command that you ran:',
    `  hakube ${version}`,
    ...text.split('\n').map((line) => `  ${line}`),
    '',
  ].join('\n')
}
