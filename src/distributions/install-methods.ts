/** How an operating system gets onto a machine, as `distribution.install` of the profile names it. */
export const installMethodNames = ['kickstart', 'autoinstall', 'preseed', 'live', 'image'] as const
export type InstallMethodName = (typeof installMethodNames)[number]

/**
 * What of an install method others have to know as well: rules of the profile, components, the installer itself
 * (src/installers/NAME.ts). Plain data, which the cluster carries.
 */
export type InstallMethod = {
  name: string
  /**
   * The system is on the machine's disk. False: what boots from the network is the machine's own system, it runs from memory, and
   * each boot sets the machine up again.
   */
  keepsDisk: boolean
  /** The installed system's cloud-init is told to disable itself at the end of its first boot, finished or not. */
  disablesCloudInit: boolean
  /** Its program, where that fetches an image of its own from a mirror before it knows the certificates of `trust`; else null. */
  fetchesBeforeTrust: string | null
  /** Its program, where that configures one card in an untagged network and knows no other one; else null. */
  configuresOneCard: string | null
  /** The installer can give file systems on RAID, without LVM, mount options. */
  mountOptionsOnRaid: boolean
  /** What it puts on the disk has partitions of its own, and a profile cannot say how the disk is laid out. */
  bringsPartitions: boolean
  /** The installer sets the keyboard of the installed system. False: cloud-init does, where it can. */
  setsKeyboard: boolean
  /**
   * Names of the kernel arguments that it sets for what boots from the network, with the other names that their readers have for
   * them. A second one would take the place of the first, or be lost.
   */
  ownArguments: readonly string[]
}

const methods: Readonly<Record<InstallMethodName, Omit<InstallMethod, 'name'>>> = {
  kickstart: {
    keepsDisk: true,
    disablesCloudInit: false,
    // Anaconda mounts its stage 2 before %pre, where it is told of them.
    fetchesBeforeTrust: 'Anaconda',
    // Anaconda would take a VLAN, but hakube finds the card by its MAC address only.
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
    // partman-auto-raid-recipe.txt has no place for them.
    mountOptionsOnRaid: false,
    bringsPartitions: false,
    setsKeyboard: true,
    // Other names: /etc/preseed_aliases of Debian's installer.
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

/** The facts of one. */
export const installMethod = (name: InstallMethodName): InstallMethod => ({ name, ...methods[name] })
