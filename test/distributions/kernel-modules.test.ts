import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { wantedModules } from '../../src/assembly/wanted-modules.ts'
import { components } from '../../src/components/index.ts'
import { nearModule, wellKnownModules } from '../../src/distributions/kernel-modules.ts'
import { moduleName } from '../../src/distributions/sysctls/modules.ts'
import { exampleCluster, exampleNames } from '../example.ts'

describe('names of kernel modules', () => {
  it.each([
    ['br_netfliter', 'br_netfilter'],
    ['br-netfiler', 'br_netfilter'],
    ['br_nf_filter', 'br_netfilter'],
    ['nf_conntrak', 'nf_conntrack'],
    ['overlayfs', 'overlay'],
    ['ovrlay', 'overlay'],
    ['ip_vs_r', 'ip_vs_rr'],
    ['ipvs', 'ip_vs'],
    ['xt_masquerade', 'xt_MASQUERADE'],
    ['nvme_tpc', 'nvme_tcp'],
    ['dm_thinpool', 'dm_thin_pool'],
    ['vfio_pcie', 'vfio_pci'],
  ])('recognize %s as a misspelt %s', (written, near) => {
    expect(nearModule(written)).toBe(near)
  })

  // Of Debian's linux-image-6.1.0-50-amd64, and of other sources.
  it.each(
    'ip_vs_mh nvmet_tcp nfsv3 e1000 sch_sfq vxcan mlx4_ib md_mod ebtable_nat tcp_bbr2 rtw88_core nvidia-fs lustre mmfslinux gpio_ich ip6t_rt nf_log_ipv4 sd_mod vhost_scsi raid6_pq xt_nat mpi3mr ip-vs-rr'.split(
      ' ',
    ),
  )('%s is a name of its own', (written) => {
    expect(nearModule(written)).toBeNull()
  })

  it('include those that hakube loads', () => {
    const loaded = exampleNames.flatMap((name) => {
      const cluster = exampleCluster(name)
      return cluster.machines.flatMap((machine) =>
        wantedModules(assemble(components, cluster, machine).declared).map((each) => moduleName(each.name)),
      )
    })
    expect(loaded.length).toBeGreaterThan(0)
    expect([...new Set(loaded)].filter((name) => !wellKnownModules.includes(name))).toEqual([])
  })
})
