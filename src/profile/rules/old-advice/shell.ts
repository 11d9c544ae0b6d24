import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { says, type Family, type Found } from './advice.ts'
import type { Text } from './texts.ts'

/** Effects of commands on a machine. */
export const shellAdvice: Family = {
  title: 'Commands and scripts',
  advice: [
    {
      what: '`sysctl -p`, lines added to `/etc/sysctl.conf`',
      says: says(
        warning(
          'old-advice/sysctl-conf',
          'lines added to /etc/sysctl.conf accumulate, and sysctl -p reads no other file',
          {
            hint: 'write the settings under sysctls; hakube writes /etc/sysctl.d and loads it',
            source:
              'https://www.debian.org/releases/trixie/release-notes/issues.en.html#etc-sysctl-conf-is-no-longer-honored',
          },
        ),
      ),
      file: /^\/etc\/sysctl\.conf$/,
      texts: [
        {
          kinds: ['shell'],
          find: /\bsysctl\s+(?:-\S+\s+)*(?:-\w*p|--load)(?![\w-]|\s*=?\s*["']?\/(?:etc|usr\/lib)\/sysctl\.d)|>\s*\/etc\/sysctl\.conf|\btee\s+(?:-\S+\s+)*\/etc\/sysctl\.conf/g,
        },
      ],
    },
    {
      what: '`>>` to a file in `/etc`',
      says: says(
        warning('old-advice/append', 'a command may run several times, and adds its lines to {} each time', {
          hint: 'write the whole file under files, or use the field for it: sysctls, limits, kernel; hakube writes /etc/hosts itself',
          source: 'bash(1), Appending Redirected Output',
        }),
      ),
      texts: [{ kinds: ['command'], find: appends }],
    },
    {
      what: '`<<EOF` where the text has `$1`, `$@` …',
      says: says(
        error('old-advice/heredoc-expansion', 'the shell that writes this text expands {}', {
          hint: "write the text under files, or <<'EOF' with quotes",
          source: 'https://www.shellcheck.net/wiki/SC2087',
        }),
      ),
      texts: [{ kinds: ['shell'], find: expandedArguments }],
    },
    {
      what: '`swapoff -a`',
      says: says(
        warning('old-advice/swapoff', 'swap is back after a reboot', {
          hint: 'remove it: hakube disables swap permanently',
          source: 'https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/',
        }),
      ),
      texts: [
        {
          kinds: ['command'],
          find: /\bswapoff\s+(?:-a|--all)\b/g,
          unless: ({ bare }) => /\/etc\/fstab|\bswap\.target\b|zram/.test(bare),
        },
      ],
    },
    {
      what: '`setenforce 0`, `SELINUX=disabled`, `selinux=0`',
      says: says(
        warning('old-advice/selinux-off', '{} removes a barrier between containers and the machine', {
          hint: 'remove it: hakube sets the SELinux labels that its programs need; if you must, write selinux: permissive',
          source: 'https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/using_selinux/',
        }),
      ),
      kernelArgument: /^(?:selinux|enforcing)=0$/,
      texts: [
        { kinds: ['shell'], find: /\bsetenforce\s+(?:0|[Pp]ermissive)\b/g },
        {
          kinds: ['shell'],
          find: /\bsed\s(?=[^\n]{0,200}(?:disabled|permissive))[^\n]{0,200}\/selinux\b[^\s;|&]*/g,
        },
        { kinds: ['selinux'], find: /^[ \t]*(?<name>SELINUX\s*=\s*(?:disabled|permissive))\b/gm },
      ],
    },
    {
      what: '`systemctl disable firewalld`, `ufw disable`',
      says: says(
        warning('old-advice/firewall-off', '{} opens every port of the machine', {
          hint: 'remove it: hakube opens the ports that its programs need; if you must, write firewall: false',
          source: 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
        }),
      ),
      texts: [
        {
          kinds: ['shell'],
          find: /\bsystemctl\s+(?:--\S+\s+)*(?:stop|disable|mask)\s+(?:--\S+\s+)*(?:firewalld|ufw|nftables|iptables)(?:\.service)?\b|\bservice\s+(?:firewalld|iptables|ufw)\s+stop\b|\bufw\s+(?:--force\s+)?disable\b/g,
        },
      ],
    },
    {
      what: '`iptables -F`',
      says: says(
        warning(
          'old-advice/iptables-flush',
          '{} removes the rules of all programs, including kube-proxy and the network plugin',
          {
            hint: 'remove it; loadBalancing.sourceAddress sets a source address in its own table',
            source: 'iptables(8), --flush',
          },
        ),
      ),
      texts: [
        {
          kinds: ['shell'],
          find: /\bip6?tables\s+(?:-t\s+\w+\s+)?(?:-F|--flush)(?=\s*(?:$|[;&|)]|-t\s|INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING))|\bnft\s+flush\s+ruleset\b/gm,
        },
      ],
    },
    {
      what: '`ntpdate`',
      says: says(
        warning('old-advice/ntpdate', 'ntpdate sets the clock only once, and conflicts with chrony', {
          hint: 'remove it: hakube sets up chrony; write network.timeServers',
          source: 'https://chrony-project.org/faq.html',
        }),
      ),
      package: /^(?:ntpdate|ntp)$/,
      texts: [{ kinds: ['shell'], find: /(?:^|[\s;&|(])(?<name>ntpdate)\s+(?:-\S+\s+)*[\w$.{"-]+/gm }],
    },
    {
      what: '`reboot` in a command',
      says: says(
        warning('old-advice/reboot', 'the machine reboots before the command is recorded as done', {
          hint: 'end the command with exit 194: then hakube reboots the machine and continues',
          source: 'systemctl(1), reboot',
        }),
      ),
      texts: [
        {
          kinds: ['command'],
          find: /(?:^|[;&|(]|\bthen|\bsudo)[ \t]*(?<name>(?:\/s?bin\/|\/usr\/s?bin\/)?(?:systemctl\s+reboot|reboot|shutdown\s+-r|init\s+6))(?=\s|;|$)/gm,
        },
      ],
    },
  ],
}

const escaped = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`)

/** `>>` to a file in /etc, unless the script has created the file before, or checks its contents. */
function appends({ bare }: Text): Found[] {
  const pattern = />>\s*["']?(\/etc\/[^\s"';|&)]+)|\btee\s+(?:-a|--append)\s+["']?(\/etc\/[^\s"';|&)]+)/g
  const seen = new Set<string>()
  return [...bare.matchAll(pattern)].flatMap((match) => {
    const file = match[1] ?? match[2] ?? ''
    if (seen.has(file) || /^\/etc\/(?:sysctl\.conf|default\/grub|sysconfig\/modules\/.*)$/.test(file))
      return []
    seen.add(file)
    const path = `["']?${escaped(file)}(?![\\w./-])`
    const made = new RegExp(
      `(?<!>)>\\|?\\s*${path}|\\btee\\s+${path}|\\b(?:rm|cp|mv|install|truncate)\\s[^\\n]*${path}`,
    )
    if (made.test(bare.slice(0, match.index)) || new RegExp(`\\bgrep\\s[^\\n]*${path}`).test(bare)) return []
    return [{ start: match.index, length: match[0].length, name: file }]
  })
}

/** Arguments of a script that a here-document writes; a command has none, but a function of a script may. */
function expandedArguments({ raw, heredocs, kinds }: Text): Found[] {
  return heredocs.flatMap(({ start, end, expands }) => {
    const body = raw.slice(start, end)
    if (!expands || !(kinds.has('command') || body.startsWith('#!'))) return []
    const argument = /(?<!\\)\$(?:[1-9@*#?]|\{[1-9@*#?]\})/.exec(body)
    return argument ? [{ start: start + argument.index, length: argument[0].length, name: argument[0] }] : []
  })
}
