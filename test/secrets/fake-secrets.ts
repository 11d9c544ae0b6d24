import { certificateNeeds, serverNeed } from '../../src/cluster/certificate-needs.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { machineRecord, type KeyPair, type Secrets } from '../../src/secrets/secrets.ts'
import { testSecrets } from '../example.ts'
import { pemBlock } from '../support/pem.ts'

/*
 * Keys are replaced by texts that look like keys and say whose they are: a key that went astray has a name. Making thousands
 * of real ones would take minutes and show no more.
 */
const fakeKey = (owner: string): string =>
  `${pemBlock('RSA PRIVATE KEY', Buffer.from(`key of ${owner}`).toString('base64'))}\n`
const fakePair = (owner: string, { certificate }: KeyPair): KeyPair => ({ certificate, key: fakeKey(owner) })

const { authorities } = testSecrets

/** All that the machines of a cluster need. */
export function fakeSecrets(cluster: Omit<Cluster, 'secrets'>): Secrets {
  const machines = machineRecord<Record<string, KeyPair>>()
  for (const { machine, kind } of certificateNeeds(cluster))
    machines[machine] = {
      ...machines[machine],
      [kind]: fakePair(`machine ${machine} ${kind}`, authorities.etcd),
    }
  return {
    ...testSecrets,
    authorities: {
      kubernetes: fakePair('authority kubernetes', authorities.kubernetes),
      frontProxy: fakePair('authority frontProxy', authorities.frontProxy),
      etcd: fakePair('authority etcd', authorities.etcd),
    },
    serviceAccount: { ...testSecrets.serviceAccount, privateKey: fakeKey('service account') },
    machines,
    encryptionKeys: [...testSecrets.encryptionKeys, Buffer.alloc(32, 7).toString('base64')],
    enrolment:
      cluster.enrolment === null
        ? null
        : {
            serverAuthority: fakePair('enrolment serverAuthority', authorities.etcd),
            machineAuthority: fakePair('enrolment machineAuthority', authorities.etcd),
          },
    server: fakePair(`server ${serverNeed(cluster).commonName}`, authorities.etcd),
  }
}
