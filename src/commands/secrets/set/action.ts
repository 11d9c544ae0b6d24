import { refusal } from '../../../diagnostics/refusal.ts'
import { type Content, workTree } from '../../../files/reader.ts'
import { mostOwnBytes, withoutFinalBreak } from '../../../secrets/own-document.ts'
import { asRefusal } from '../../../secrets/system-refusal.ts'
import { machineRecord } from '../../../secrets/secrets.ts'
import { type Command, exit } from '../../context.ts'
import { changeExisting, withProfile } from '../bundle.ts'
import { assertOwnName } from '../own.ts'

/** `hakube secrets set PROFILE NAME` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const name = context.parameters[1] ?? ''
    assertOwnName(name)
    const text = await readSecret(context.options.text('from') ?? '/dev/stdin')
    await changeExisting(context, resolved, async (bundle) => {
      const { own = {} } = bundle.secrets
      if (Object.hasOwn(own, name) && own[name] === text) return null
      const entries = [...Object.entries(own).filter(([each]) => each !== name), [name, text] as const]
      return { ...bundle, secrets: { ...bundle.secrets, own: machineRecord(entries) } }
    })
    context.stderr.write(`${resolved.file}: has the secret ${name}\n`)
    return exit.success
  })

async function readSecret(file: string): Promise<string> {
  const where = file === '/dev/stdin' ? 'standard input' : file
  const fail = (problem: string, hint: string) => refusal('secrets/own-text', `${where} ${problem}`, { hint })
  let content: Content
  try {
    content = await workTree.read(file, mostOwnBytes)
  } catch (fault) {
    throw asRefusal(fault, 'read', file)
  }
  if ('tooLarge' in content)
    throw fail(
      `has more than ${mostOwnBytes} bytes`,
      'a secret is a password, a token, a key or a small file',
    )
  const bytes = Buffer.from(content.bytes)
  const whole = bytes.toString('utf8')
  if (!Buffer.from(whole).equals(bytes) || whole.includes('\0'))
    throw fail('is not text in UTF-8', 'encode it as base64, and decode it where it is used')
  const text = withoutFinalBreak(whole)
  if (text === '') throw fail('is empty', 'pipe the secret into the command, or name a file with --from')
  return text
}
