import { autoexecName } from '../boot/dhcp/plan.ts'
import { type Asked, bootOf, fileName, inWords, isShim } from './clients.ts'
import { errorFinding, type Finding, warningFinding } from './finding.ts'
import type { HttpMeans } from './http.ts'
import { judgeHttpOffer } from './judge-offers.ts'
import { slowRate, whyNotStarted } from './judge-loader.ts'
import type { OwnScript } from './own-scripts.ts'
import { isAddress, type Load, loadWith } from './load.ts'

export type BootMeans = HttpMeans & {
  /** As in the profile, e.g. `http://10.10.10.5:8080`. */
  server: string
  /** The scripts as this profile renders them. */
  scripts: readonly OwnScript[]
  /** Receives a line about what is correct. */
  say: (line: string) => void
}

type LoadingMeans = BootMeans & { load: Load }

/** A file in the same directory: shim and iPXE 2.0 load files from where they were loaded. */
const beside = (file: string, name: string): string => `${file.slice(0, file.lastIndexOf('/') + 1)}${name}`

/** Loads the file that firmware is told to load, and judges whether it would start. */
async function examineLoader(asked: Asked, means: LoadingMeans): Promise<Finding[]> {
  const boot = bootOf(asked)
  if (boot === null) return []
  const loaded = await means.load(boot.host, boot.file)
  if ('finding' in loaded) return [loaded.finding]
  const { where, bytes, seconds, contentType } = loaded
  const reason = whyNotStarted(bytes, asked.firmware)
  const rate = seconds === null ? null : slowRate(bytes.length, seconds)
  const findings = [
    ...(reason === null
      ? []
      : [
          errorFinding(
            'doctor/wrong-loader',
            null,
            `${where} ${reason}`,
            'put the loader for this firmware there; docs/boot.md lists which',
          ),
        ]),
    ...(rate === null
      ? []
      : [
          warningFinding(
            'doctor/slow',
            null,
            `${where} comes at ${rate}`,
            'look for lost packets: a duplex mismatch, an overloaded switch, a port that is not yet forwarding; or boot by HTTP',
          ),
        ]),
    ...(asked.firmware.http && contentType !== 'application/efi'
      ? [
          warningFinding(
            'doctor/content-type',
            null,
            `${where} has the content type ${contentType ?? 'none'}: some firmware boots only application/efi`,
            'serve it with hakube serve --assets, or set the type in the web server',
          ),
        ]
      : []),
  ]
  if (findings.length === 0) means.say(`${inWords(asked)}: loads ${where}`)
  return findings
}

/** shim starts GRUB, or a signed iPXE under GRUB's name, from its own directory. */
async function examineShim(asked: Asked, means: LoadingMeans): Promise<Finding[]> {
  const boot = bootOf(asked)
  if (boot === null) return []
  const second = await means.load(
    boot.host,
    beside(boot.file, asked.machine.architecture === 'amd64' ? 'grubx64.efi' : 'grubaa64.efi'),
  )
  if ('finding' in second) return [second.finding]
  const reason = whyNotStarted(second.bytes, asked.firmware)
  if (reason !== null)
    return [
      errorFinding(
        'doctor/wrong-loader',
        null,
        `${second.where} ${reason}`,
        'put the signed loader of the same distribution as shim there',
      ),
    ]
  const menu = await means.load(boot.host, beside(boot.file, 'grub/grub.cfg'))
  if ('finding' in menu) return [menu.finding]
  return judgeScript(asked, menu.where, menu.bytes, 'grub/grub.cfg', means)
}

