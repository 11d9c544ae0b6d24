import { sendText } from '../exchange.ts'
import { answerWebhook } from '../webhook.ts'
import type { Operation } from './operation.ts'

const text = (words: string) => ({ words, schema: null })

export const webhook: Operation = {
  name: 'webhook',
  summary:
    'A forge says that something was pushed: the server checks the repository that it follows. It shows the secret of the webhook by ' +
    'X-Hub-Signature-256 or X-Gitlab-Token.',
  body: null,
  answers: {
    202: text('The repository is looked at.'),
    401: text('The secret is another one.'),
    404: text('The server has no webhook.'),
    413: text('The body is longer than 1 MiB.'),
  },
  run({ exchange, operated }) {
    if (operated.webhook) return answerWebhook(exchange, operated.webhook)
    sendText(exchange, 404, 'this server has no webhook', ['Connection', 'close'])
    return null
  },
}
