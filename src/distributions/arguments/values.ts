import { readNames } from './releases.ts'

/*
 * Values of arguments that are names from a list which differs by release: `name`, `name:first-last`, `name:first-` or `name:-last`, with
 * minor releases. A program does not start with an unknown name.
 */

/**
 * Generated from `kube-controller-manager --help` of 1.20.2, and from cmd/kube-controller-manager/app and names, and names of
 * k8s.io/cloud-provider, of kubernetes/kubernetes 1.21, 1.23 and 1.25 to 1.36: names and, from 1.28 on, their aliases.
 */
export const controllers = readNames(`
    attachdetach bootstrap-signer-controller:28- bootstrapsigner certificatesigningrequest-approving-controller:28-
    certificatesigningrequest-cleaner-controller:28- certificatesigningrequest-signing-controller:28- cloud-node-lifecycle
    cloud-node-lifecycle-controller:28- clusterrole-aggregation clusterrole-aggregation-controller:28- cronjob
    cronjob-controller:28- csrapproving csrcleaner csrsigning daemonset daemonset-controller:28- deployment
    deployment-controller:28- device-taint-eviction-controller:33- disruption disruption-controller:28- endpoint
    endpoints-controller:28- endpointslice endpointslice-controller:28- endpointslice-mirroring-controller:28-
    endpointslicemirroring ephemeral-volume ephemeral-volume-controller:28- garbage-collector-controller:28- garbagecollector
    horizontal-pod-autoscaler-controller:28- horizontalpodautoscaling job job-controller:28-
    kube-apiserver-serving-clustertrustbundle-publisher-controller:32- legacy-service-account-token-cleaner:28-
    legacy-serviceaccount-token-cleaner-controller:28- namespace namespace-controller:28- node-ipam-controller:28-
    node-lifecycle-controller:28- node-route-controller:28- nodeipam nodelifecycle persistentvolume-attach-detach-controller:28-
    persistentvolume-binder persistentvolume-binder-controller:28- persistentvolume-expander
    persistentvolume-expander-controller:28- persistentvolume-protection-controller:28-
    persistentvolumeclaim-protection-controller:28- pod-garbage-collector-controller:28-
    podcertificaterequest-cleaner-controller:34- podgc podgroup-protection-controller:36- pv-protection pvc-protection replicaset
    replicaset-controller:28- replicationcontroller replicationcontroller-controller:28- resource-claim-controller:26-
    resourceclaim-controller:28- resourcepoolstatusrequest-controller:36- resourcequota resourcequota-controller:28-
    root-ca-cert-publisher root-ca-certificate-publisher-controller:28- route selinux-warning-controller:32- service
    service-cidr-controller:29- service-lb-controller:28- serviceaccount serviceaccount-controller:28- serviceaccount-token
    serviceaccount-token-controller:28- statefulset statefulset-controller:28- storage-version-gc:21-
    storage-version-migrator-controller:30- storageversion-garbage-collector-controller:28- svm:30- taint-eviction-controller:29-
    token-cleaner-controller:28- tokencleaner ttl ttl-after-finished ttl-after-finished-controller:28- ttl-controller:28-
    validatingadmissionpolicy-status-controller:28- volumeattributesclass-protection-controller:32-
`)

