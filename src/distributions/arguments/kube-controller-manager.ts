import type { ArgumentNames } from './names.ts'

/**
 * Generated from `kube-controller-manager --help` of 1.20.2 and from the reference page of each release from 1.21 to 1.31 in kubernetes/website
 * (content/en/docs/reference/command-line-tools-reference/kube-controller-manager.md); what came later is from the flags of k8s.io/apiserver and
 * k8s.io/component-base at their release branches up to 1.36. Written as `name:first-last` with the minor releases that have it.
 */
export const kubeControllerManagerArguments: ArgumentNames = {
  bool: `
    add-dir-header:-25 allocate-node-cidrs alsologtostderr:-25 authentication-skip-lookup
    authentication-tolerate-lookup-failure configure-cloud-routes contention-profiling
    disable-attach-detach-reconcile-sync disable-force-detach-on-timeout:30- disable-http2-serving:31-
    enable-dynamic-provisioning enable-garbage-collector enable-hostpath-provisioner enable-leader-migration:21-
    enable-taint-manager:-26 experimental-logging-sanitization:-23 leader-elect log-text-split-stream:30-
    logtostderr:-25 one-output:-25 permit-address-sharing:21- permit-port-sharing profiling skip-headers:-25
    skip-log-headers:-25 use-service-account-credentials volume-host-allow-local-loopback
  `,
  int: `
    concurrent-cron-job-syncs:28- concurrent-deployment-syncs concurrent-device-taint-eviction-syncs
    concurrent-endpoint-syncs concurrent-ephemeralvolume-syncs:23- concurrent-gc-syncs
    concurrent-horizontal-pod-autoscaler-syncs:26- concurrent-job-syncs:28- concurrent-namespace-syncs
    concurrent-rc-syncs concurrent-replicaset-syncs concurrent-resource-quota-syncs concurrent-service-endpoint-syncs
    concurrent-service-syncs concurrent-serviceaccount-token-syncs concurrent-statefulset-syncs
    concurrent-ttl-after-finished-syncs concurrent-validating-admission-policy-status-syncs:28-
    http2-max-streams-per-connection kube-api-burst large-cluster-size-threshold log-file-max-size:-25
    max-endpoints-per-slice mirroring-concurrent-service-endpoint-syncs mirroring-max-endpoints-per-subset
    node-cidr-mask-size node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6 port:-23 pv-recycler-increment-timeout-nfs
    pv-recycler-minimum-timeout-hostpath pv-recycler-minimum-timeout-nfs pv-recycler-timeout-increment-hostpath
    secure-port terminated-pod-gc-threshold v
  `,
  float: `
    horizontal-pod-autoscaler-tolerance kube-api-qps node-eviction-rate secondary-node-eviction-rate
    unhealthy-zone-threshold
  `,
  duration: `
    attach-detach-reconcile-sync-period authentication-token-webhook-cache-ttl
    authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl cluster-signing-duration
    controller-start-interval deployment-controller-sync-period endpoint-updates-batch-period
    endpointslice-updates-batch-period experimental-cluster-signing-duration:-24
    horizontal-pod-autoscaler-cpu-initialization-period horizontal-pod-autoscaler-downscale-stabilization
    horizontal-pod-autoscaler-initial-readiness-delay horizontal-pod-autoscaler-sync-period
    leader-elect-lease-duration leader-elect-renew-deadline leader-elect-retry-period
    legacy-service-account-token-clean-up-period:28- log-flush-frequency min-resync-period
    mirroring-endpointslice-updates-batch-period namespace-sync-period node-monitor-grace-period node-monitor-period
    node-startup-grace-period pod-eviction-timeout:-26 pvclaimbinder-sync-period resource-quota-sync-period
    route-reconciliation-period
  `,
  ip: `
    address:-23 bind-address
  `,
  list: `
    authorization-always-allow-paths controllers disabled-metrics:21- emulated-version:31- requestheader-allowed-names
    requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers:32-
    requestheader-username-headers tls-cipher-suites tls-curve-preferences:36- volume-host-cidr-denylist
  `,
  switches: `
    feature-gates
  `,
  string: `
    allow-metric-labels:21- allow-metric-labels-manifest:29- authentication-kubeconfig authorization-kubeconfig
    azure-container-registry-config cert-dir cidr-allocator-type client-ca-file cloud-config cloud-provider
    cluster-cidr cluster-name cluster-signing-cert-file cluster-signing-key-file
    cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file
    cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file
    cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file
    cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file external-cloud-volume-plugin
    flex-volume-plugin-dir kube-api-content-type kubeconfig leader-elect-resource-lock leader-elect-resource-name
    leader-elect-resource-namespace leader-migration-config:21- log-backtrace-at:-25 log-dir:-25 log-file:-25
    log-text-info-buffer-size:30- logging-format master min-compatibility-version:35-
    pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs requestheader-client-ca-file
    root-ca-file service-account-private-key-file service-cluster-ip-range show-hidden-metrics-for-version
    stderrthreshold:-25 tls-cert-file tls-min-version tls-private-key-file tls-sni-cert-key version vmodule
  `,
}
