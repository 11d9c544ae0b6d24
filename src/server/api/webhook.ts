import { sendText } from '../exchange.ts'
import { answerWebhook } from '../webhook.ts'
import type { Operation } from './operation.ts'

const text = (words: string) => ({ words, schema: null })

export const webhook: Operation = {
  name: 'webhook',
  summary:
    'A forge reports a push, and the server checks the repository that it follows. The request contains proof of the secret of the webhook: ' +
    'X-Hub-Signature-256 or X-Gitlab-Token.',
  body: null,
  answers: {
    202: text('The server checks the repository.'),
    401: text('The secret is wrong.'),
    404: text('The server has no webhook.'),
    413: text('The body is longer than 1 MiB.'),
  },
  run({ exchange, operated }) {
    if (operated.webhook) return answerWebhook(exchange, operated.webhook)
    sendText(exchange, 404, 'this server has no webhook', ['Connection', 'close'])
    return null
  },
}
