import type { OpenedCluster } from '../pipeline/open.ts'

const instead = {
  directory:
    'serve the profile with hakube serve, or write secrets: {delivery: inline} for a plain web server, which gives secrets in clear text to anyone',
  archive:
    'serve the profile with hakube serve, or write secrets: {delivery: inline} to have them in the archive',
  seeds:
    'run hakube serve and arm the machines, or write secrets: {delivery: inline} to have them on the seed disks',
}

/**
 * A note for output that machines fetch without `hakube serve`: by default it contains no secrets. Empty if the profile sets the delivery.
 */
export const enrolmentNote = (
  { loaded, cluster }: OpenedCluster,
  written: { out: string; as: keyof typeof instead },
): string =>
  cluster.enrolment === null || loaded.profile?.secrets?.delivery !== undefined
    ? ''
    : `hakube: ${written.out} contains no secrets: machines fetch them from ${cluster.enrolment.url} when they enrol; ${instead[written.as]}\n`