/** Generated from `kube-apiserver --help` of 1.20.2, and pkg/kubeapiserver/options/plugins.go of 1.21, 1.23 and 1.25 to 1.36. */
export const admissionPlugins = readNames(`
    AlwaysAdmit AlwaysDeny AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction
    ClusterTrustBundleAttest:27- DefaultIngressClass DefaultStorageClass DefaultTolerationSeconds DenyEscalatingExec:-20
    DenyExecOnPrivileged:-20 DenyServiceExternalIPs:21- EventRateLimit ExtendedResourceToleration ImagePolicyWebhook
    JobValidation:36- LimitPodHardAntiAffinityTopology LimitRanger MutatingAdmissionPolicy:32- MutatingAdmissionWebhook
    NamespaceAutoProvision NamespaceExists NamespaceLifecycle NodeDeclaredFeatureValidator:35- NodeRestriction
    OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize PersistentVolumeLabel:-30 PodGroupProtection:36-
    PodGroupWorkloadExists:36- PodNodeSelector PodResizeValidator:36- PodSecurity:22- PodSecurityPolicy:-24
    PodTolerationRestriction PodTopologyLabels:33- Priority ResourceQuota RuntimeClass SecurityContextDeny:-29 ServiceAccount
    StorageObjectInUseProtection TaintNodesByCondition ValidatingAdmissionPolicy:26- ValidatingAdmissionWebhook
`)

/**
 * Generated from the register.go files of kubernetes/api v0.20 to v0.36; apiextensions.k8s.io and apiregistration.k8s.io are those of the
 * extension and aggregation servers in the same program, which take any version.
 */
export const apiVersions = readNames(`
    admission.k8s.io/v1 admission.k8s.io/v1beta1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1:26-
    admissionregistration.k8s.io/v1beta1 apidiscovery.k8s.io/v2:30- apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1 apiregistration.k8s.io/v1 apiregistration.k8s.io/v1beta1 apidiscovery.k8s.io/v2beta1:26- apps/v1 apps/v1beta1
    apps/v1beta2 authentication.k8s.io/v1 authentication.k8s.io/v1alpha1:26- authentication.k8s.io/v1beta1 authorization.k8s.io/v1
    authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2:23- autoscaling/v2beta1:-35 autoscaling/v2beta2:-35 batch/v1
    batch/v1beta1 batch/v2alpha1:-20 certificates.k8s.io/v1 certificates.k8s.io/v1alpha1:27- certificates.k8s.io/v1beta1
    coordination.k8s.io/v1 coordination.k8s.io/v1alpha1:31-31 coordination.k8s.io/v1alpha2:32- coordination.k8s.io/v1beta1
    discovery.k8s.io/v1:21- discovery.k8s.io/v1alpha1:-20 discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1
    extensions/v1beta1 flowcontrol.apiserver.k8s.io/v1:29- flowcontrol.apiserver.k8s.io/v1alpha1:-28
    flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2:23- flowcontrol.apiserver.k8s.io/v1beta3:26-
    imagepolicy.k8s.io/v1alpha1 internal.apiserver.k8s.io/v1alpha1 networking.k8s.io/v1 networking.k8s.io/v1alpha1:25-33
    networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1:21- policy/v1beta1
    rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1beta1 resource.k8s.io/v1:34-
    resource.k8s.io/v1alpha1:26-26 resource.k8s.io/v1alpha2:27-30 resource.k8s.io/v1alpha3:31- resource.k8s.io/v1beta1:32-
    resource.k8s.io/v1beta2:33- scheduling.k8s.io/v1 scheduling.k8s.io/v1alpha1:-35 scheduling.k8s.io/v1alpha2:36-
    scheduling.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 storage.k8s.io/v1beta1
    storagemigration.k8s.io/v1alpha1:30-34 storagemigration.k8s.io/v1beta1:35- v1
`)

/** In all releases: `kube-apiserver --help` of 1.20.2, and crypto/tls of Go, which has had no new names since. */
export const cipherSuites = readNames(`
    TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305 TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    TLS_RSA_WITH_3DES_EDE_CBC_SHA TLS_RSA_WITH_AES_128_CBC_SHA TLS_RSA_WITH_AES_128_GCM_SHA256 TLS_RSA_WITH_AES_256_CBC_SHA
    TLS_RSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 TLS_ECDHE_ECDSA_WITH_RC4_128_SHA
    TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 TLS_ECDHE_RSA_WITH_RC4_128_SHA TLS_RSA_WITH_AES_128_CBC_SHA256 TLS_RSA_WITH_RC4_128_SHA
`)
