/** How an operating system gets onto a machine, as in `distribution.install` of the profile. */
export const installMethodNames = ['kickstart', 'autoinstall', 'preseed', 'live', 'image'] as const
export type InstallMethodName = (typeof installMethodNames)[number]

/**
 * The facts of an install method that rules of the profile, components and the installer itself (src/installers/NAME.ts) share. Plain
 * data, which the cluster contains.
 */
export type InstallMethod = {
  name: string
  /**
   * The system is on the machine's disk. False: the system that boots from the network runs from memory, and each boot sets the machine
   * up again.
   */
  keepsDisk: boolean
  /** The installed system's cloud-init is configured to disable itself at the end of its first boot, finished or not. */
  disablesCloudInit: boolean
  /** Its program, if that fetches an image from a mirror before it knows the certificates of `trust`; else null. */
  fetchesBeforeTrust: string | null
  /** Its program, if that configures only a single card in an untagged network; else null. */
  configuresOneCard: string | null
  /** The installer supports mount options for file systems on RAID without LVM. */
  mountOptionsOnRaid: boolean
  /** It brings a finished partition table, so a profile cannot set the layout of the disk. */
  bringsPartitions: boolean
  /** The installer sets the keyboard of the installed system. False: cloud-init does, if it can. */
  setsKeyboard: boolean
  /**
   * Names of the kernel arguments that it sets for the system that boots from the network, and aliases that their readers support. A
   * second argument of that name would replace the first, or be ignored.
   */
  ownArguments: readonly string[]
}

const methods: Readonly<Record<InstallMethodName, Omit<InstallMethod, 'name'>>> = {
  kickstart: {
    keepsDisk: true,
    disablesCloudInit: false,
    // Anaconda mounts its stage 2 before %pre, which adds the certificates.
    fetchesBeforeTrust: 'Anaconda',
    // Anaconda supports VLANs, but hakube identifies the card only by its MAC address.
    configuresOneCard: "hakube's kickstart for Anaconda",
    mountOptionsOnRaid: true,
    bringsPartitions: false,
    setsKeyboard: true,
    ownArguments: ['inst.ks', 'inst.repo', 'inst.text', 'ip'],
  },
  autoinstall: {
    keepsDisk: true,
    // Just before runcmd: write_files with `defer` in subiquity/models/subiquity.py.
    disablesCloudInit: true,
    fetchesBeforeTrust: null,
    configuresOneCard: null,
    mountOptionsOnRaid: true,
    bringsPartitions: false,
    setsKeyboard: true,
    ownArguments: ['root', 'ramdisk_size', 'ip', 'url', 'cloud-config-url', 'autoinstall', 'ds'],
  },
  preseed: {
    keepsDisk: true,
    disablesCloudInit: false,
    fetchesBeforeTrust: null,
    configuresOneCard: "Debian's installer (netcfg)",
    // partman-auto-raid-recipe.txt has no field for them.
    mountOptionsOnRaid: false,
    bringsPartitions: false,
    setsKeyboard: true,
    // Aliases: /etc/preseed_aliases of Debian's installer.
    ownArguments: [
      'auto',
      'auto-install/enable',
      'priority',
      'debconf/priority',
      'url',
      'preseed/url',
      'interface',
      'netcfg/choose_interface',
      'hostname',
      'netcfg/get_hostname',
      'domain',
      'netcfg/get_domain',
      'netcfg/disable_autoconfig',
      'netcfg/confirm_static',
      'netcfg/get_ipaddress',
      'netcfg/get_netmask',
      'netcfg/get_gateway',
      'netcfg/get_nameservers',
    ],
  },
  live: {
    keepsDisk: false,
    disablesCloudInit: false,
    fetchesBeforeTrust: null,
    configuresOneCard: null,
    mountOptionsOnRaid: true,
    bringsPartitions: false,
    setsKeyboard: false,
    ownArguments: ['boot', 'components', 'fetch', 'nonetworking', 'ds', 'network-config'],
  },
  image: {
    keepsDisk: true,
    disablesCloudInit: false,
    fetchesBeforeTrust: null,
    configuresOneCard: 'the RAM system that copies images',
    mountOptionsOnRaid: true,
    bringsPartitions: true,
    // Nothing runs in the new system before cloud-init.
    setsKeyboard: false,
    // Read by /init of the RAM system (pxe/image/init.sh).
    ownArguments: ['hakube.install', 'hakube.card', 'hakube.address', 'hakube.gateway', 'hakube.resolvers'],
  },
}

/** The facts of an install method. */
export const installMethod = (name: InstallMethodName): InstallMethod => ({ name, ...methods[name] })

/** Programs that fetch packages before the system is on the disk; null: the machine fetches them itself, at its first boot. */
export const packageFetchers: Readonly<Record<InstallMethodName, string | null>> = {
  kickstart: 'Anaconda',
  autoinstall: "Ubuntu's installer",
  preseed: "Debian's installer",
  live: null,
  image: null,
}
