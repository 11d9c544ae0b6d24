import type { Firmware } from './clients.ts'

/** Machine types of PE files: https://learn.microsoft.com/windows/win32/debug/pe-format#machine-types */
const peMachines: Readonly<Record<number, string>> = {
  0x01_4c: 'UEFI (x86, 32 bits)',
  0x86_64: 'UEFI (x86-64)',
  0xaa_64: 'UEFI (arm64)',
}

/** The platform of a loader: `UEFI (x86-64)`; null for a file that is not a UEFI program. */
function platformOf(bytes: Buffer): string | null {
  if (bytes.length < 0x40 || bytes.toString('latin1', 0, 2) !== 'MZ') return null
  const header = bytes.readUInt32LE(0x3c)
  if (header + 6 > bytes.length || bytes.toString('latin1', header, header + 4) !== 'PE\0\0') return null
  const machine = bytes.readUInt16LE(header + 4)
  return peMachines[machine] ?? `UEFI (machine type ${machine.toString(16)})`
}

const platforms: Readonly<Record<Firmware['name'], string | null>> = {
  bios: null,
  'uefi-x64': 'UEFI (x86-64)',
  'uefi-arm64': 'UEFI (arm64)',
  'http-x64': 'UEFI (x86-64)',
  'http-arm64': 'UEFI (arm64)',
}

/** Why firmware would not start this file; null if it would, judging by its first bytes. */
export function whyNotStarted(bytes: Buffer, firmware: Firmware): string | null {
  if (bytes.length === 0) return 'is empty'
  const platform = platformOf(bytes)
  const wanted = platforms[firmware.name]
  if (platform === wanted) return null
  if (platform !== null) return `is a program for ${platform}, not for ${firmware.title}`
  return /^(<|#!|\{)/.test(bytes.toString('latin1', 0, 2))
    ? 'is text, not a program'
    : `is not a program for ${firmware.title}`
}

/** Below this rate, in bytes per second, people think that the machine hangs. */
const slowBelow = 100_000
const judgedFrom = 32_768

/** `12 kB/s`, or null for a transfer that is fast, or too short to measure. */
export function slowRate(bytes: number, seconds: number): string | null {
  if (bytes < judgedFrom || seconds <= 0 || bytes / seconds >= slowBelow) return null
  return `${Math.max(1, Math.round(bytes / seconds / 1000))} kB/s`
}