/** A script must be one of this profile: those of another server or of an earlier profile mislead machines. */
function judgeScript(
  asked: Asked,
  where: string,
  bytes: Buffer,
  path: string,
  { scripts, say }: BootMeans,
): Finding[] {
  const wanted = scripts.filter((file) => path.endsWith('.cfg') === file.path.endsWith('.cfg'))
  if (wanted.some(({ isLike }) => isLike(bytes))) {
    say(`${inWords(asked)}: finds ${where}`)
    return []
  }
  const isScript = path.endsWith('.cfg') || bytes.toString('latin1', 0, 6) === '#!ipxe'
  return [
    isScript
      ? warningFinding(
          'doctor/other-script',
          null,
          `${where} is not the script of this profile`,
          `copy ${path} there from hakube serve; keep it if the changes are yours`,
        )
      : errorFinding(
          'doctor/no-script',
          null,
          `${where} is not a script of iPXE`,
          `copy ${path} there from hakube serve`,
        ),
  ]
}

/** Whether requesting this address from the server would count as the machine itself. */
const isOfMachine = (file: string, { server, scripts }: BootMeans): boolean =>
  file.startsWith(`${server}/`) && !scripts.some(({ path }) => file === `${server}/${path}`)

/** What iPXE does after it was loaded: which script it finds, or that it loads itself forever. */
async function examineIpxe(asked: Asked, loader: string, means: LoadingMeans): Promise<Finding[]> {
  const boot = bootOf(asked)
  const bios = asked.firmware.name === 'bios'
  if (boot !== null && boot.file !== loader) {
    if (isOfMachine(boot.file, means)) {
      means.say(
        `${inWords(asked)}: is sent to ${boot.file}, which is not loaded here: that would begin its installation`,
      )
      return []
    }
    const script = await means.load(boot.host, boot.file)
    if ('finding' in script) return [script.finding]
    return judgeScript(asked, script.where, script.bytes, fileName(boot.file), means)
  }
  // iPXE 2.0 and later look in their own directory before they use DHCP; with BIOS they have none.
  const autoexec = bios
    ? null
    : await means.load(boot?.host ?? asked.offers[0]?.server ?? '', beside(loader, autoexecName))
  if (autoexec !== null && !('finding' in autoexec))
    return judgeScript(asked, autoexec.where, autoexec.bytes, autoexecName, means)
  const remedy = `name hakube.ipxe for clients with option 175 (iPXE)${bios ? '' : `, or put ${autoexecName} beside iPXE 2.0`}; hakube dhcp PROFILE prints the configuration`
  return boot === null
    ? [
        errorFinding(
          'doctor/no-script',
          null,
          `iPXE on ${asked.firmware.title} finds no script: DHCP names none`,
          remedy,
        ),
      ]
    : [
        errorFinding(
          'doctor/loader-loop',
          null,
          `iPXE on ${asked.firmware.title} is told to load ${boot.file} again, in an endless loop`,
          remedy,
        ),
      ]
}

/** Follows each kind of firmware from its offer to the script that finds the machine. */
export async function examineBoot(all: readonly Asked[], given: BootMeans): Promise<Finding[]> {
  const means = { ...given, load: loadWith(given) }
  const findings: Finding[] = []
  const done = new Set<string>()
  for (const asked of all.filter(({ ipxe }) => !ipxe)) {
    const boot = bootOf(asked)
    const key = JSON.stringify([asked.firmware.name, boot?.host, boot?.file])
    if (boot === null || done.has(key)) continue
    done.add(key)
    if (asked.firmware.http && !isAddress(boot.file)) continue
    if (asked.firmware.http) findings.push(...judgeHttpOffer(asked))
    findings.push(...(await examineLoader(asked, means)))
    if (isShim(boot.file)) findings.push(...(await examineShim(asked, means)))
  }
  for (const asked of all.filter(({ ipxe }) => ipxe)) {
    const first = all.find(({ ipxe, firmware }) => !ipxe && firmware === asked.firmware)
    const loader = first ? (bootOf(first)?.file ?? null) : null
    // If nothing is loaded there is no iPXE, and shim starts GRUB.
    if (loader === null || isShim(loader)) continue
    findings.push(...(await examineIpxe(asked, loader, means)))
  }
  return findings
}
