import { createHash, createHmac } from 'node:crypto'
import type { Secrets } from './secrets.ts'

/**
 * The token with which a machine reports its progress. It is derived from the key of the Kubernetes CA and its first MAC address, so the
 * same commit and secrets give the same bytes, and bundles of any age have it. Workers and load balancers cannot derive another machine's
 * token. Control planes have the key and could, but with it they control the cluster anyway.
 */
export const reportToken = ({ authorities }: Pick<Secrets, 'authorities'>, mac: string): string =>
  createHmac('sha256', authorities.kubernetes.key).update(`hakube report 1\0${mac}`).digest('base64url')

/** What the server stores of a token: enough to verify it, but useless to anyone else. */
export const reporterOf = (token: string): string => createHash('sha256').update(token).digest('hex')
