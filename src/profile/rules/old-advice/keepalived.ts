import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { says, type Family, type Found } from './advice.ts'
import type { Text } from './texts.ts'

const issues = 'https://github.com/acassen/keepalived/issues'

/** keepalived.conf, and the scripts that it runs. */
export const keepalivedAdvice: Family = {
  title: 'keepalived',
  advice: [
    {
      what: '`state MASTER` with `nopreempt`',
      says: says(
        error('old-advice/keepalived-nopreempt', 'keepalived ignores nopreempt in state MASTER', {
          hint: 'write state BACKUP on all machines; priorities decide',
          source: `${issues}/1472`,
        }),
      ),
      texts: [{ kinds: ['keepalived'], find: masterWithoutPreemption }],
    },
    {
      what: '`auth_pass` of more than 8 characters',
      says: says(
        warning(
          'old-advice/keepalived-auth-pass',
          'keepalived uses only the first 8 characters of auth_pass, and sends them unencrypted',
          {
            hint: 'remove authentication, and allow VRRP (IP protocol 112) only from the other load balancers',
            source: 'https://www.rfc-editor.org/rfc/rfc3768#section-10',
          },
        ),
      ),
      texts: [{ kinds: ['keepalived'], find: longPassword }],
    },
    {
      what: '`auth_type PASS`, `auth_type AH`',
      says: says(
        warning(
          'old-advice/keepalived-authentication',
          'VRRP has had no authentication since RFC 3768, and passwords are sent unencrypted',
          {
            hint: 'remove authentication, and allow VRRP (IP protocol 112) only from the other load balancers',
            source: 'https://www.rfc-editor.org/rfc/rfc3768#section-10',
          },
        ),
      ),
      texts: [
        {
          kinds: ['keepalived'],
          find: /\bauth_type\s+(?:PASS|AH)\b/g,
          unless: (text) => longPassword(text).length > 0,
        },
      ],
    },
    {
      what: '`vrrp_strict`',
      says: says(
        error(
          'old-advice/keepalived-vrrp-strict',
          'vrrp_strict forbids unicast, and drops packets to the virtual address',
          { hint: 'remove the line', source: `${issues}/2319` },
        ),
      ),
      texts: [{ kinds: ['keepalived'], find: /^[ \t]*(?<name>vrrp_strict)\b/gm }],
    },
    {
      what: '`virtual_router_id 51`',
      says: says(
        warning(
          'old-advice/virtual-router-id-51',
          'virtual router ID 51 is in every example, so others may use it too',
          {
            hint: 'write another number from 1 to 255; hakube derives its own from the cluster name',
            source: 'https://github.com/openshift/installer/issues/2966',
          },
        ),
      ),
      texts: [
        { kinds: ['keepalived'], find: /\bvirtual_router_id\s+51\b/g },
        { kinds: ['shell'], find: /\b(?:VIRTUAL_)?ROUTER_ID=["']?51\b|\bVRID=["']?51\b/g },
      ],
    },
    {
      what: '`weight -2` in a `vrrp_script`',
      says: says(
        warning(
          'old-advice/keepalived-weight',
          'weight -2 has no effect if priorities are two or more apart',
          {
            hint: 'write a weight above the widest gap between priorities, e.g. weight 50',
            source:
              'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
          },
        ),
      ),
      texts: [{ kinds: ['keepalived'], find: /\bweight\s+-2\b/g }],
    },
    {
      what: '`killall -0 haproxy`, `pgrep haproxy`, `pidof haproxy` as a check',
      says: says(
        warning(
          'old-advice/keepalived-process-check',
          'a running process may still not respond, and killall may be missing',
          {
            hint: 'query haproxy itself with monitor-uri in haproxy.cfg and a script that runs curl --fail, or use track_process',
            source: `${issues}/2184`,
          },
        ),
      ),
      texts: [
        {
          kinds: ['keepalived', 'keepalived-script'],
          find: /(?:\bkillall|\$\(which killall\)|`which killall`)["']?\s+-(?:0|s\s*0)\s+[\w-]+|\b(?:pgrep|pidof)\s+(?:-\S+\s+)*[a-z][\w-]*/g,
        },
      ],
    },
    {
      what: 'Scripts without `enable_script_security` and `script_user`',
      says: says(
        warning(
          'old-advice/keepalived-script-security',
          'keepalived runs {} with root privileges, no matter who may change the script',
          {
            hint: 'write enable_script_security and script_user root in global_defs; the script must belong to root, with mode 0755',
            source: `${issues}/901`,
          },
        ),
      ),
      texts: [{ kinds: ['keepalived'], find: unsafeScripts }],
    },
    {
      what: 'Shell in a `script` or `notify` line: pipes, `;`, `$(…)`, `</dev/tcp/…`',
      says: says(
        error(
          'old-advice/keepalived-shell-words',
          'keepalived does not run a shell, and passes {} on unchanged',
          {
            hint: 'write a script that begins with #!/bin/bash, and name its path here',
            source: `${issues}/1926`,
          },
        ),
      ),
      texts: [{ kinds: ['keepalived'], find: shellWords }],
    },
    {
      what: '`systemctl stop keepalived` in a check',
      says: says(
        warning('old-advice/keepalived-stop', 'a keepalived that its own check stops never starts again', {
          hint: 'exit the check with a status other than 0: the weight, or the state FAULT, moves the address',
          source: 'keepalived.conf(5), vrrp_script',
        }),
      ),
      texts: [
        {
          kinds: ['keepalived-script'],
          find: /\bsystemctl\s+stop\s+keepalived\b|\bservice\s+keepalived\s+stop\b|\b(?:pkill|killall)\s+(?:-(?!0)\S+\s+)*keepalived\b/g,
        },
      ],
    },
    {
      what: '`curl --insecure` in a check',
      says: says(
        warning(
          'old-advice/keepalived-insecure-check',
          'anything that responds on that port counts as the API server',
          {
            hint: 'query haproxy on the same machine (monitor-uri on 127.0.0.1), and let haproxy check the API servers with ca-file',
            source: 'curl(1), --insecure',
          },
        ),
      ),
      texts: [
        {
          kinds: ['keepalived-script'],
          find: /\bcurl\s(?:[^\n;|&]{0,200}\s)?(?:--insecure|-[a-zA-Z]*k[a-zA-Z]*)(?=\s)/g,
        },
      ],
    },
    {
      what: '`osixia/keepalived`',
      says: says(
        warning(
          'old-advice/keepalived-image',
          '{} has not been updated for years, and depends on the kubelet',
          {
            hint: "remove it: hakube installs the distribution's keepalived as a service",
            source: 'https://github.com/osixia/docker-keepalived/releases',
          },
        ),
      ),
      texts: [{ kinds: ['kubernetes', 'shell', 'unit'], find: /\bosixia\/keepalived\b(?::[\w.-]+)?/g }],
    },
  ],
}

function masterWithoutPreemption({ bare }: Text): Found[] {
  let at = 0
  return bare.split(/(?=\bvrrp_instance\b)/).flatMap((instance) => {
    const from = at
    at += instance.length
    if (!/^[ \t]*nopreempt\b/m.test(instance)) return []
    return [...instance.matchAll(/\bstate\s+MASTER\b/g)].map(({ 0: { length }, index }) => ({
      start: from + index,
      length,
    }))
  })
}

function longPassword({ bare }: Text): Found[] {
  return [...bare.matchAll(/\bauth_pass\s+["']?(?![$"'])[^\s"']{9,}/g)].map(
    ({ 0: { length }, index: start }) => ({
      start,
      length,
    }),
  )
}

/** Checks only files with `global_defs` and the main file: others may be included by a file with it. */
function unsafeScripts({ bare, file }: Text): Found[] {
  if (!/^[ \t]*global_defs\b/m.test(bare) && !file?.endsWith('keepalived.conf')) return []
  const hasUser = /^[ \t]*(?:script_user|user)[ \t]+\S/m.test(bare)
  if (hasUser && /^[ \t]*enable_script_security\b/m.test(bare)) return []
  const first = /\bvrrp_script[ \t]+[\w.-]+|^[ \t]*notify(?:_\w+)?[ \t]+["'/]/m.exec(bare)
  if (!first) return []
  const [found] = first
  const lead = found.length - found.trimStart().length
  const length = found.trim().replace(/[ \t]+["'/]$/, '').length
  return [{ start: first.index + lead, length }]
}

function shellWords({ bare }: Text): Found[] {
  const lines = bare.matchAll(
    /^[ \t]*(?:script|notify(?:_(?:master|backup|fault|stop|deleted|master_rx_lower_pri))?)[ \t]+(?:"([^"\n]*)"|([^\s"{][^\n]*))/gm,
  )
  return [...lines].flatMap((line) => {
    const value = line[1] ?? line[2] ?? ''
    // A shell that is called by name reads the line; keepalived itself does not.
    if (/^(?:\/\S*\/)?(?:ba|da)?sh[ \t]+-\S*c\b/.test(value)) return []
    const words = /(?:[|;<>`]|&&|\$\()[^\n]*/.exec(value)
    if (!words) return []
    return [{ start: line.index + line[0].lastIndexOf(value), length: value.length, name: words[0] }]
  })
}
