import { request } from 'node:https'
import { onTestFinished } from 'vitest'
import type { CertificateNeed } from '../../src/secrets/certificate-need.ts'
import { issueServer, makeAuthority, makeEnrolment } from '../../src/secrets/make.ts'
import { systemSources } from '../../src/secrets/sources.ts'
import type { Limits } from '../../src/server/limits.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { about, macs, wholeSite } from '../site/files.ts'
import { type Operated, operate } from './operated.ts'
import type { Answer } from './serve.ts'

/* A server on which the machines of the example enrol. Its clock is the real one: OpenSSL looks at certificates with no other. */

const policy = { keyBits: 2048, certificateDays: 30 }
const need = {
  commonName: '127.0.0.1',
  dnsNames: [],
  addresses: ['127.0.0.1'],
  usages: ['server' as const],
}
export const authorities = await makeEnrolment(systemSources, policy)
const own = await issueServer(need, systemSources, policy, authorities.serverAuthority)

/** Of etcd, which signs what machines make. */
export const etcdAuthority = await makeAuthority('etcd', systemSources, policy)

const ownNeed = {
  machine: 'lb1',
  commonName: 'lb1',
  dnsNames: [],
  addresses: [],
  usages: ['client' as const],
}
/** What lb1 makes itself; lb2 makes nothing. */
export const ownNeeds: readonly CertificateNeed[] = [
  { ...ownNeed, kind: 'etcd-client', keyType: 'p256' },
  {
    ...ownNeed,
    kind: 'etcd-server',
    dnsNames: ['localhost', 'lb1'],
    addresses: ['127.0.0.1', '::1'],
    usages: ['server', 'client'],
  },
]

export const secretsOf = (name: string): string => `tar of ${name}`

export const enrolledSite = () =>
  prepareSite(machinesByMac(about.machines), wholeSite(), {
    deadline: 60,
    enrolling: {
      profile: 'profile.yaml',
      url: 'https://127.0.0.1:8443',
      port: 8443,
      server: own,
      machineAuthority: authorities.machineAuthority,
      addresses: new Map([
        [macs.one, '127.0.0.1'],
        [macs.other, '10.10.10.12'],
      ]),
      ownCertificates: (mac) => ({
        needs: mac === macs.one ? ownNeeds : [],
        authority: etcdAuthority,
        policy: { keyBits: 2048, certificateDays: 30 },
      }),
      secrets(mac) {
        const found = about.machines.find((machine) => machine.macs[0] === mac)
        return found ? Promise.resolve(Buffer.from(secretsOf(found.name))) : null
      },
    },
  })

export type Enrolled = Operated & { tls: number; alarms: string[] }

const now = (): Date => new Date()

export async function operateEnrolled(strictSource = false, limits: Partial<Limits> = {}): Promise<Enrolled> {
  const alarms: string[] = []
  const running = await operate({ now }, true, () => {}, {
    now,
    limits,
    strictSource,
    alarm: (sentence) => alarms.push(sentence),
  })
  running.server.replaceSite(enrolledSite())
  const { port: tls } = await running.server.listenTls('127.0.0.1:0', 'profile.yaml')
  return { ...running, tls, alarms }
}

export type Shown = { cert: string; key: string }

/** A request by TLS, of a client that trusts the server's CA and nobody else. */
export async function askTls(
  port: number,
  path: string,
  {
    method = 'GET',
    body = '',
    shown,
    localAddress,
  }: { method?: string; body?: string; shown?: Shown; localAddress?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        ca: authorities.serverAuthority.certificate,
        ...(method === 'POST' ? { headers: { 'content-length': String(Buffer.byteLength(body)) } } : {}),
        ...(localAddress === undefined ? {} : { localAddress }),
        ...shown,
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    onTestFinished(() => void sent.destroy())
    sent.on('error', reject)
    sent.end(body)
  })
}
