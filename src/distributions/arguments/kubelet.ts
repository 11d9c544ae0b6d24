import type { ArgumentNames } from './names.ts'

/**
 * Generated from `kubelet --help` of 1.20.2 and from the reference page of each release from 1.21 to 1.31 in kubernetes/website
 * (content/en/docs/reference/command-line-tools-reference/kubelet.md); what came later is from the flags of k8s.io/apiserver and
 * k8s.io/component-base at their release branches up to 1.36. Written as `name:first-last` with the minor releases that have it.
 */
export const kubeletArguments: ArgumentNames = {
  bool: `
    add-dir-header:-25 alsologtostderr:-25 anonymous-auth authentication-token-webhook cgroups-per-qos
    contention-profiling cpu-cfs-quota docker-only:-23 docker-tls:-23 enable-cadvisor-json-endpoints:-21
    enable-controller-attach-detach enable-debugging-handlers enable-load-reader enable-server exit-on-lock-contention
    experimental-allocatable-ignore-eviction experimental-check-node-capabilities-before-mount:-23
    experimental-kernel-memcg-notification:-25 experimental-logging-sanitization:-23 fail-swap-on
    keep-terminated-pod-volumes kernel-memcg-notification local-storage-capacity-isolation:25- log-cadvisor-usage
    log-json-split-stream:23- log-text-split-stream:30- logtostderr:-25 make-iptables-util-chains one-output:-25
    protect-kernel-defaults really-crash-for-testing:-23 redirect-container-streaming:-21 register-node
    register-schedulable rotate-certificates rotate-server-certificates runonce seccomp-default:22-
    serialize-image-pulls skip-headers:-25 skip-log-headers:-25 storage-driver-secure
  `,
  int: `
    application-metrics-count-limit container-log-max-files event-burst event-qps eviction-max-pod-grace-period
    healthz-port image-gc-high-threshold image-gc-low-threshold iptables-drop-bit:-27 iptables-masquerade-bit:-27
    kube-api-burst kube-api-qps log-file-max-size:-25 max-open-files max-pods maximum-dead-containers
    maximum-dead-containers-per-container network-plugin-mtu:-23 node-status-max-images oom-score-adj pod-max-pids
    pods-per-core port read-only-port registry-burst registry-qps v
  `,
  float: `
    chaos-chance:-21
  `,
  duration: `
    authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl cpu-cfs-quota-period cpu-manager-reconcile-period
    eviction-pressure-transition-period file-check-frequency global-housekeeping-interval housekeeping-interval
    http-check-frequency image-pull-progress-deadline:-23 log-flush-frequency minimum-container-ttl-duration
    minimum-image-ttl-duration node-status-update-frequency runtime-request-timeout storage-driver-buffer-duration
    streaming-connection-idle-timeout sync-frequency volume-stats-agg-period
  `,
  ip: `
    address healthz-bind-address
  `,
  list: `
    allowed-unsafe-sysctls cluster-dns enforce-node-allocatable tls-cipher-suites
  `,
  switches: `
    feature-gates
  `,
  string: `
    authorization-mode azure-container-registry-config boot-id-file bootstrap-kubeconfig cert-dir cgroup-driver
    cgroup-root client-ca-file cloud-config cloud-provider cluster-domain cni-bin-dir:-23 cni-cache-dir:-23
    cni-conf-dir:-23 config config-dir:28- container-hints container-log-max-size container-runtime:-26
    container-runtime-endpoint containerd containerd-namespace cpu-manager-policy cpu-manager-policy-options:22-
    docker:-23 docker-endpoint:-23 docker-env-metadata-whitelist:-23 docker-root:-23 docker-tls-ca:-23
    docker-tls-cert:-23 docker-tls-key:-23 dynamic-config-dir:-23 event-storage-age-limit event-storage-event-limit
    eviction-hard eviction-minimum-reclaim eviction-soft eviction-soft-grace-period
    experimental-bootstrap-kubeconfig:-22 experimental-mounter-path hairpin-mode hostname-override
    image-credential-provider-bin-dir image-credential-provider-config image-service-endpoint kube-api-content-type
    kube-reserved kube-reserved-cgroup kubeconfig kubelet-cgroups lock-file log-backtrace-at:-25 log-dir:-25
    log-file:-25 log-json-info-buffer-size:23- log-text-info-buffer-size:30- logging-format machine-id-file
    manifest-url manifest-url-header master-service-namespace:-26 memory-manager-policy:21- network-plugin:-23 node-ip
    node-labels non-masquerade-cidr:-23 pod-cidr pod-infra-container-image pod-manifest-path provider-id qos-reserved
    register-with-taints reserved-cpus reserved-memory:21- resolv-conf root-dir runtime-cgroups
    seccomp-profile-root:-22 stderrthreshold:-25 storage-driver-db storage-driver-host storage-driver-password
    storage-driver-table storage-driver-user system-cgroups system-reserved system-reserved-cgroup tls-cert-file
    tls-min-version tls-private-key-file topology-manager-policy topology-manager-policy-options:26-
    topology-manager-scope version vmodule volume-plugin-dir
  `,
}
