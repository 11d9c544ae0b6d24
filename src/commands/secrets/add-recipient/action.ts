import type { Command } from '../../context.ts'
import { assertRecipient, changeRecipients } from '../recipients.ts'

/** `hakube secrets add-recipient PROFILE RECIPIENT` */
export const action: Command = (context) =>
  changeRecipients(context, (has, recipient) => {
    assertRecipient(recipient)
    return has.includes(recipient) ? has : [...has, recipient]
  })
