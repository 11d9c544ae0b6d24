import { afterAll, beforeAll, expect, it } from 'vitest'
import { containerd } from '../../src/components/containerd.ts'
import { proxy } from '../../src/components/proxy.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { openNetwork, type Network, type NamespacedMachine } from '../support/namespaces.ts'
import {
  type ClosedSite,
  openSite,
  packages,
  proxyAddress,
  proxyPassword,
  registry,
  registryPassword,
} from './closed-site.ts'
import { changedCluster, machineOf } from './host.ts'

const programs = [
  'apt-get',
  'containerd',
  'curl',
  'docker-registry',
  'dpkg-deb',
  'openssl',
  'perl',
  'python3',
  'squid',
  'unshare',
]

/** What a worker of the site gets. */
function rendered(authority: string) {
  const cluster = changedCluster((profile) => {
    profile.distribution = { name: 'debian', version: '12' }
    profile.containerRuntime = { name: 'containerd', packages: 'distribution' }
    profile.proxy = { http: `http://${proxyAddress}:3128`, username: 'site', passwordSecret: 'proxy' }
    profile.mirrors = {
      images: {
        'docker.io': {
          url: `https://${registry}`,
          username: 'pull',
          passwordSecret: 'registry',
          ca: { content: authority },
        },
      },
    }
  })
  const secrets = { ...cluster.secrets, own: { proxy: proxyPassword, registry: registryPassword } }
  const worker = machineOf(cluster, 'sample-kube-worker-003')
  return assembleOnly([proxy, containerd], { ...cluster, secrets }, worker).files
}

/** Pulls as a kubelet does: PullImage of the container runtime interface, in gRPC over HTTP/2 (k8s.io/cri-api, runtime/v1/api.proto). */
const pull = `
const text = (field, bytes) => Buffer.concat([Buffer.from([field * 8 + 2, bytes.length]), bytes])
const message = text(1, text(1, Buffer.from(process.argv[1])))
const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message])
const createConnection = () => require('net').connect('/run/containerd/containerd.sock')
const session = require('http2').connect('http://localhost', { createConnection })
const call = session.request({
  ':method': 'POST',
  ':path': '/runtime.v1.ImageService/PullImage',
  'content-type': 'application/grpc',
  te: 'trailers',
})
let answer = Buffer.alloc(0)
const told = (headers) => {
  if (headers['grpc-status'] === undefined || headers['grpc-status'] === '0') return
  console.error(decodeURIComponent(headers['grpc-message']))
  process.exitCode = 1
}
call.on('response', told).on('trailers', told)
call.on('data', (data) => (answer = Buffer.concat([answer, data])))
call.on('close', () => {
  console.log(/sha256:[0-9a-f]{64}/.exec(answer.toString('latin1'))?.[0] ?? '')
  session.close()
})
call.end(frame)
`

