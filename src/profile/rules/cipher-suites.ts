import { parseKubernetesVersion } from '../../distributions/kubernetes.ts'
import { compareVersions } from '../../text/versions.ts'
import { cipherSuites } from '../../distributions/arguments/values.ts'
import { toldPlaces } from './component-arguments.ts'
import { asDiagnostics, items } from './conflict.ts'
import type { Rule } from './rule.ts'

/** HTTP/2 below TLS 1.3 requires one of these (RFC 9113, section 9.2.2), and Go's server does not start without. */
const forHttp2 = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256']

/** Lists of cipher suites with which no server of Kubernetes starts. Tested with kube-scheduler 1.20.2, also with TLS 1.3. */
export const cipherSuiteRules: Rule = ({ profile }) => {
  const minor = parseKubernetesVersion(profile.kubernetes.version)?.minor
  return [...toldPlaces(profile)].flatMap(({ at, program, list }) => {
    const suites = items(list['tls-cipher-suites'] ?? '')
    const onlyTls13 =
      list['tls-min-version'] === 'VersionTLS13' && compareVersions(minor ?? '1.36', '1.23') >= 0
    // Another rule reports unknown names.
    if (suites.some((suite) => !cipherSuites.has(suite))) return []
    if (suites.length === 0 || onlyTls13 || forHttp2.some((suite) => suites.includes(suite))) return []
    return asDiagnostics(
      {
        message: `without an AES_128_GCM_SHA256 cipher suite for HTTP/2, ${program} does not start`,
        hint: `also write ${forHttp2[0]}`,
        source: 'https://www.rfc-editor.org/rfc/rfc9113#section-9.2.2',
      },
      at('tls-cipher-suites'),
    )
  })
}
