/** A release that hakube does not install, and why. */
export type UnsupportedRelease = {
  name: string
  version: string
  title: string
  /** Last day with updates for everyone; null while there are any. */
  endOfLife: string | null
  /** Who still gets updates, or why hakube does not support it. */
  remark: string | null
}

const row = (
  name: string,
  title: string,
  releases: readonly [version: string, endOfLife: string | null, remark?: string][],
): UnsupportedRelease[] =>
  releases.map(([version, endOfLife, remark = null]) => ({
    name,
    version,
    title: `${title} ${version}`,
    endOfLife,
    remark,
  }))

const pro = 'Canonical provides updates only for Ubuntu Pro'
const interim = 'it receives updates for only nine months, and hakube supports long-term support releases'
const extended = 'Red Hat provides updates only with extended support'

/*
 * Releases that users may still try to install. Dates: https://wiki.debian.org/LTS, https://ubuntu.com/about/release-cycle,
 * https://access.redhat.com/support/policy/updates/errata, https://www.centos.org/centos-linux-eol/,
 * https://blog.centos.org/2023/04/end-dates-are-coming-for-centos-stream-8-and-centos-linux-7/; the same in
 * https://github.com/endoflife-date/endoflife.date.
 */
export const unsupportedReleases: readonly UnsupportedRelease[] = [
  ...row('debian', 'Debian', [
    ['8', '2020-06-30'],
    ['9', '2022-07-01'],
    ['10', '2024-06-30'],
    ['11', '2026-08-31', 'its long-term support has ended too'],
  ]),
  ...row('ubuntu', 'Ubuntu', [
    ['14.04', '2019-04-25', pro],
    ['16.04', '2021-04-30', pro],
    ['18.04', '2023-05-31', pro],
    ['20.04', '2025-05-31', pro],
    ['22.10', '2023-07-20'],
    ['23.04', '2024-01-20'],
    ['23.10', '2024-07-12'],
    ['24.10', '2025-07-10'],
    ['25.04', '2026-01-17'],
    ['25.10', '2026-07-01'],
    ['26.10', null, interim],
  ]),
  ...row('centos', 'CentOS', [
    ['6', '2020-11-30'],
    ['8', '2024-05-31', 'CentOS Linux 8 already ended on 2021-12-31'],
  ]).map((release) => (release.version === '8' ? { ...release, title: 'CentOS Stream 8' } : release)),
  ...row('rhel', 'Red Hat Enterprise Linux', [
    ['6', '2020-11-30', extended],
    ['7', '2024-06-30', extended],
  ]),
]

export const findUnsupported = (name: string, version: string): UnsupportedRelease | null =>
  unsupportedReleases.find((release) => release.name === name && release.version === version) ?? null