describeWith(
  { linux: true, root: true, programs },
  'a site behind a proxy, with a registry of its own',
  () => {
    let network: Network
    let site: ClosedSite
    let machine: NamespacedMachine

    beforeAll(async () => {
      network = await openNetwork()
      site = await openSite(network)
      ;({ machine } = site)
      for (const { path, content, mode } of rendered(site.authority))
        await machine.put(path, textOf(content), mode)
      await machine.put('/etc/apt/sources.list.d/site.list', `deb [trusted=yes] http://${packages}/ ./\n`)
      await machine.ask(['mkdir', '-p', '/var/lib/containerd'])
      await machine.ask(['mount', '-t', 'tmpfs', 'tmpfs', '/var/lib/containerd'])
    }, 60_000)
    afterAll(() => network.close())

    const fetch = `curl --silent --show-error --fail --max-time 10 http://${packages}/Packages`
    const inShell = (script: string) =>
      machine.run(['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'bash', '--norc', '-c', script])
    const apt = (...words: string[]) =>
      inShell(
        `apt-get -o Dir::Etc::sourcelist=sources.list.d/site.list -o Dir::Etc::sourceparts=/dev/null -o Acquire::Retries=0 --yes ${words.join(' ')}`,
      )

    /** With the environment that the drop-in of the unit names, or with none; for one pull. */
    async function pulled(environment: 'unit' | 'none') {
      const read = `[[ $1 = none ]] || {
      file=$(sed -n 's/^EnvironmentFile=//p' /etc/systemd/system/containerd.service.d/hakube-proxy.conf)
      set -a; source "$file"; set +a
    }
    containerd >/var/log/site-containerd.log 2>&1 & pid=$!
    for _ in {1..300}; do [[ -S /run/containerd/containerd.sock ]] && break; sleep 0.1; done
    "$2" -e "$3" docker.io/library/hello:1
    status=$?
    kill "$pid"; wait "$pid" || true
    rm -f /run/containerd/containerd.sock
    exit "$status"`
      const { status, stdout, stderr } = await machine.run([
        'bash',
        '-c',
        read,
        '-',
        environment,
        process.execPath,
        pull,
      ])
      return { status, stdout: stdout.trim(), stderr }
    }

    it('lets curl fetch in a step, but not without the settings', async () => {
      expect(await inShell(fetch)).toMatchObject({ status: 6, stdout: '' })
      expect(await inShell(`http_proxy=http://${proxyAddress}:3128 ${fetch}`)).toMatchObject({
        status: 22,
        stderr: expect.stringContaining('407'),
      })
      expect(await inShell(`source /etc/hakube/proxy; ${fetch}`)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Package: hello-site'),
      })
      const asOther = `setpriv --reuid nobody --regid nogroup --clear-groups cat /etc/hakube/proxy`
      expect(await inShell(asOther)).toMatchObject({ status: 1, stdout: '' })
    })

    it('lets apt install a package through the proxy, but not without the password', async () => {
      await machine.ask(['mv', '/etc/apt/auth.conf.d/95-hakube-proxy.conf', '/etc/site-login'])
      expect(await apt('update')).toMatchObject({ stderr: expect.stringContaining('407') })
      await machine.ask(['mv', '/etc/site-login', '/etc/apt/auth.conf.d/95-hakube-proxy.conf'])
      expect(await apt('update')).toMatchObject({ status: 0, stderr: '' })
      expect(await apt('install', 'hello-site')).toMatchObject({ status: 0 })
      expect(await machine.ask(['hello-site'])).toBe('hello\n')
      // Other users read the configuration of apt, which has no password.
      expect(
        await inShell('setpriv --reuid nobody --regid nogroup --clear-groups apt-config dump >/dev/null'),
      ).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
    })

    it('lets containerd pull an image with the CA of the registry, and both passwords', async () => {
      expect(await pulled('none')).toMatchObject({ status: 1, stdout: '' })
      const hosts = '/etc/containerd/certs.d/docker.io/hosts.toml'
      const whole = await machine.ask(['cat', hosts])
      await machine.put(hosts, whole.replaceAll(/^ca = .*$/gm, ''))
      expect(await pulled('unit')).toMatchObject({ status: 1, stdout: '' })
      expect(await machine.ask(['cat', '/var/log/site-containerd.log'])).toContain(
        'certificate signed by unknown authority',
      )
      await machine.put(hosts, whole)

      const configuration = await machine.ask(['cat', '/etc/containerd/config.toml'])
      await machine.put(
        '/etc/containerd/config.toml',
        configuration.replace(/^password = .*$/m, 'password = "wrong"'),
        '0600',
      )
      expect(await pulled('unit')).toMatchObject({ status: 1, stdout: '' })
      expect(await machine.ask(['cat', '/var/log/site-containerd.log'])).toMatch(
        /401 Unauthorized|authorization failed/,
      )
      await machine.put('/etc/containerd/config.toml', configuration, '0600')

      expect(await pulled('unit')).toEqual({ status: 0, stdout: site.image, stderr: '' })
      expect((await site.requests()).filter((line) => line.startsWith('TCP_TUNNEL/200 CONNECT'))).toContain(
        `TCP_TUNNEL/200 CONNECT ${registry}`,
      )
    })
  },
)
