import type { GateNames } from './names.ts'

/**
 * Generated from pkg/features/kube_features.go of kubernetes/kubernetes at the newest known patch of 1.20 to 1.36, which all
 * control-plane components, kubelet and kube-proxy share, and from what it includes: pkg/features of k8s.io/apiserver,
 * k8s.io/apiextensions-apiserver and k8s.io/client-go, logs/api/v1, metrics/features and zpages/features of k8s.io/component-base. Gates
 * that only the controller manager has are left out, because a profile sets gates for all components.
 */
export const featureGateNames: GateNames = {
  lockedOn: `
    AdmissionWebhookMatchConditions:27-32@30 AdvancedAuditing:-27@27 AggregatedDiscoveryEndpoint:26-32@30
    AggregatedDiscoveryRemoveBetaType:33-@35 AllowInsecureBackendProxy:-22@21
    AnonymousAuthConfigurableEndpoints:31-@34 AnyVolumeDataSource@33 APIListChunking:-32@29
    APIPriorityAndFairness:-30@29 APISelfSubjectReview:26-29@28 APIServerTracing:22-@34 AppArmor:-32@31
    AppArmorFields:30-32@31 AttachVolumeLimit:-20@ AuthorizeNodeWithSelectors:31-@34 AuthorizeWithSelectors:31-@34
    BlockVolume:-20@ BoundServiceAccountTokenVolume:-22@22 BtreeWatchCache:32-@33 CloudDualStackNodeIPs:27-31@30
    ComponentSLIs:26-35@32 ConfigurableFSGroupPolicy:-24@23 ConsistentHTTPGetHandlers:26-30@30
    ConsistentListFromCache:28-@34 ControllerManagerLeaderMigration:22-26@24 CPUManager:-32@26
    CPUManagerPolicyOptions:22-@33 CRDValidationRatcheting:28-@33 CRIContainerLogRotation:-21@21
    CronJobControllerV2:-22@22 CronJobsScheduledAnnotation:28-34@32 CronJobTimeZone:24-28@27 CSIBlockVolume:-20@
    CSIDriverRegistry:-20@ CSIInlineVolume:-26@25 CSIMigration:-26@25 CSIMigrationAWS:-26@25
    CSIMigrationAzureDisk:-26@25 CSIMigrationAzureFile:-29@27 CSIMigrationGCE:-27@25 CSIMigrationOpenStack:-25@24
    CSIMigrationPortworx:23-35@33 CSIMigrationvSphere:-28@27 CSINodeExpandSecret:25-30@29 CSINodeInfo:-20@
    CSIServiceAccountToken:-24@22 CSIServiceAccountTokenSecrets:35-@36 CSIStorageCapacity:-27@24
    CSIVolumeFSGroupPolicy:-24@23 CSRDuration:22-25@24 CustomResourceFieldSelectors:30-@32
    CustomResourceValidationExpressions:23-30@29 DaemonSetUpdateSurge:21-26@25 DeclarativeValidation:33-@36
    DefaultPodTopologySpread:-25@24 DelegateFSGroupToCSIDriver:22-27@26 DevicePluginCDIDevices:28-33@31
    DevicePlugins:-27@26 DisableAcceleratorUsageMetrics:-27@25 DisableAllocatorDualWrite:31-@35
    DisableCloudProviders:22-32@31 DisableKubeletCloudCredentialProviders:23-32@31
    DisableNodeKubeProxyVersion:29-@36 DownwardAPIHugePages:-28@27 DRAAdminAccess:32-@36 DryRun:-27@26
    DynamicResourceAllocation:26-@35 EfficientWatchResumption:-32@24 ElasticIndexedJob:27-33@31
    EndpointSlice:-24@21 EndpointSliceNodeName:-24@21 EndpointSliceProxying:-24@22
    EndpointSliceTerminatingCondition:-27@26 EphemeralContainers:-26@25 EvenPodsSpread:-20@ ExecProbeTimeout@35
    ExpandedDNSConfig:22-29@28 ExternalPolicyForExternalIP:-21@ ExternalServiceAccountTokenSigner:32-@36
    GenericEphemeralVolume:-24@23 GRPCContainerProbe:23-28@27 HonorPVReclaimPolicy:23-35@33
    HPAContainerMetrics:-31@30 HugePageStorageMediumSize:-23@22 IdentifyPodOS:23-26@25 ImageMaximumGCAge:29-@35
    ImageVolume:31-@36 ImmutableEphemeralVolumes:-23@21 IndexedJob:21-25@24 IngressClassNamespacedParams:21-24@23
    InPlacePodVerticalScaling:27-@35 IPTablesOwnershipCleanup:25-29@28 IPv6DualStack:-24@23
    JobBackoffLimitPerIndex:28-@33 JobManagedBy:30-@35 JobMutableNodeSchedulingDirectives:23-28@27
    JobPodFailurePolicy:25-32@31 JobPodReplacementPolicy:28-@34 JobReadyPods:23-30@29 JobSuccessPolicy:30-@33
    JobTrackingWithFinalizers:22-28@26 KMSv2:25-31@29 KMSv2KDF:28-31@29 KubeletCgroupDriverFromCRI:28-@34
    KubeletCredentialProviders:-27@26 KubeletFineGrainedAuthz:32-@36 KubeletPodResources:-29@28
    KubeletPodResourcesDynamicResources:27-@36 KubeletPodResourcesGet:27-@36
    KubeletPodResourcesGetAllocatable:21-29@28 KubeletPSI:33-@36 KubeletTracing:25-@34
    KubeProxyDrainingTerminatingNodes:28-32@31 LegacyServiceAccountTokenCleanUp:28-31@30
    LegacyServiceAccountTokenNoAutoGeneration:24-28@27 LegacyServiceAccountTokenTracking:26-29@28
    LoadBalancerIPMode:29-34@32 LocalStorageCapacityIsolation:-26@25 LogarithmicScaleDown:21-@31
    MatchLabelKeysInPodAffinity:29-@33 MemoryManager:21-35@32 MinDomainsInPodTopologySpread:24-31@30
    MinimizeIPTablesRestore:26-29@28 MixedProtocolLBService:-27@26 MultiCIDRServiceAllocator:27-@34
    MutableCSINodeAllocatableCount:33-@36 NamespaceDefaultLabelName:21-23@22 NetworkPolicyEndPort:21-26@25
    NewVolumeManagerReconstruction:27-31@30 NFTablesProxyMode:29-@33 NodeDisruptionExclusion:-21@21
    NodeInclusionPolicyInPodTopologySpread:25-@33 NodeLease:-22@ NodeLogQuery:27-@36
    NodeOutOfServiceVolumeDetach:24-31@28 NodeSwap:22-@34 NonPreemptingPriority:-25@24 OpenAPIV3:23-28@27
    OrderedNamespaceDeletion:30-@34 PDBUnhealthyPodEvictionPolicy:26-32@31
    PersistentVolumeLastPhaseTransitionTime:28-32@31 PodAffinityNamespaceSelector:21-25@24
    PodDisruptionBudget:-24@21 PodDisruptionConditions:25-33@31 PodHostIPs:28-31@30 PodIndexLabel:28-34@32
    PodLifecycleSleepAction:29-@34 PodLifecycleSleepActionAllowZero:32-@34 PodObservedGenerationTracking:33-@35
    PodOverhead:-25@24 PodSchedulingReadiness:26-@30 PodSecurity:22-27@25 PreferNominatedNode:21-25@24
    PreferSameTrafficDistribution:33-@35 ProbeHostPodSecurityStandards:34-34@ ProbeTerminationGracePeriod:21-28@28
    ProcMountType@36 ProxyTerminatingEndpoints:22-29@28 ReadWriteOncePod:22-30@29
    RecoverVolumeExpansionFailure:23-@34 RecursiveReadOnlyMounts:30-@33 RelaxedDNSSearchValidation:32-@34
    RelaxedEnvironmentVariableValidation:30-@34 RemainingItemCount:-32@29 RemoveSelfLink:-29@24
    ResilientWatchCacheInitialization:31-@34 RetroactiveDefaultStorageClass:25-28@28 RetryGenerateName:30-@32
    RootCAConfigMap:-21@21 RotateKubeletClientCertificate:-20@ RunAsGroup:-21@21 RuntimeClass:-23@
    SchedulerQueueingHints:28-@34 SCTPSupport:-21@ SeccompDefault:22-28@27 SelectorIndex:-24@
    SELinuxChangePolicy:32-@36 SELinuxMountReadWriteOncePod:25-@36 SeparateTaintEvictionController:29-@34
    ServerSideApply:-31@26 ServerSideFieldValidation:23-31@27 ServiceAccountIssuerDiscovery:-22@21
    ServiceAccountTokenJTI:29-@32 ServiceAccountTokenNodeBinding:29-@33
    ServiceAccountTokenNodeBindingValidation:29-@32 ServiceAccountTokenPodNodeInfo:29-@32 ServiceAppProtocol:-21@
    ServiceInternalTrafficPolicy:21-27@26 ServiceIPStaticSubrange:24-27@26 ServiceLBNodePortControl:-25@24
    ServiceLoadBalancerClass:21-25@24 ServiceNodeExclusion:-21@21 ServiceNodePortStaticSubrange:27-30@29
    ServiceTrafficDistribution:30-35@33 SetHostnameAsFQDN:-23@22 SidecarContainers:28-@33
    SizeMemoryBackedVolumes:-34@32 StableLoadBalancerNodeSet:27-31@30 StartupProbe:-22@
    StatefulSetAutoDeletePVC:23-34@32 StatefulSetMinReadySeconds:22-26@25 StatefulSetStartOrdinal:26-33@31
    StorageObjectInUseProtection:-24@23 StreamingCollectionEncodingToJSON:33-@34
    StreamingCollectionEncodingToProtobuf:33-@34 StrictCostEnforcementForVAP:30-34@32
    StrictCostEnforcementForWebhooks:30-34@32 StructuredAuthenticationConfiguration:29-@34
    StructuredAuthorizationConfiguration:29-35@32 SupplementalGroupsPolicy:31-@35 SupportNodePidsLimit:-22@
    SupportPodPidsLimit:-22@ SuspendJob:21-25@24 Sysctls:-22@21 SystemdWatchdog:32-@35 TokenRequest:-20@
    TokenRequestProjection:-20@ TopologyAwareHints:21-35@33 TopologyManager:-28@27
    TopologyManagerPolicyOptions:26-@36 TTLAfterFinished:-24@23 UserNamespacesSupport:28-@36
    ValidatingAdmissionPolicy:26-31@30 VolumeAttributesClass:29-@36 VolumePVCDataSource:-20@
    VolumeSnapshotDataSource:-21@ VolumeSubpath:-24@23 WarningHeaders:-23@22 WatchBookmark:-32@
    WindowsEndpointSliceProxying:-24@22 WindowsGMSA:-20@ WindowsHostProcessContainers:22-27@26
    WindowsRunAsUserName:-20@ WinDSR@34 WinOverlay@34 ZeroLimitedNominalConcurrencyShares:29-31@30
  `,
  lockedOff: `
    AllowOverwriteTerminationGracePeriodSeconds:32-@35 AllowServiceLBStatusOnNonLB:29-34@32
    ExperimentalHostUserNamespaceDefaulting:-29@28 GitRepoVolumeDriver:33-@36 LegacyNodeRoleBehavior:-21@21
    SeparateCacheWatchRPC:28-@36 WatchFromStorageWithoutResourceVersion:27-35@33
  `,
  free: `
    AllowDNSOnlyNodeCSR:31- AllowInsecureKubeletCertificateSigningRequests:31- AllowParsingUserUIDFromCertAuth:33-
    AllowServiceExternalIPs:36- AllowUnsafeMalformedObjectDeletion:32- APIResponseCompression APIServerIdentity
    APIServingWithRoutine:30- AuthorizePodWebsocketUpgradeCreatePermission:35- BalanceAttachedNodeVolumes:-21
    CBORServingAndStorage:32- ChangeContainerStatusOnKubeletRestart:35- ClearingNominatedNodeNameAfterBinding:34-
    ClientsAllowCBOR:32-35 ClientsPreferCBOR:32-35 CloudControllerManagerWatchBasedRoutesReconciliation:35-
    CloudControllerManagerWebhook:27- ClusterTrustBundle:27- ClusterTrustBundleProjection:29- ComponentFlagz:32-
    ComponentStatusz:32- ConcurrentWatchObjectDecode:31- ConstrainedImpersonation:35- ContainerCheckpoint:25-
    ContainerRestartRules:34- ContainerStopSignals:33- ContextualLogging:24- CoordinatedLeaderElection:31-
    CPUManagerPolicyAlphaOptions:23- CPUManagerPolicyBetaOptions:23- CRDObservedGenerationTracking:35-
    CRIListStreaming:36- CrossNamespaceVolumeDataSource:26- CSIMigrationAWSComplete:-20
    CSIMigrationAzureDiskComplete:-20 CSIMigrationAzureFileComplete:-20 CSIMigrationGCEComplete:-20
    CSIMigrationOpenStackComplete:-20 csiMigrationRBD:23-23 CSIMigrationRBD:24-30 CSIMigrationvSphereComplete:-21
    CSIVolumeHealth:21- CustomCPUCFSQuotaPeriod DeclarativeValidationBeta:36- DeclarativeValidationTakeover:33-
    DefaultHostNetworkHostPortsInPodTemplates:28-30 DeploymentReplicaSetTerminatingReplicas:33-
    DetectCacheInconsistency:34- DisableCPUQuotaWithExclusiveCPUs:33- DRAConsumableCapacity:34-
    DRAControlPlaneController:31-31 DRADeviceBindingConditions:34- DRADeviceTaintRules:35- DRADeviceTaints:33-
    DRAExtendedResource:34- DRAListTypeAttributes:36- DRANodeAllocatableResources:36- DRAPartitionableDevices:33-
    DRAPrioritizedList:33- DRAResourceClaimDeviceStatus:32- DRAResourceClaimGranularStatusAuthorization:36-
    DRAResourcePoolStatus:36- DRASchedulerFilterTimeout:34- DRAWorkloadResourceClaims:36- DynamicKubeletConfig:-25
    EnvFiles:34- EventedPLEG:26- ExpandCSIVolumes:-26 ExpandInUsePersistentVolumes:-26 ExpandPersistentVolumes:-26
    ExtendWebSocketsToKubelet:36- GangScheduling:35- GenericWorkload:35- GracefulNodeShutdown
    GracefulNodeShutdownBasedOnPodPriority:23- HostnameOverride:34- HPAConfigurableTolerance:33- HPAScaleToZero
    HyperVContainer:-20 ImageVolumeWithDigest:36- InformerResourceVersion:30-35 InOrderInformers:33-35
    InOrderInformersBatchProcess:35-35 InPlacePodLevelResourcesVerticalScaling:35-
    InPlacePodVerticalScalingAllocatedStatus:32-35 InPlacePodVerticalScalingExclusiveCPUs:32-
    InPlacePodVerticalScalingExclusiveMemory:34- InPlacePodVerticalScalingInitContainers:36-
    InTreePluginAWSUnregister:21-30 InTreePluginAzureDiskUnregister:21-30 InTreePluginAzureFileUnregister:21-30
    InTreePluginGCEUnregister:21-30 InTreePluginOpenStackUnregister:21-30 InTreePluginPortworxUnregister:23-35
    InTreePluginRBDUnregister:23-30 InTreePluginvSphereUnregister:21-30 KMSv1:28- KubeletCrashLoopBackOffMax:32-
    KubeletEnsureSecretPulledImages:33- KubeletInUserNamespace:22- KubeletPodResourcesListUseActivePods:34-
    KubeletRegistrationGetOnExistsOnly:32- KubeletSeparateDiskGC:29-
    KubeletServiceAccountTokenForCredentialProviders:33- LegacySidecarContainers:33-33 ListFromCacheSnapshot:33-
    LocalStorageCapacityIsolationFSQuotaMonitoring LoggingAlphaOptions:25- LoggingBetaOptions:25-
    ManifestBasedAdmissionControlConfig:36- MatchLabelKeysInPodTopologySpread:25-
    MatchLabelKeysInPodTopologySpreadSelectorMerge:34- MaxUnavailableStatefulSet:24- MemoryQoS:22-
    MultiCIDRRangeAllocator:25-28 MutablePodResourcesForSuspendedJobs:35- MutablePVNodeAffinity:35-
    MutableSchedulingDirectivesForSuspendedJobs:35- MutatingAdmissionPolicy:30- NativeHistograms:36-
    NetworkPolicyStatus:24-27 NodeDeclaredFeatures:35- NominatedNodeNameForExpectation:34- OpenAPIEnums:23-
    OpportunisticBatching:35- PersistentVolumeClaimUnusedSinceTime:36- PLEGOnDemandRelist:36-
    PodAndContainerStatsFromCRI:23- PodCertificateRequest:34- PodDeletionCost:21- PodHasNetworkCondition:25-27
    PodLevelResourceManagers:36- PodLevelResources:32- PodLogsQuerySplitStreams:32-
    PodReadyToStartContainersCondition:28- PodsAPI:36- PodTopologyLabelsAdmission:33- PortForwardWebsockets:30-
    PreventStaticPodAPIReferences:34- QOSReserved ReduceDefaultCrashLoopBackOffDecay:33-
    RelaxedServiceNameValidation:34- ReloadKubeletClientCAFile:36- ReloadKubeletServerCertificateFile:31-
    RemoteRequestHeaderUID:32- ResourceHealthStatus:31- ResourceHealthStatusMessage:36-
    RestartAllContainersOnContainerExits:35- RotateKubeletServerCertificate RuntimeClassInImageCriApi:29-
    SchedulerAsyncAPICalls:34- SchedulerAsyncPreemption:32- SchedulerPopFromBackoffQ:33- SecurityContextDeny:27-29
    SELinuxMount:30- ServiceAccountNodeAudienceRestriction:32- ServiceCIDRStatusFieldWiping:36-
    ServiceTopology:-21 ShardedListAndWatch:36- SizeBasedListCostEstimate:34- SkipReadOnlyValidationGCE:28-30
    StaleControllerConsistencyDaemonSet:36- StaleControllerConsistencyJob:36-
    StaleControllerConsistencyReplicaSet:36- StaleControllerConsistencyStatefulSet:36-
    StatefulSetSemanticRevisionComparison:34- StorageCapacityScoring:33- StorageNamespaceIndex:30-
    StorageVersionAPI StorageVersionHash StorageVersionMigrator:30- StreamingProxyRedirects:-23
    StrictIPCIDRValidation:33- StructuredAuthenticationConfigurationEgressSelector:34-
    StructuredAuthenticationConfigurationJWKSMetrics:35- TaintTolerationComparisonOperators:35-
    TokenRequestServiceAccountUIDValidation:34- TopologyAwareWorkloadScheduling:36-
    TopologyManagerPolicyAlphaOptions:26- TopologyManagerPolicyBetaOptions:26-
    TranslateStreamCloseWebsocketRequests:29- UnauthenticatedHTTP2DOSMitigation:25-
    UnknownVersionInteroperabilityProxy:28- UserNamespacesHostNetworkSupport:35-
    UserNamespacesPodSecurityStandards:29-34 UserNamespacesStatelessPodsSupport:25-27 ValidateProxyRedirects:-23
    VolumeCapacityPriority:21-32 VolumeLimitScaling:35- WatchCacheInitializationPostStartHook:31- WatchList:27-
    WatchListClient:30-35 WindowsCPUAndMemoryAffinity:32- WindowsGracefulNodeShutdown:32- WindowsHostNetwork:26-
    WorkloadAwarePreemption:36- WorkloadWithJob:36-
  `,
}
