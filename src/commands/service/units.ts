import { isIP } from 'node:net'
import { type Refusal, refusal } from '../../diagnostics/refusal.ts'
import { parseListenAddress } from '../../server/listen-address.ts'
import { socketNames } from '../../server/activated.ts'
import { unitProgram, unitWord } from '../../text/unit-word.ts'

/** The parameters of the units. */
export type ServiceOptions = {
  /** Name of the units, without an extension. */
  name: string
  /** How to start hakube: a program, and the words before the command. */
  program: readonly string[]
  /** Arguments of `hakube serve`: options with their values, then the profile or directory. */
  words: readonly string[]
  /** Addresses on which systemd listens. */
  listen: string
  listenTls: string | null
  /** Whether the server itself listens on a port below 1024. */
  lowPorts: boolean
  /** Files that only the service may read, by the name of their option of `hakube serve`. */
  credentials: ReadonlyMap<string, string>
}

export type UnitFile = { name: string; content: string }

/** The value of `ListenStream=`; systemd.socket(5). */
function listenStream(option: string, text: string): string {
  const { host, port } = parseListenAddress(text)
  if (port === 0 || (host !== null && isIP(host) === 0))
    throw refusal('service/listen', `--${option} ${text}: systemd listens on an IP address and a port`, {
      hint: 'write e.g. 10.10.10.5:8080, [fd00::5]:8080, or :8080 for all addresses',
    })
  if (host === null) return String(port)
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * The path of a credential is literal, except for specifiers.
 *
 * @throws Refusal for one that a unit cannot contain
 */
function credentialPath(option: string, path: string): string {
  // A backslash at the end of a line continues it.
  if (/\p{Cc}|\\|^\s|\s$/u.test(path)) throw badPath(option, path)
  return path.replaceAll('%', '%%')
}

const badPath = (option: string, path: string): Refusal =>
  refusal(
    'service/path',
    `--${option} ${JSON.stringify(path)}: a unit cannot hold a path with control characters, backslashes, or spaces at either end`,
    { hint: 'give the file another name' },
  )

const head = '# Written by hakube service.\n'

function socketUnit(options: ServiceOptions, use: keyof typeof socketNames, address: string): UnitFile {
  const name = use === 'http' ? `${options.name}.socket` : `${options.name}-${use}.socket`
  return {
    name,
    content: `${head}[Unit]
Description=hakube serve (${options.name}), ${use === 'http' ? 'HTTP' : 'TLS for machines that enrol'}

[Socket]
ListenStream=${listenStream(use === 'http' ? 'listen' : 'listen-tls', address)}
FileDescriptorName=${socketNames[use]}
Service=${options.name}.service
# A whole rack may come up within a second.
Backlog=4096
# The address may not be there yet when the system boots.
FreeBind=yes

[Install]
WantedBy=sockets.target
`,
  }
}

/**
 * The units that run `hakube serve` under systemd: an unprivileged service with its own state directory, keys as credentials and a
 * watchdog, and its sockets, so that no connection is refused while the server restarts.
 *
 * Settings are those of systemd.exec(5), of systemd 247 or later. Left out are `MemoryDenyWriteExecute=`, because V8 compiles at run
 * time, and `IPAddressDeny=`, because machines may have any address.
 *
 * @throws Refusal for an address on which systemd cannot listen, and for a path that a unit cannot contain
 */
export function serviceUnits(options: ServiceOptions): UnitFile[] {
  const { name, program, words, listen, listenTls, lowPorts, credentials } = options
  const [start = '', ...before] = program
  const sockets = [
    socketUnit(options, 'http', listen),
    ...(listenTls === null ? [] : [socketUnit(options, 'tls', listenTls)]),
  ]
  const given = [...credentials].flatMap(([option, path]) => [
    `LoadCredential=${option}:${credentialPath(option, path)}`,
  ])
  const command = [
    unitProgram(start),
    ...[...before, 'serve'].map((word) => unitWord(word)),
    ...[...credentials.keys()].map((option) => `--${option} "\${CREDENTIALS_DIRECTORY}/${option}"`),
    ...words.map((word) => unitWord(word)),
  ]
  const service = `${head}[Unit]
Description=hakube serve (${name})
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
# systemd-notify sends the messages, because Node.js has no datagram sockets of the file system.
NotifyAccess=all
ExecStart=${command.join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Sockets=${sockets.map((socket) => socket.name).join(' ')}
Restart=on-failure
RestartSec=2
# The sites of large racks take a while.
TimeoutStartSec=10min
TimeoutStopSec=30
WatchdogSec=2min
LimitNOFILE=65536
${[`StateDirectory=${name}`, 'StateDirectoryMode=0700', ...given].join('\n')}

DynamicUser=yes
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=${lowPorts ? 'CAP_NET_BIND_SERVICE' : ''}
AmbientCapabilities=${lowPorts ? 'CAP_NET_BIND_SERVICE' : ''}
DevicePolicy=closed
KeyringMode=private
LockPersonality=yes
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=${lowPorts ? 'no' : 'yes'}
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
`
  return [{ name: `${name}.service`, content: service }, ...sockets]
}
