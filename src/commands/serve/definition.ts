import { stateOption } from '../rack-options.ts'
import { ageKeyFile, type CommandDefinition, ephemeralSecrets, fault, usage } from '../definition.ts'

export const serveCommand: CommandDefinition = {
  name: 'serve',
  parameters: [{ name: 'PROFILE|DIR', completes: 'profile', many: true }],
  summary: 'Serve the site to the machines.',
  description: [
    'Serves a profile, rendered in memory, a directory that `hakube render` wrote, or an archive of `hakube image --type site`, after ' +
      'verifying their checksums. ' +
      'A profile with errors is rejected.',
    'Several profiles, or those in a directory, are served together if they have the same server: each with its own secrets, CAs and ' +
      'port for enrolment. A machine is then CLUSTER/NAME where NAME alone is not unique.',
    'A machine is installed only when it is armed, and then once: until then, each boots from its own disk. hakube arm, disarm, ' +
      'status and wait talk to the running server.',
    'With --repo the server keeps a copy of the repository in its state directory and follows a branch. A commit that is wrong, unsigned or ' +
      'rewritten is not served: the good site stays, and hakube status says why.',
    'SIGHUP reloads everything; if the new profile has errors, the server reports them and keeps serving the last ' +
      'good site. SIGTERM and SIGINT stop it after in-flight responses finish.',
  ],
  options: [
    {
      name: 'listen',
      value: 'ADDR:PORT',
      default: '127.0.0.1:8080',
      description: 'Address to listen on; write an IPv6 address in brackets.',
    },
    {
      name: 'listen-tls',
      value: 'ADDR:PORT',
      description:
        'Address to listen on for TLS, by machines that fetch their secrets. Default: the address of --listen, with the port of the profile (8443), or any free port where that of --listen is 0.',
    },
    {
      name: 'strict-source',
      description:
        'Let a machine enrol only from the address that the profile gives it; otherwise another address is reported as an alarm.',
    },
    {
      name: 'syslog',
      value: 'ADDR:PORT',
      description:
        'Listen for syslog, over UDP and TCP: hakube logs shows what each machine says. Default: the address of --listen with syslogPort of the profile; off without it, as nothing authenticates syslog.',
    },
    {
      name: 'page',
      value: 'WHO',
      choices: ['local', 'all', 'none'],
      default: 'local',
      description:
        'Who may read the page that shows the machines: local (this machine, also through an SSH tunnel), all, or none.',
    },
    {
      name: 'assets',
      value: 'DIR',
      completes: 'directory',
      description: 'Directory with kernels, initial RAM disks and root images, served below assets/.',
    },
    {
      name: 'arm',
      value: 'NAME',
      many: true,
      description:
        'Machine to be installed at its next boot from the network, or all. hakube arm does it later.',
    },
    {
      name: 'with-dnsmasq',
      value: 'IFACE',
      description:
        'Also start dnsmasq as DHCP and TFTP server on this network interface, and stop it with the server. Needs root.',
    },
    {
      name: 'proxy-dhcp',
      description:
        'With --with-dnsmasq: give no addresses, and only say what to boot, beside a DHCP server on another host that cannot be changed.',
    },
    {
      name: 'repo',
      value: 'URL|DIR',
      description:
        'Follow a git repository: serve its commits, each once it is rendered without errors. PROFILE is then a path in the repository.',
    },
    { name: 'ref', value: 'BRANCH', description: 'Branch to follow, with --repo. Default: main.' },
    {
      name: 'interval',
      value: 'DURATION',
      description: 'Time between two checks of the repository, e.g. 30s or 5m. Default: 30s.',
    },
    {
      name: 'require-signature',
      value: 'FILE',
      completes: 'file',
      description:
        'Serve only commits that one of these allowed signers has signed (ssh-keygen(1), ALLOWED SIGNERS).',
    },
    {
      name: 'allow-rewrite',
      description:
        'Also serve a commit that does not contain the previous one, as after a forced push. By default it is refused.',
    },
    {
      name: 'webhook-secret',
      value: 'FILE',
      completes: 'file',
      description:
        'File with the secret of a webhook: a push to the forge then makes the server check at once. Its address is /api/v1/webhook.',
    },
    stateOption,
    {
      name: 'log',
      value: 'FORMAT',
      choices: ['text', 'json'],
      default: 'text',
      description: 'Log format: one line per request, on stderr.',
    },
    ageKeyFile,
    ephemeralSecrets,
  ],
  examples: [
    {
      command:
        'hakube serve profile.yaml --listen 10.10.10.5:8080 --assets assets --ephemeral-secrets --arm all',
      explanation: 'Serve a profile.',
    },
    {
      command:
        'hakube serve rack/profile.yaml --repo https://git.example.com/rack.git --require-signature signers --age-key-file key',
      explanation: 'Serve what is in git.',
    },
    {
      command: 'hakube serve rack-a.yaml rack-b.yaml --listen 10.10.10.5:8080 --age-key-file key',
      explanation: 'Serve two clusters; for a directory, all profiles in it are served.',
    },
    { command: 'hakube serve site --listen 10.10.10.5:8080', explanation: 'Serve a rendered directory.' },
  ],
  exitCodes: [
    [0, 'stopped by SIGTERM or SIGINT'],
    [1, 'errors in the profile, a modified file, or an address in use'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}
