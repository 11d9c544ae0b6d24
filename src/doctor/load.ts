import { errorFinding, type Finding } from './finding.ts'
import { ask, type HttpMeans } from './http.ts'
import { fetchByTftp } from './tftp.ts'

/** A file that machines load after DHCP, and its source; or why it cannot be loaded. */
export type Loaded = {
  where: string
  bytes: Buffer
  /** Null unless it was loaded by TFTP. */
  seconds: number | null
  contentType: string | null
}
export type Load = (host: string, file: string) => Promise<Loaded | { finding: Finding }>

export const isAddress = (file: string): boolean => /^https?:\/\//i.test(file)

const notLoaded = (what: string, hint: string): { finding: Finding } => ({
  finding: errorFinding('doctor/not-loaded', null, what, hint),
})

const noServer = (host: string) =>
  notLoaded(
    `no TFTP server answers at ${host}, where DHCP sends machines`,
    'start it there, or correct the address in the DHCP server (next-server)',
  )

/** Loads a file by TFTP, or from an address. A TFTP server that does not answer is tried only once. */
export function loadWith(means: HttpMeans): Load {
  const silent = new Set<string>()
  const byHttp: Load = async (_host, file) => {
    const answer = await ask(file, 'GET', means)
    if (!('fault' in answer) && answer.status === 200)
      return { where: file, bytes: answer.body, seconds: null, contentType: answer.contentType }
    return notLoaded(
      `cannot load ${file}: ${'fault' in answer ? answer.fault : `status ${answer.status}`}`,
      'put the file below the assets directory of hakube serve, or correct the address in the DHCP server',
    )
  }
  return async (host, file) => {
    if (isAddress(file)) return byHttp(host, file)
    if (silent.has(host)) return noServer(host)
    const where = `tftp://${host}/${file.replace(/^\//, '')}`
    const transfer = await fetchByTftp(host, file)
    if (!('fault' in transfer)) return { where, ...transfer, contentType: null }
    if (!transfer.silent)
      return notLoaded(
        `cannot load ${where}: ${transfer.fault}`,
        'put the file below the root of the TFTP server, readable by its user',
      )
    silent.add(host)
    return noServer(host)
  }
}
