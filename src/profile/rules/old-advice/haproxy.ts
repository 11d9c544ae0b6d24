import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { says, type Family, type Found } from './advice.ts'
import {
  haproxySections,
  leadsToApi,
  type Line,
  linesLike,
  seconds,
  type Section,
} from './haproxy-sections.ts'
import type { Text } from './texts.ts'

const manual = 'https://docs.haproxy.org/2.6/configuration.html'

/** haproxy.cfg of load balancers for API servers. */
export const haproxyAdvice: Family = {
  title: 'haproxy',
  advice: [
    {
      what: '`option ssl-hello-chk`',
      says: says(
        error('old-advice/haproxy-ssl-hello', 'option ssl-hello-chk uses SSL 3, which API servers reject', {
          hint: 'write option httpchk, http-check connect ssl and http-check send meth GET uri /readyz',
          source: 'https://github.com/kubernetes/kubernetes/issues/70411',
        }),
      ),
      texts: [{ kinds: ['haproxy', 'shell'], find: /\boption\s+ssl-hello-chk\b/g }],
    },
    {
      what: '`check` of API servers without `option httpchk`, `option tcp-check`',
      says: says(
        warning(
          'old-advice/haproxy-plain-check',
          'an API server that accepts connections but does not respond stays in rotation',
          {
            hint: 'write option httpchk, http-check connect ssl, http-check send meth GET uri /readyz and http-check expect status 200',
            source: 'https://github.com/kubernetes-sigs/kubespray/issues/5663',
          },
        ),
      ),
      texts: [{ kinds: ['haproxy'], find: plainChecks }],
    },
    {
      what: '`option httpchk` for API servers without `check-ssl`',
      says: says(
        error(
          'old-advice/haproxy-check-without-tls',
          'this checks API servers without TLS, so all count as down',
          {
            hint: 'write http-check connect ssl, or check-ssl for each server, with ca-file and verify required',
            source: `${manual}#5.2-check-ssl`,
          },
        ),
      ),
      texts: [{ kinds: ['haproxy'], find: checksWithoutTls }],
    },
    {
      what: '`verify none`',
      says: says(
        warning(
          'old-advice/haproxy-verify-none',
          'anything that responds at that address counts as an API server',
          {
            hint: "write verify required and ca-file with the cluster's CA, which hakube creates in advance",
            source: `${manual}#5.2-verify`,
          },
        ),
      ),
      texts: [{ kinds: ['haproxy'], find: /\bverify\s+none\b/g }],
    },
    {
      what: '`timeout client` and `timeout server` of less than an hour',
      says: says(
        warning('old-advice/haproxy-short-timeout', '{} interrupts kubectl logs -f, exec and watches', {
          hint: 'write timeout client 4h and timeout server 4h, or timeout tunnel 4h',
          source: 'https://github.com/kubernetes/kubeadm/issues/2227',
        }),
      ),
      texts: [{ kinds: ['haproxy'], find: shortTimeouts }],
    },
    {
      what: '`mode http`, `option httplog`, `option forwardfor` in `defaults` with `mode tcp` elsewhere',
      says: says(
        warning(
          'old-advice/haproxy-http-defaults',
          'these defaults are for HTTP, and haproxy ignores them in mode tcp',
          {
            hint: 'write mode tcp and option tcplog in defaults, and mode http in sections for HTTP',
            source: `${manual}#4-option%20forwardfor`,
          },
        ),
      ),
      texts: [{ kinds: ['haproxy'], find: httpDefaults }],
    },
    {
      what: '`/healthz` of the API server',
      says: says(
        warning(
          'old-advice/apiserver-healthz',
          '/healthz of the API server has been deprecated since Kubernetes 1.16',
          {
            hint: 'use /readyz, which fails while the server starts or stops',
            source: 'https://kubernetes.io/docs/reference/using-api/health-checks/',
          },
        ),
      ),
      texts: [
        { kinds: ['haproxy'], find: oldHealth },
        { kinds: ['shell'], find: /:(?:6443|8443|16443)\/healthz\b/g },
        {
          // The probes of kubeadm's own pods are different.
          kinds: ['kubernetes'],
          find: /\bpath:\s*["']?\/healthz\b/g,
          unless: ({ bare }) => !/\bimage:\s*["']?\S*(?:haproxy|keepalived|kube-apiserver)/.test(bare),
        },
      ],
    },
  ],
}

const found = ({ text, start }: Line): Found => ({ start, length: text.length })

const defaultsOf = (sections: readonly Section[]): Section | undefined =>
  sections.find(({ kind }) => kind === 'defaults')

/** Sections of API servers, each with the `defaults` that apply to it. */
function apiBackends({ bare }: Text): { section: Section; lines: Line[]; servers: Line[] }[] {
  const sections = haproxySections(bare)
  const defaults = defaultsOf(sections)
  return sections
    .filter((section) => /^(?:backend|listen)$/.test(section.kind) && leadsToApi(section))
    .map((section) => ({
      section,
      lines: [...(defaults?.lines ?? []), ...section.lines],
      servers: linesLike(section, /^server(?:-template)?\s/),
    }))
    .filter(({ servers }) => servers.length > 0)
}

/** haproxy uses the last option that selects a kind of check. */
const checkOf = (lines: readonly Line[]): Line | undefined =>
  lines.findLast(({ text }) => /^option\s+(?:httpchk|tcp-check|ssl-hello-chk|[\w-]+-check)\b/.test(text))

function plainChecks(text: Text): Found[] {
  return apiBackends(text).flatMap(({ section, lines, servers }) => {
    const check = checkOf(lines)
    if (check && !/tcp-check/.test(check.text)) return []
    if (lines.some((line) => /^tcp-check\s+send/.test(line.text))) return []
    const place = check && section.lines.includes(check) ? check : servers[0]
    return place ? [found(place)] : []
  })
}

const isTls = ({ text }: Line) =>
  /^http-check\s+connect\s.*\bssl\b|^default-server\s.*\b(?:check-ssl|ssl)\b/.test(text)

function checksWithoutTls(text: Text): Found[] {
  return apiBackends(text).flatMap(({ section, lines, servers }) => {
    const check = checkOf(lines)
    if (!check || !/httpchk/.test(check.text)) return []
    if (lines.some(isTls) || servers.every((server) => /\s(?:check-ssl|ssl)\b/.test(server.text))) return []
    return [found(section.lines.includes(check) ? check : (servers[0] ?? check))]
  })
}

const hour = 3600

const isLong = ({ text }: Line) => {
  const time = /^timeout\s+tunnel\s+(\S+)/.exec(text)?.[1]
  return time !== undefined && seconds(time) >= hour
}

function shortTimeouts({ bare }: Text): Found[] {
  const sections = haproxySections(bare)
  const api = sections.filter((section) => leadsToApi(section))
  if (api.length === 0) return []
  const defaults = defaultsOf(sections)
  const places = [...(defaults ? [defaults] : []), ...api]
  if (places.some(({ lines }) => lines.some(isLong))) return []
  return places.flatMap((section) =>
    linesLike(section, /^timeout\s+(?:client|server)\s/).flatMap((line) =>
      seconds(line.text.split(/\s+/)[2] ?? '') < hour
        ? [{ ...found(line), name: line.text.replaceAll(/\s+/g, ' ') }]
        : [],
    ),
  )
}

function httpDefaults({ bare }: Text): Found[] {
  const sections = haproxySections(bare)
  const defaults = defaultsOf(sections)
  const isTcp = sections.some(
    (section) => section !== defaults && linesLike(section, /^mode\s+tcp\b/).length > 0,
  )
  if (!defaults || !isTcp) return []
  return linesLike(defaults, /^mode\s+http\b/).map(found)
}

function oldHealth({ bare }: Text): Found[] {
  return haproxySections(bare)
    .filter((section) => leadsToApi(section))
    .flatMap((section) =>
      linesLike(section, /^(?:option\s+httpchk|http-check\s+send)\s.*\/healthz\b/).map(found),
    )
}
