import { refusal } from '../../../diagnostics/refusal.ts'
import type { Command } from '../../context.ts'
import { changeRecipients } from '../recipients.ts'

/** `hakube secrets remove-recipient PROFILE RECIPIENT` */
export const action: Command = (context) =>
  changeRecipients(context, (has, recipient, file) => {
    if (!has.includes(recipient))
      throw refusal('secrets/recipient', `${file} is not encrypted to ${recipient}`, {
        hint: `it is encrypted to: ${has.join(', ')}`,
      })
    if (has.length === 1)
      throw refusal('secrets/recipient', 'without its last recipient, nobody could read the bundle', {
        hint: 'add another one first',
      })
    return has.filter((each) => each !== recipient)
  })
