// The certificate request that `openssl req` makes of a P-256 key on a machine (PKCS #10, RFC 2986).
import { generateKeyPairSync, sign } from 'node:crypto'

const lengthOf = (size) => (size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255])
const element = (tag, ...contents) => {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body])
}
const sequence = (...contents) => element(0x30, ...contents)
/** ecdsa-with-SHA256 */
const algorithm = sequence(element(0x06, Buffer.from('2a8648ce3d040302', 'hex')))

/** @returns PEM texts */
export function makeKeyAndRequest() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const info = sequence(
    element(0x02, Buffer.from([0])),
    sequence(),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa0),
  )
  const signature = sign('sha256', info, privateKey)
  const der = sequence(info, algorithm, element(0x03, Buffer.from([0]), signature))
  const lines = der
    .toString('base64')
    .match(/.{1,64}/g)
    .join('\n')
  return {
    key: privateKey.export({ type: 'sec1', format: 'pem' }),
    request: `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`,
  }
}
