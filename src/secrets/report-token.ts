import { createHash, createHmac } from 'node:crypto'
import type { Secrets } from './secrets.ts'

/**
 * What a machine shows when it reports how far it is: made from the key of the Kubernetes CA and its first MAC address, so the same
 * commit and secrets give the same bytes, and bundles of any age have it. Workers and load balancers cannot make another machine's. A
 * control plane, which has that key, could; with it one may do anything in the cluster as it is.
 */
export const reportToken = ({ authorities }: Pick<Secrets, 'authorities'>, mac: string): string =>
  createHmac('sha256', authorities.kubernetes.key).update(`hakube report 1\0${mac}`).digest('base64url')

/** What the server knows of it: enough to recognize it, and of no use to anybody else. */
export const reporterOf = (token: string): string => createHash('sha256').update(token).digest('hex')
