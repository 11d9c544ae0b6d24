// A simulated machine, from its boot loader to the report that it is ready: the requests that iPXE, anaconda and hakube's first boot send,
// each over its own connection, and repeated until there is an answer, as real machines do.
import { createHash } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import { makeKeyAndRequest } from './request.mjs'

/** Machines keep asking forever; a test must end. On a busy machine, 100 starts of a server take half an hour. */
const mostTries = 20_000

/** One request from an address; the answer is whole, or it is an error. */
function ask(url, { from, method = 'GET', body = null, tls = {} }) {
  return new Promise((resolve, reject) => {
    const module = url.startsWith('https:') ? https : http
    const headers = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const options = { method, agent: false, localAddress: from, headers, timeout: 60_000, ...tls }
    const sent = module.request(url, options, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(pieces) }))
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer for a minute')))
    sent.on('error', reject)
    sent.end(body)
  })
}

/** The content of a file that a machine's user-data writes. */
function contentOf(userData, file) {
  const [, after] = userData.split(`\n  - path: "${file}"\n`)
  if (after === undefined) throw new Error(`the seed has no ${file}`)
  const [, block] = /^ {4}content: \|\n((?: {6}.*\n|\n)+)/m.exec(after) ?? []
  return block.replaceAll(/^ {6}/gm, '')
}

const steps = ['packages', 'kernel-modules', 'container-runtime', 'kubeadm', 'checks']

/** What the server acknowledges to one machine: the enrolment, and the reports of `installed`, each step, and `ready`. */
export const acknowledgements = steps.length + 3

/**
 * Boots, installs, enrols and reports.
 *
 * @param server URL of the plain files
 * @param machine its MAC address and address, and the MAC address of a neighbour, whose secrets it asks for, too
 * @param noted receives what the server has acknowledged
 * @returns milliseconds, how many requests had to be repeated, and its secrets: a tar
 */
export async function boot(server, { mac, address, neighbour }, noted = () => {}) {
  const begun = performance.now()
  let repeated = 0
  /** Repeats only what a machine would repeat: a request without an answer, or one that the server asks to send again. */
  const insist = async (url, options = {}) => {
    for (let tries = 1; ; tries++) {
      const answer = await ask(url, { from: address, ...options }).catch((fault) => fault)
      if (!(answer instanceof Error) && answer.status === 200) return answer.body
      if (!(answer instanceof Error) && answer.status !== 503 && answer.status !== 429)
        throw new Error(`${mac}: ${url}: ${answer.status} ${answer.body.toString().slice(0, 300)}`)
      if (tries >= mostTries) throw new Error(`${mac}: ${url}: ${answer.message ?? answer.status}`)
      repeated++
      await wait(50 + Math.random() * 200)
    }
  }
  const text = async (url, options) => (await insist(url, options)).toString()

  await insist(`${server}/boot.ipxe`)
  const script = await text(`${server}/ipxe/${mac}?macs=${mac}&uuid=0&firmware=efi`)
  const kernel = /^kernel (\S+) (.*)$/m.exec(script)
  const initrd = /^initrd .*(http\S+)/m.exec(script)?.[1]
  if (!kernel || !initrd) throw new Error(`${mac}: its boot script starts no installer: ${script}`)
  await insist(kernel[1])
  await insist(initrd)
  const answersUrl = / inst\.ks=(\S+)/.exec(kernel[2])?.[1]
  const answers = await text(answersUrl)
  const [, lookUrl] = /^look_url=(\S+)$/m.exec(answers)
  const look = await text(lookUrl, { method: 'POST', body: JSON.stringify({ found: '' }) })
  if (!look.startsWith('erase')) throw new Error(`${mac}: ${look}`)
  const [, seedUrl] = /^seed=(\S+)$/m.exec(answers)
  const seed = {}
  for (const name of ['meta-data', 'network-config', 'user-data', 'vendor-data'])
    seed[name] = await text(`${seedUrl}${name}`)

  const url = contentOf(seed['user-data'], '/etc/hakube/enrolment').trim()
  const ca = contentOf(seed['user-data'], '/etc/hakube/server-ca.crt')
  const { key, request } = makeKeyAndRequest()
  const cert = await text(`${url}/enrol`, { method: 'POST', body: request, tls: { ca } })
  noted({ type: 'enrolled', mac })
  const tls = { ca, cert, key }
  const secrets = await insist(`${url}/secrets`, { tls })
  const foreign = await ask(url.replace(mac, neighbour) + '/secrets', { from: address, tls }).catch(
    () => null,
  )
  if (foreign !== null && foreign.status !== 403)
    throw new Error(`${mac}: got ${foreign.status} for the secrets of ${neighbour}`)

  const report = async (state, step) => {
    const body = JSON.stringify(step === undefined ? { state } : { state, step })
    await insist(`${url}/report`, { method: 'POST', body, tls })
    noted({ type: 'reported', mac, state, ...(step === undefined ? {} : { step }) })
  }
  await report('installed')
  for (const step of steps) await report('configuring', step)
  await report('ready')
  const seedHash = createHash('sha256').update(seed['user-data']).digest('hex')
  return { milliseconds: performance.now() - begun, repeated, secrets, seedHash }
}
