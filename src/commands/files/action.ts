import { pipeline } from 'node:stream/promises'
import { writeTree } from '../../delivery/directory.ts'
import { bytesOf, machineTar } from '../../delivery/tar.ts'
import { refusal } from '../../diagnostics/refusal.ts'
import { describeSystemError, isSystemError, systemCode } from '../../files/system-error.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { type Command, exit } from '../context.ts'
import { openDeliveries } from '../deliveries.ts'

/** `hakube files PROFILE MACHINE --tar FILE|- | --out DIR` */
export const action: Command = async (context) => {
  const { options, stderr, stdout } = context
  const [file = '', wanted = ''] = context.parameters
  const [tar, out] = [options.text('tar'), options.text('out')]
  const usage = (message: string): number => {
    stderr.write(`hakube: ${message}\nSee hakube files --help.\n`)
    return exit.usage
  }
  if (tar === null && out === null) return usage('say where to write: --tar FILE, --tar - or --out DIR')
  if (tar === '-' && stdout.terminal)
    return usage(
      'an archive contains keys and tokens and is not written to a terminal: pipe it to hakube-apply',
    )
  const deliveries = await openDeliveries(context, file, [wanted])
  const [machine] = deliveries?.machines ?? []
  if (!deliveries || !machine) return exit.invalidInput
  const delivery = deliveries.deliveryFor(machine)
  if (!delivery) return exit.invalidInput
  const { about } = deliveries
  if (out !== null) await writeTree(out, delivery, about)
  if (tar === '-') {
    const bytes = bytesOf(machineTar(delivery, about))
    if (!(await writeAll(bytes, stdout.stream))) {
      stderr.write('hakube: the reader of the archive stopped reading\n')
      return exit.invalidInput
    }
  } else if (tar !== null) await writeArchive(tar, bytesOf(machineTar(delivery, about)))
  return exit.success
}

/** @returns false if the reader has closed the pipe, e.g. because it rejects what it has read */
async function writeAll(bytes: AsyncIterable<Uint8Array>, stream: NodeJS.WritableStream): Promise<boolean> {
  try {
    await pipeline(bytes, stream, { end: false })
    return true
  } catch (fault) {
    if (systemCode(fault) === 'EPIPE') return false
    throw fault
  }
}

async function writeArchive(file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await writeWhole(file, bytes, 0o600)
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('site/input-output', `cannot write ${file}: ${describeSystemError(fault)}`)
  }
}
