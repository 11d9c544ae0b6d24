import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'

type Kind = 'sysctl' | 'keepalived' | 'haproxy' | 'shell'

type Advice = {
  kinds: readonly Kind[]
  /** What is pointed at. */
  pattern: RegExp
  /** Where the pattern matches and the advice does not hold. */
  unless?: (text: string, found: RegExpExecArray) => boolean
  say: (found: RegExpExecArray, place: Place) => Diagnostic
}

type Place = { path: Path; part: { start: number; length: number } }

const kernel = 'https://github.com/torvalds/linux/commit'
const keepalived = 'https://github.com/acassen/keepalived/issues'

/** Each pattern matches within a line that is no comment. */
const advices: readonly Advice[] = [
  {
    kinds: ['sysctl', 'shell'],
    pattern: /net[./]ipv4[./]tcp_tw_recycle/,
    say: (_, place) =>
      error(
        'old-advice/tcp-tw-recycle',
        'net.ipv4.tcp_tw_recycle was removed in Linux 4.12, and broke NAT before',
        {
          hint: 'remove it',
          source: `${kernel}/4396e46187ca5070219b81773c4e65088dac50cc`,
          ...place,
        },
      ),
  },
  {
    kinds: ['sysctl', 'shell'],
    pattern: /net[./]ipv4[./]tcp_timestamps\s*=\s*0\b/,
    say: (_, place) =>
      warning(
        'old-advice/tcp-timestamps',
        'without timestamps TCP can not tell old packets from new ones, and tcp_tw_reuse does nothing',
        {
          hint: 'remove it, and net.ipv4.tcp_tw_reuse with it: the defaults are right',
          source: 'https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux',
          ...place,
        },
      ),
  },
  {
    kinds: ['sysctl', 'shell'],
    pattern: /net[./]ipv4[./](?:ip_conntrack_max|netfilter[./]\w+)/,
    say: ([key], place) =>
      error('old-advice/ip-conntrack', `${key.replaceAll('/', '.')} is gone from the kernel`, {
        hint: 'remove it; connection tracking is set by net.netfilter.nf_conntrack_max, on Kubernetes nodes by kube-proxy',
        source: 'https://docs.kernel.org/networking/nf_conntrack-sysctl.html',
        ...place,
      }),
  },
  {
    kinds: ['sysctl', 'shell'],
    pattern: /\bnet[./](?:netfilter[./])?nf_conntrack_max\s*=/,
    say: (_, place) =>
      warning('old-advice/nf-conntrack-max', 'kube-proxy sets this again on every Kubernetes node', {
        hint: 'remove it, or write it under sysctls of roles.load-balancer, whose machines run no kube-proxy',
        source: 'https://github.com/kubernetes/kops/issues/2223',
        ...place,
      }),
  },
  {
    kinds: ['sysctl', 'shell'],
    pattern: /(?<![\w-])fs[./]may_detach_mounts/,
    say: (_, place) =>
      error(
        'old-advice/may-detach-mounts',
        'fs.may_detach_mounts is in the kernel of RHEL and CentOS 7 only',
        {
          hint: 'remove it, or write -fs.may_detach_mounts, which may be missing',
          source: 'https://github.com/moby/moby/pull/34886',
          ...place,
        },
      ),
  },
  {
    kinds: ['sysctl', 'shell'],
    pattern: /net[./]bridge[./]bridge-nf-[\w-]+/,
    say: ([key], place) =>
      warning(
        'old-advice/bridge-sysctl',
        `${key.replaceAll('/', '.')} is there only while br_netfilter is loaded`,
        {
          hint: 'write it under sysctls: then hakube loads the module first, at every start',
          source: 'sysctl.d(5)',
          ...place,
        },
      ),
  },
  {
    kinds: ['shell'],
    pattern: /\bmodprobe\s+(?:-\S+\s+)*nf[_-]conntrack[_-]ipv[46]\b/,
    say: (_, place) =>
      error('old-advice/nf-conntrack-ipv4', 'the module was merged into nf_conntrack in Linux 4.19', {
        hint: 'remove the line, and write nf_conntrack under kernel.modules',
        source: `${kernel}/a0ae2562c6c4b2721d9fddba63b7286c13517d9f`,
        ...place,
      }),
  },
  {
    kinds: ['shell'],
    pattern: /\bmodprobe\s+(?:-\S+\s+)*[a-z]\w*/,
    unless: (_, [found]) => /nf[_-]conntrack[_-]ipv/.test(found) || /\s-(?:r|-remove)\b/.test(found),
    say: (_, place) =>
      warning('old-advice/modprobe', 'a module that a command loads is gone after the next start', {
        hint: 'write the module under kernel.modules',
        source: 'modules-load.d(5)',
        ...place,
      }),
  },
  {
    kinds: ['shell'],
    pattern:
      /\bsysctl\s+(?:-\S+\s+)*(?:-p|--load)\b|>>?\s*\/etc\/sysctl\.conf|\btee\s+(?:-\S+\s+)*\/etc\/sysctl\.conf/,
    say: (_, place) =>
      warning(
        'old-advice/sysctl-conf',
        'lines added to /etc/sysctl.conf pile up, and sysctl -p reads no other file',
        {
          hint: 'write the settings under sysctls; hakube writes /etc/sysctl.d and loads it',
          source: 'sysctl.d(5)',
          ...place,
        },
      ),
  },
  {
    kinds: ['keepalived', 'shell'],
    pattern: /\bstate\s+MASTER\b/,
    unless: (text) => !/^\s*nopreempt\b/m.test(text),
    say: (_, place) =>
      error('old-advice/keepalived-nopreempt', 'keepalived ignores nopreempt where the state is MASTER', {
        hint: 'write state BACKUP on all machines; the priorities decide',
        source: `${keepalived}/1472`,
        ...place,
      }),
  },
  {
    kinds: ['keepalived', 'shell'],
    pattern: /\bauth_pass\s+["']?[^\s"']{9,}/,
    say: (_, place) =>
      warning(
        'old-advice/keepalived-auth-pass',
        'keepalived takes the first 8 characters of auth_pass, and sends them for all to read',
        {
          hint: 'remove authentication, and let only the other load balancers send VRRP (IP protocol 112)',
          source: 'https://www.rfc-editor.org/rfc/rfc3768#section-10',
          ...place,
        },
      ),
  },
  {
    kinds: ['keepalived', 'shell'],
    pattern: /^\s*vrrp_strict\b/m,
    say: (_, place) =>
      error(
        'old-advice/keepalived-vrrp-strict',
        'vrrp_strict forbids unicast, and drops packets to the virtual address',
        {
          hint: 'remove the line',
          source: `${keepalived}/2319`,
          ...place,
        },
      ),
  },
  {
    kinds: ['keepalived', 'shell'],
    pattern: /\bvirtual_router_id\s+51\b/,
    say: (_, place) =>
      warning(
        'old-advice/virtual-router-id-51',
        'virtual router id 51 stands in every example, so others have it too',
        {
          hint: 'write another number from 1 to 255',
          source: 'https://github.com/openshift/installer/issues/2966',
          ...place,
        },
      ),
  },
  {
    kinds: ['keepalived', 'shell'],
    pattern: /\bweight\s+-2\b/,
    say: (_, place) =>
      warning(
        'old-advice/keepalived-weight',
        'weight -2 moves nothing where priorities are two or more apart',
        {
          hint: 'write a weight that is larger than the widest gap between priorities, e.g. weight 50',
          source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
          ...place,
        },
      ),
  },
  {
    kinds: ['haproxy', 'shell'],
    pattern: /\boption\s+ssl-hello-chk\b/,
    say: (_, place) =>
      error(
        'old-advice/haproxy-ssl-hello',
        'option ssl-hello-chk says hello in SSL 3, which an API server refuses',
        {
          hint: 'write option httpchk, http-check connect ssl and http-check send meth GET uri /readyz',
          source: 'https://github.com/kubernetes/kubernetes/issues/70411',
          ...place,
        },
      ),
  },
]

/** What a text is, by the path of its file; null stands for a command. */
function kindOf(file: string | null, text: string): Kind | null {
  if (file === null || /\.(?:sh|bash)$/.test(file) || /^#!.*\b(?:ba|da)?sh\b/.test(text)) return 'shell'
  if (/sysctl/.test(file)) return 'sysctl'
  if (/keepalived/.test(file)) return 'keepalived'
  return /haproxy/.test(file) ? 'haproxy' : null
}

/**
 * Old advice in a text of the user's own.
 *
 * @param file path on the machine, or null for a command
 */
export function textAdvice(text: string, file: string | null, path: Path): Diagnostic[] {
  const kind = kindOf(file, text)
  if (kind === null) return []
  // A comment may name what is wrong; same length, so that places stay.
  const bare = text.replaceAll(/^\s*[#!;].*$/gm, (line) => ' '.repeat(line.length))
  return advices.flatMap((advice) => {
    if (!advice.kinds.includes(kind)) return []
    const found = advice.pattern.exec(bare)
    if (!found || advice.unless?.(bare, found)) return []
    const lead = found[0].length - found[0].trimStart().length
    const part = { start: found.index + lead, length: found[0].length - lead }
    return [advice.say(found, { path, part })]
  })
}
