import type { FieldNames } from './fields.ts'

/**
 * Generated from KubeletConfiguration in config/v1beta1/types.go of kubernetes/kubelet at v0.20.0 to v0.36.0. Written as
 * `name:first-last` with the minor releases that have it.
 */
export const kubeletFields: FieldNames = {
  bool: `
    authentication.anonymous.enabled authentication.webhook.enabled cgroupsPerQOS cpuCFSQuota
    enableContentionProfiling enableControllerAttachDetach enableDebugFlagsHandler:21- enableDebuggingHandlers
    enableProfilingHandler:21- enableServer enableSystemLogHandler enableSystemLogQuery:27- failCgroupV1:31-
    failSwapOn kernelMemcgNotification localStorageCapacityIsolation:25- makeIPTablesUtilChains
    mergeDefaultEvictionSettings:33- protectKernelDefaults registerNode:23- rotateCertificates runOnce
    seccompDefault:22- serializeImagePulls serverTLSBootstrap singleProcessOOMKill:32-
  `,
  int: `
    containerLogMaxFiles containerLogMaxWorkers:30- eventBurst eventRecordQPS evictionMaxPodGracePeriod
    healthzPort imageGCHighThresholdPercent imageGCLowThresholdPercent iptablesDropBit iptablesMasqueradeBit
    kubeAPIBurst kubeAPIQPS maxOpenFiles maxParallelImagePulls:27- maxPods nodeLeaseDurationSeconds
    nodeStatusMaxImages oomScoreAdj podPidsLimit podsPerCore port readOnlyPort registryBurst registryPullQPS
    userNamespaces.idsPerPod:33-
  `,
  float: `
    memoryThrottlingFactor:22-
  `,
  duration: `
    authentication.webhook.cacheTTL authorization.webhook.cacheAuthorizedTTL
    authorization.webhook.cacheUnauthorizedTTL containerLogMonitorInterval:30- cpuCFSQuotaPeriod
    cpuManagerReconcilePeriod crashLoopBackOff.maxContainerRestartPeriod:32- evictionPressureTransitionPeriod
    fileCheckFrequency httpCheckFrequency imageMaximumGCAge:29- imageMinimumGCAge nodeStatusReportFrequency
    nodeStatusUpdateFrequency runtimeRequestTimeout shutdownGracePeriod shutdownGracePeriodCriticalPods
    streamingConnectionIdleTimeout syncFrequency volumeStatsAggPeriod
  `,
  string: `
    address authentication.x509.clientCAFile authorization.mode cgroupDriver cgroupRoot clusterDomain
    configMapAndSecretChangeDetectionStrategy containerLogMaxSize containerRuntimeEndpoint:27- contentType
    cpuManagerPolicy hairpinMode healthzBindAddress imagePullCredentialsVerificationPolicy:33-
    imageServiceEndpoint:27- kubeReservedCgroup kubeletCgroups memoryManagerPolicy:21-
    memoryReservationPolicy:36- memorySwap.swapBehavior:22- podCIDR podLogsDir:30- providerID reservedSystemCPUs
    resolvConf showHiddenMetricsForVersion staticPodPath staticPodURL systemCgroups systemReservedCgroup
    tlsCertFile tlsMinVersion tlsPrivateKeyFile topologyManagerPolicy topologyManagerScope volumePluginDir
  `,
  list: `
    allowedUnsafeSysctls clusterDNS enforceNodeAllocatable preloadedImagesVerificationAllowlist:33-
    tlsCipherSuites
  `,
  texts: `
    cpuManagerPolicyOptions:22- evictionHard evictionMinimumReclaim evictionSoft evictionSoftGracePeriod
    kubeReserved qosReserved systemReserved topologyManagerPolicyOptions:26-
  `,
  switches: `
    featureGates
  `,
  items: `
    registerWithTaints:23- reservedMemory:21- shutdownGracePeriodByPodPriority:23- tlsCurvePreferences:36-
  `,
  mapping: `
    logging staticPodURLHeader tracing:25-
  `,
}
