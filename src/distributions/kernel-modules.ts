import { editDistance } from '../diagnostics/suggest.ts'
import { moduleName } from './sysctls/modules.ts'

/*
 * A kernel has some four thousand modules, and packages contain others, so no list is complete. These are the modules that profiles
 * commonly name; a name that is similar to one of them, but is not another module, is misspelt.
 */

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)

/** All but the last lines are in Debian's linux-image-6.1.0-50-amd64; the last ones are of NVIDIA's drivers and OpenZFS. */
export const wellKnownModules: readonly string[] = words(`
  br_netfilter overlay
  ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh ip_vs_lc ip_vs_wlc
  nf_conntrack nf_conntrack_netlink nf_nat nf_tables nfnetlink nfnetlink_queue nfnetlink_log
  ip_tables ip6_tables iptable_nat iptable_filter iptable_mangle iptable_raw
  ip6table_nat ip6table_filter ip6table_mangle ip6table_raw
  x_tables xt_conntrack xt_set xt_comment xt_mark xt_MASQUERADE xt_multiport xt_statistic xt_physdev
  xt_TPROXY xt_socket xt_CT xt_bpf ip_set ip_set_hash_ip ip_set_hash_net ip_set_hash_ipport
  nft_chain_nat nft_masq nft_compat nft_ct nft_fib
  bridge bonding 8021q vxlan geneve ipip ip_tunnel ip_gre ip6_tunnel sit wireguard dummy veth macvlan ipvlan
  tun tap team openvswitch
  tcp_bbr sch_fq sch_fq_codel sch_ingress cls_bpf act_bpf inet_diag tcp_diag udp_diag netconsole tls sctp
  dm_multipath dm_thin_pool dm_snapshot dm_mirror dm_crypt dm_mod dm_raid dm_cache raid0 raid1 raid10 raid456 loop
  nbd rbd ceph fuse nfs nfsd nfsv4 cifs xfs ext4 btrfs drbd binfmt_misc configfs efivarfs pstore
  iscsi_tcp libiscsi scsi_transport_iscsi nvme nvme_tcp nvme_fabrics nvme_rdma target_core_mod tcm_loop
  uio uio_pci_generic vfio vfio_pci vfio_iommu_type1
  kvm kvm_intel kvm_amd vhost vhost_net vhost_vsock vsock
  ipmi_si ipmi_devintf ipmi_msghandler softdog iTCO_wdt coretemp msr cpuid
  ib_core ib_ipoib ib_umad ib_uverbs rdma_cm rdma_ucm mlx4_core mlx4_en mlx5_core mlx5_ib
  i40e ice ixgbe igb e1000e bnxt_en tg3 be2net megaraid_sas mpt3sas hpsa smartpqi amdgpu nouveau i915
  xfrm_user esp4 ah4
  nvidia nvidia_uvm nvidia_modeset nvidia_drm nvidia_peermem
  zfs
`)

/** Other modules of that kernel with similar names, and later releases of Google's BBR. */
const likeOthers = new Set(
  words(`
    adummy arptable_filter e1000 ebtable_filter ebtable_nat ip6_gre ip_set_hash_ipportip ip_vs_dh ip_vs_mh md_mod
    memconsole mlx4_ib mptsas nfsv2 nfsv3 nft_nat nvmet_rdma nvmet_tcp sch_qfq sch_sfq vxcan tcp_bbr2 tcp_bbr3
  `),
)

/** Names of features or packages that are not those of their modules. */
const otherNames: Readonly<Record<string, string>> = {
  overlayfs: 'overlay',
  overlay2: 'overlay',
  ipvs: 'ip_vs',
  bbr: 'tcp_bbr',
  conntrack: 'nf_conntrack',
  ip_conntrack: 'nf_conntrack',
  netfilter: 'br_netfilter',
  bridge_netfilter: 'br_netfilter',
  iptables: 'ip_tables',
  ip6tables: 'ip6_tables',
  ipset: 'ip_set',
  nftables: 'nf_tables',
  vlan: '8021q',
  bond: 'bonding',
  iscsi: 'iscsi_tcp',
}

const known = new Set(wellKnownModules)

/** In short names, one different letter is likely to be another word. */
const lettersOff = (name: string): number => (name.length >= 10 ? 2 : name.length >= 5 ? 1 : 0)

/**
 * The module that was probably meant by an unknown name.
 *
 * @returns null for well-known modules, and if none is similar
 */
export function nearModule(written: string): string | null {
  const name = moduleName(written)
  if (known.has(name) || likeOthers.has(name)) return null
  if (Object.hasOwn(otherNames, name)) return otherNames[name] ?? null
  const lower = name.toLowerCase()
  for (let letters = 0; letters <= 2; letters += 1) {
    const near = wellKnownModules.find(
      (each) =>
        Math.min(lettersOff(each), lettersOff(name)) >= letters &&
        editDistance(each.toLowerCase(), lower) <= letters,
    )
    if (near !== undefined) return near
  }
  return null
}
