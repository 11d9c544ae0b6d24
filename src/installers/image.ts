import type { Cluster, Machine } from '../cluster/cluster.ts'
import { assetAddress } from '../cluster/asset-address.ts'
import { installCard, isPlain } from '../cluster/links.ts'
import { dataDiskUuids } from '../cluster/data-disk-uuids.ts'
import { chooseDisks, eraseFunction } from '../assembly/choose-disk.ts'
import { installMethod } from '../distributions/install-methods.ts'
import { colonMac } from '../network/mac.ts'
import { reportToken } from '../secrets/report-token.ts'
import { localSeedSettings } from '../seeds/local-seed.ts'
import { networkManagerFiles } from '../seeds/network-manager.ts'
import { seedAddress } from '../seeds/places.ts'
import { render } from '../templates/template.ts'
import { quoteCurl } from '../text/curl.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { requiredDisk } from './find-disk.ts'
import { lookBeforeErasing, lookLines } from './look.ts'
import {
  answersAddress,
  donePath,
  type Answers,
  type BootFiles,
  type Installer,
  type KernelArgument,
} from './installer.ts'

/*
 * A whole-disk image, such as distributions publish for clouds, which a system in memory copies to the disk. That system contains only
 * programs: it fetches its script from the server at each boot, so it need not be rebuilt for newer versions of hakube
 * (scripts/ram-system.sh, pxe/image/init.sh).
 */

/** File extensions of images, and the commands that decompress them. Images with other extensions are not compressed. */
const unpackers: readonly (readonly [ending: string, command: readonly string[]])[] = [
  // Images compressed with zstd --long or --ultra need a larger window than the default; 128 MiB fit into 2 GB of memory.
  ['.zst', ['zstd', '--decompress', '--stdout', '--long=27']],
  ['.xz', ['xz', '--decompress', '--stdout']],
  ['.gz', ['gzip', '--decompress', '--stdout']],
]

/** The command that decompresses an image from standard input to standard output. */
export const unpackCommand = (path: string): readonly string[] =>
  unpackers.find(([ending]) => path.endsWith(ending))?.[1] ?? ['cat']

function imageOf({ architecture, name, system: { distribution, images } }: Machine) {
  const image = images[architecture]
  if (!image) throw new Error(`${name}: no image of ${distribution.title} for ${architecture}`)
  return image
}

/** Options for curl with which the RAM system reports, or null: seeds of machines that enrol contain no token. */
function reportOptions({ server, enrolment, secrets }: Cluster, { macs: [mac] }: Machine): string | null {
  if (enrolment !== null) return null
  const token = reportToken(secrets, mac)
  return [
    `url = ${quoteCurl(`${server}/api/v1/machines/${mac}/report`)}`,
    `header = ${quoteCurl(`Authorization: Bearer ${token}`)}`,
  ].join('\n')
}

/**
 * Files of the new system in addition to the seed. cloud-init writes the network configuration, except NetworkManager connections for
 * more than a single card.
 */
function targetFiles(cluster: Cluster, machine: Machine): { path: string; mode: string; text: string }[] {
  const connections =
    machine.system.distribution.family === 'rhel' && !isPlain(machine)
      ? networkManagerFiles(cluster, machine)
      : []
  // Sorted after 90_dpkg.cfg and other files of the image.
  const settings = connections.length > 0 ? localSeedSettings() : 'datasource_list: ["NoCloud"]\n'
  return [
    {
      path: '/etc/cloud/cloud.cfg.d/99-hakube.cfg',
      mode: '0644',
      text: `# hakube: the seed lies in /var/lib/cloud/seed/nocloud.\n${settings}`,
    },
    ...connections.map((file) => ({ ...file, mode: '0600' })),
  ]
}

/** The bash script that installs one machine; the RAM system runs it. */
function write(cluster: Cluster, machine: Machine): string {
  const { path, sha256 } = imageOf(machine)
  const report = reportOptions(cluster, machine)
  return render('pxe/image/install.sh.ejs', {
    machine: quote(machine.name),
    disk: requiredDisk(machine),
    firmware: machine.firmware,
    image: quote(assetAddress(cluster, path)),
    sha256: quote(sha256),
    unpack: quoteAll(unpackCommand(path)),
    seed: quote(seedAddress(cluster, machine)),
    done: quote(`${cluster.server}/${donePath(answers, machine)}`),
    report: report === null ? null : quote(report),
    programs: quoteAll(['cloud-init', 'curl', ...(cluster.enrolment === null ? [] : ['openssl'])]),
    files: targetFiles(cluster, machine).map((file) => ({
      path: quote(file.path),
      mode: file.mode,
      text: quote(file.text),
    })),
    look: lookBeforeErasing('image', cluster, machine, '"$disk"'),
    choose: chooseDisks(machine.storage, dataDiskUuids(cluster.name, machine.name, machine.storage)),
    erase: eraseFunction(),
    functions: ['download', 'disk', 'system'].map((name) => render(`pxe/image/${name}.sh.ejs`, {}).text),
  }).text
}

const answers: Answers = {
  directory: 'image',
  ending: '.sh',
  // It contains the token of reports, unless machines enrol.
  secret: ({ enrolment }) => enrolment === null,
  write,
  done: '.done',
  transient: new RegExp(
    `${lookLines.source}|${/^keep_(?:named|serials|file_systems) .*\n|^programs=.*\n|^report='[^']*'\n/.source}`,
    'gm',
  ),
}

/** How the RAM system gets an address, on the card with this MAC address. */
function networkArguments(cluster: Cluster, machine: Machine): KernelArgument[] {
  const { mac, fixed } = installCard(cluster, machine)
  return [
    { name: 'hakube.card', value: colonMac(mac) },
    { name: 'hakube.address', value: fixed ? `${fixed.address}/${fixed.netmask}` : 'dhcp' },
    ...(fixed?.gateway ? [{ name: 'hakube.gateway', value: fixed.gateway }] : []),
    ...(fixed ? [{ name: 'hakube.resolvers', value: cluster.network.nameServers.join(',') }] : []),
  ]
}

/** The RAM system for the processor of a machine. */
export function ramSystem({ architecture }: Pick<Machine, 'architecture'>) {
  const directory = `ram-system-${architecture}`
  const source = 'hakube image PROFILE --type ram'
  return {
    kernel: { path: `${directory}/vmlinuz`, source },
    initrd: { path: `${directory}/initrd.img`, source },
  } satisfies BootFiles
}

function bootFiles(_cluster: Cluster, machine: Machine) {
  return {
    ...ramSystem(machine),
    image: {
      ...imageOf(machine),
      source: `the cloud images of ${machine.system.distribution.title}, as a raw image (docs/disks.md)`,
    },
  } satisfies BootFiles
}

/** The install method `image`: a whole-disk image. */
export const image = {
  method: installMethod('image'),
  answers,
  seed: 'own',
  bootFiles,
  kernelArguments: (cluster, machine) => [
    { name: 'hakube.install', value: answersAddress(cluster, answers, machine) },
    ...networkArguments(cluster, machine),
  ],
} satisfies Installer
