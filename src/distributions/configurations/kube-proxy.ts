import type { FieldNames } from './fields.ts'

/**
 * Generated from KubeProxyConfiguration in config/v1alpha1/types.go of kubernetes/kube-proxy at v0.20.0 to v0.36.0. Written as
 * `name:first-last` with the minor releases that have it.
 */
export const kubeProxyFields: FieldNames = {
  bool: `
    bindAddressHardFail conntrack.tcpBeLiberal:29- enableProfiling iptables.localhostNodePorts:26-
    iptables.masqueradeAll ipvs.strictARP nftables.masqueradeAll:29- windowsRunAsService:31- winkernel.enableDSR
    winkernel.forwardHealthCheckVip:24-
  `,
  int: `
    conntrack.maxPerCore conntrack.min iptables.masqueradeBit nftables.masqueradeBit:29- oomScoreAdj
  `,
  duration: `
    configSyncPeriod conntrack.tcpCloseWaitTimeout conntrack.tcpEstablishedTimeout
    conntrack.udpStreamTimeout:29- conntrack.udpTimeout:29- iptables.minSyncPeriod iptables.syncPeriod
    ipvs.minSyncPeriod ipvs.syncPeriod ipvs.tcpFinTimeout ipvs.tcpTimeout ipvs.udpTimeout
    nftables.minSyncPeriod:29- nftables.syncPeriod:29- udpIdleTimeout:-25
  `,
  string: `
    bindAddress clusterCIDR detectLocal.bridgeInterface:24- detectLocal.interfaceNamePrefix:24- detectLocalMode
    healthzBindAddress hostnameOverride ipvs.scheduler metricsBindAddress mode portRange
    showHiddenMetricsForVersion winkernel.networkName winkernel.rootHnsEndpointName:24- winkernel.sourceVip
  `,
  list: `
    ipvs.excludeCIDRs nodePortAddresses
  `,
  switches: `
    featureGates
  `,
  mapping: `
    clientConnection logging:28-
  `,
}
