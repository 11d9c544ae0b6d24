import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { NamespacedMachine, Network } from '../support/namespaces.ts'

/*
 * A site whose machines reach nothing but a proxy with a password. Beyond it are packages, and a registry whose certificate is of a CA of
 * its own and that asks for a password, too.
 */

export const proxyPassword = 'p@ss:%41/"$x'
export const registryPassword = 'it\'s "a" \\ $word'
export const packages = 'packages.example.net'
export const registry = 'registry.example.net:5000'
export const proxyAddress = '10.10.10.250'
const world = '192.0.2.10'

/** Waits until something answers, for a minute at most. */
const until = (condition: string): string[] => [
  'bash',
  '-c',
  `for _ in {1..600}; do if ${condition}; then exit 0; fi; sleep 0.1; done; exit 1`,
]

async function makeCertificates(machine: NamespacedMachine): Promise<string> {
  await machine.ask(['mkdir', '-p', '/etc/site'])
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const own = ['-x509', '-subj', '/CN=Site CA', '-keyout', '/etc/site/ca.key', '-out', '/etc/site/ca.crt']
  await machine.ask(['openssl', 'req', ...key, ...own])
  const server = ['-CA', '/etc/site/ca.crt', '-CAkey', '/etc/site/ca.key', '-addext']
  const names = ['subjectAltName=DNS:registry.example.net', '-addext', 'basicConstraints=critical,CA:FALSE']
  const files = [
    '-x509',
    '-subj',
    '/CN=registry',
    '-keyout',
    '/etc/site/tls.key',
    '-out',
    '/etc/site/tls.crt',
  ]
  await machine.ask(['openssl', 'req', ...key, ...files, ...server, ...names])
  return machine.ask(['cat', '/etc/site/ca.crt'])
}

