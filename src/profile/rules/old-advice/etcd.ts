import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { says, type Family } from './advice.ts'
import type { Text } from './texts.ts'

const isAboutEtcd = ({ bare, file }: Text): boolean =>
  /etcd/i.test(file ?? '') || /\betcd\b|\bETCD_/.test(bare)

/** etcd as a systemd service. */
export const etcdAdvice: Family = {
  title: 'etcd',
  advice: [
    {
      what: '`--enable-v2`, `--proxy`, `ETCD_ENABLE_V2`, `ETCD_PROXY`',
      says: says(
        error('old-advice/etcd-v2', '{} was removed in etcd 3.6', {
          hint: 'remove it: version 3 is the only API',
          source: 'https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/',
        }),
      ),
      texts: [
        {
          kinds: ['shell', 'unit', 'environment'],
          find: /--enable-v2\b(?!=false)|--proxy(?=[= ](?:on|off|readonly)\b)|\bETCD_ENABLE_V2(?==["']?true)|\bETCD_PROXY(?==)/g,
          unless: (text) => !isAboutEtcd(text),
        },
        { kinds: ['kubernetes'], find: /\benable-v2["']?:\s*["']?true\b|--enable-v2(?:=true)?\b(?!=)/g },
      ],
    },
    {
      what: '`ETCDCTL_API=2`',
      says: says(
        error('old-advice/etcdctl-v2', 'etcdctl 3.6 supports only version 3 of the API', {
          hint: 'remove it',
          source: 'https://etcd.io/docs/v3.6/upgrades/upgrade_3_6/',
        }),
      ),
      texts: [{ kinds: ['shell', 'unit', 'environment'], find: /\bETCDCTL_API=2\b/g }],
    },
    {
      what: '`http://` in the listen addresses of etcd',
      says: says(
        warning(
          'old-advice/etcd-plain-http',
          'any user of the machine can read all secrets of the cluster at {}',
          {
            hint: 'write https:// with client-cert-auth; hakube does so with etcd.placement',
            source: 'https://etcd.io/docs/v3.6/op-guide/security/',
          },
        ),
      ),
      texts: [
        {
          kinds: ['shell', 'unit', 'environment', 'kubernetes'],
          find: /(?:\bETCD_LISTEN_CLIENT_URLS|--listen-client-urls)[= ]["']?(?:https:\/\/[^\s"',]+,)*(?<name>http:\/\/[^\s"',]+)/g,
        },
      ],
    },
  ],
}
