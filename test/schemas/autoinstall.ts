import { z } from 'zod'

/*
 * What Ubuntu's installer takes, as its reference documents it, but strict: the installer only warns of keys that it does not
 * know. https://canonical-subiquity.readthedocs-hosted.com/en/latest/reference/autoinstall-reference.html and, for the shapes,
 * autoinstall-schema.json in https://github.com/canonical/subiquity. Only what is the same in 22.04 and 24.04.
 */

const commands = z.array(z.union([z.string(), z.array(z.string())]))

/** netplan, https://netplan.readthedocs.io/en/stable/netplan-yaml/ */
const Ethernet = z.strictObject({
  match: z.strictObject({ macaddress: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/) }),
  'set-name': z.string().optional(),
  addresses: z.array(z.string().regex(/^[\d.]+\/\d+$/)),
  routes: z.array(z.strictObject({ to: z.string(), via: z.string() })),
  nameservers: z.strictObject({ addresses: z.array(z.string()), search: z.array(z.string()).optional() }),
})

export const Network = z.strictObject({ version: z.literal(2), ethernets: z.record(z.string(), Ethernet) })

const Disk = z.strictObject({
  model: z.string().optional(),
  vendor: z.string().optional(),
  path: z.string().optional(),
  id_path: z.string().optional(),
  devpath: z.string().optional(),
  serial: z.string().optional(),
  ssd: z.boolean().optional(),
  size: z.enum(['largest', 'smallest']).optional(),
})

const id = z.string().min(1)
// Of -1 the installer says that it takes the rest.
const size = z.int().min(-1)

/** curtin/block/schemas.py of https://github.com/canonical/curtin, as far as hakube uses it. */
const Action = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('disk'),
    id,
    path: z.string().startsWith('/dev/'),
    ptable: z.literal('gpt'),
    wipe: z.enum(['superblock', 'superblock-recursive']),
    grub_device: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('partition'),
    id,
    device: id,
    number: z.int().min(1),
    size,
    flag: z.enum(['boot', 'bios_grub']).optional(),
    grub_device: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('raid'),
    id,
    name: id,
    raidlevel: z.literal(1),
    devices: z.array(id).length(2),
  }),
  z.strictObject({ type: z.literal('lvm_volgroup'), id, name: id, devices: z.array(id).length(1) }),
  z.strictObject({ type: z.literal('lvm_partition'), id, name: id, volgroup: id, size }),
  z.strictObject({
    type: z.literal('format'),
    id,
    volume: id,
    fstype: z.enum(['ext4', 'xfs', 'btrfs', 'fat32']),
  }),
  z.strictObject({
    type: z.literal('mount'),
    id,
    device: id,
    path: z.string().startsWith('/'),
    options: z.string().optional(),
  }),
])

const Mirrors = z
  .array(z.strictObject({ arches: z.array(z.enum(['default', 'amd64', 'arm64'])), uri: z.url() }))
  .min(1)

/** The arguments of WebHookHandler in curtin/reporter/handlers.py, to which subiquity hands what follows `type`. */
const Webhook = z.strictObject({
  type: z.literal('webhook'),
  endpoint: z.url(),
  consumer_key: z.string().optional(),
  token_key: z.string().optional(),
  token_secret: z.string().optional(),
  consumer_secret: z.string().optional(),
  timeout: z.number().optional(),
  retries: z.array(z.number()).optional(),
  level: z.string().optional(),
})

export const Autoinstall = z.strictObject({
  version: z.literal(1),
  reporting: z.record(z.string(), Webhook).optional(),
  'early-commands': commands.optional(),
  'late-commands': commands.optional(),
  'error-commands': commands.optional(),
  locale: z.string().optional(),
  keyboard: z
    .strictObject({ layout: z.string(), variant: z.string().optional(), toggle: z.string().nullish() })
    .optional(),
  timezone: z.string().optional(),
  'refresh-installer': z
    .strictObject({ update: z.boolean().optional(), channel: z.string().optional() })
    .optional(),
  network: Network.optional(),
  proxy: z.url().nullish(),
  apt: z
    .strictObject({
      // Of curtin's format; what is newer, `mirror-selection`, the installers of 22.04 up to 22.04.2 do not know.
      primary: Mirrors,
      security: Mirrors,
      fallback: z.enum(['abort', 'continue-anyway', 'offline-install']).optional(),
      geoip: z.boolean().optional(),
      preserve_sources_list: z.boolean().optional(),
      sources: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  storage: z
    .strictObject({
      layout: z
        .strictObject({
          name: z.enum(['lvm', 'direct', 'zfs']),
          match: Disk.optional(),
          'sizing-policy': z.enum(['scaled', 'all']).optional(),
        })
        .optional(),
      config: z.array(Action).optional(),
      swap: z.strictObject({ size: z.union([z.int().min(0), z.string()]) }).optional(),
    })
    .optional(),
  identity: z
    .strictObject({
      hostname: z.string(),
      username: z.string(),
      password: z.string(),
      realname: z.string().optional(),
    })
    .optional(),
  ssh: z
    .strictObject({
      'install-server': z.boolean().optional(),
      'authorized-keys': z.array(z.string()).optional(),
      'allow-pw': z.boolean().optional(),
    })
    .optional(),
  packages: z.array(z.string()).optional(),
  updates: z.enum(['security', 'all']).optional(),
  shutdown: z.enum(['reboot', 'poweroff']).optional(),
  // Without it, identity would be required.
  'user-data': z.record(z.string(), z.unknown()),
})

export const AutoinstallSeed = z.strictObject({ autoinstall: Autoinstall })