async function startRegistry(machine: NamespacedMachine): Promise<void> {
  // bcrypt, as the registry wants it; perl reads the password from its standard input.
  const hash = await machine.ask(
    ['perl', '-e', 'chomp(my $p = <STDIN>); print crypt($p, q($2b$05$abcdefghijklmnopqrstuu))'],
    `${registryPassword}\n`,
  )
  await machine.put('/etc/site/htpasswd', `pull:${hash}\n`)
  const configuration = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: '/var/lib/site-registry' } },
    http: {
      addr: `${world}:5000`,
      tls: { certificate: '/etc/site/tls.crt', key: '/etc/site/tls.key' },
    },
    auth: { htpasswd: { realm: 'site', path: '/etc/site/htpasswd' } },
  }
  await machine.put('/etc/site/registry.yml', JSON.stringify(configuration))
  machine.start(['docker-registry', 'serve', '/etc/site/registry.yml'])
  await machine.ask(until(`curl -sk -o /dev/null https://${world}:5000/v2/`))
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** An image of one empty layer, pushed as the distribution specification says. */
async function pushImage(machine: NamespacedMachine): Promise<string> {
  const archive = Buffer.alloc(1024)
  const layer = gzipSync(archive)
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
    }),
  )
  const blob = (mediaType: string, bytes: Buffer) => ({
    mediaType: `application/vnd.docker.${mediaType}`,
    size: bytes.length,
    digest: digestOf(bytes),
  })
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: blob('container.image.v1+json', config),
      layers: [blob('image.rootfs.diff.tar.gzip', layer)],
    }),
  )
  const quoted = registryPassword.replaceAll(/["\\]/g, String.raw`\$&`)
  await machine.put('/etc/site/curl', `user = "pull:${quoted}"\ninsecure\nsilent\nshow-error\nfail\n`, '0600')
  const at = `https://${world}:5000/v2/library/hello`
  const push = `set -euo pipefail
    base64 -d >/tmp/site-blob-$$
    trap 'rm -f /tmp/site-blob-$$' EXIT
    location=$(curl -K /etc/site/curl -X POST -D - -o /dev/null "$1/blobs/uploads/" | sed -n 's/^[Ll]ocation: //p' | tr -d '\\r')
    curl -K /etc/site/curl -X PUT -H 'Content-Type: application/octet-stream' --data-binary @/tmp/site-blob-$$ "$location&digest=$2"`
  for (const bytes of [config, layer])
    await machine.ask(['bash', '-c', push, '-', at, digestOf(bytes)], bytes.toString('base64'))
  const type = 'Content-Type: application/vnd.docker.distribution.manifest.v2+json'
  const put = ['-X', 'PUT', '-H', type, '--data-binary', '@-', `${at}/manifests/1`]
  await machine.ask(['curl', '-K', '/etc/site/curl', ...put], manifest.toString())
  return digestOf(config)
}

/** A repository of one package, without a signature. */
async function servePackages(machine: NamespacedMachine): Promise<void> {
  const control = `Package: hello-site
Version: 1.0
Architecture: all
Maintainer: Example <nobody@example.net>
Description: says hello
`
  await machine.put('/var/lib/site-packages/build/DEBIAN/control', control)
  await machine.put('/var/lib/site-packages/build/usr/bin/hello-site', '#!/bin/sh\necho hello\n', '0755')
  const make = `set -eu; cd /var/lib/site-packages
    dpkg-deb --root-owner-group --build build hello-site.deb >/dev/null
    { cat build/DEBIAN/control
      echo "Filename: ./hello-site.deb"
      echo "Size: $(stat -c %s hello-site.deb)"
      echo "SHA256: $(sha256sum hello-site.deb | cut -d' ' -f1)"
    } >Packages`
  await machine.ask(['bash', '-c', make])
  machine.start([
    'python3',
    '-m',
    'http.server',
    '80',
    '--bind',
    world,
    '--directory',
    '/var/lib/site-packages',
  ])
  await machine.ask(until(`curl -sf -o /dev/null http://${world}/Packages`))
}

async function startProxy(machine: NamespacedMachine): Promise<void> {
  const hash = await machine.ask(['openssl', 'passwd', '-6', '-stdin'], `${proxyPassword}\n`)
  await machine.put('/etc/squid/site-passwords', `site:${hash}`)
  await machine.put(
    '/etc/squid/site.conf',
    `http_port ${proxyAddress}:3128
visible_hostname proxy
auth_param basic program /usr/lib/squid/basic_ncsa_auth /etc/squid/site-passwords
auth_param basic children 1
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
cache deny all
max_filedescriptors 1024
dns_timeout 1 second
access_log stdio:/var/log/squid/site.log
`,
  )
  await machine.put('/etc/hosts', `${world} ${packages} registry.example.net\n`)
  // It leaves shared memory behind.
  await machine.ask(['mount', '-t', 'tmpfs', 'tmpfs', '/dev/shm'])
  machine.start(['squid', '-N', '-f', '/etc/squid/site.conf'])
  await machine.ask(until(`curl -s -o /dev/null http://${proxyAddress}:3128/`))
}

export type ClosedSite = {
  /** Reaches the proxy, and nothing else. */
  machine: NamespacedMachine
  /** Of the registry, in PEM. */
  authority: string
  /** Of the configuration of `library/hello:1`. */
  image: string
  /** What the proxy was asked: status, method and address of each request. */
  requests(): Promise<string[]>
}

/** The worker has no route to what is beyond; the proxy has a card of each. */
export async function openSite(network: Network): Promise<ClosedSite> {
  const outside = await network.machine('world')
  await outside.connect({ name: 'world0', addresses: [`${world}/24`] })
  const gate = await network.machine('proxy')
  await gate.connect({ name: 'site0', addresses: [`${proxyAddress}/24`] })
  const machine = await network.machine('worker')
  await machine.connect({ name: 'site0', addresses: ['10.10.10.18/24'] })
  await gate.connect({ name: 'world0', addresses: ['192.0.2.2/24'] })
  const authority = await makeCertificates(outside)
  await Promise.all([startRegistry(outside), servePackages(outside), startProxy(gate)])
  return {
    machine,
    authority,
    image: await pushImage(outside),
    async requests() {
      const log = await gate.ask(['cat', '/var/log/squid/site.log'])
      return log
        .trim()
        .split('\n')
        .map((line) =>
          line
            .split(/\s+/)
            .slice(3, 7)
            .filter((_, at) => at !== 1)
            .join(' '),
        )
    },
  }
}
