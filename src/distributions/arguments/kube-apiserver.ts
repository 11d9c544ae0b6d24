import type { ArgumentNames } from './names.ts'

/**
 * Generated from `kube-apiserver --help` of 1.20.2 and from the reference page of each release from 1.21 to 1.31 in kubernetes/website
 * (content/en/docs/reference/command-line-tools-reference/kube-apiserver.md); what came later is from the flags of k8s.io/apiserver and
 * k8s.io/component-base at their release branches up to 1.36. Written as `name:first-last` with the minor releases that have it.
 */
export const kubeApiServerArguments: ArgumentNames = {
  bool: `
    add-dir-header:-25 aggregator-reject-forwarding-redirect:26- allow-privileged alsologtostderr:-25 anonymous-auth
    audit-log-batch-throttle-enable audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable
    audit-webhook-truncate-enabled contention-profiling disable-http2-serving:31- emulation-forward-compatible:33-
    enable-aggregator-routing enable-bootstrap-token-auth enable-garbage-collector enable-priority-and-fairness
    encryption-provider-config-automatic-reload:26- experimental-logging-sanitization:-23 kubelet-https:-21
    log-text-split-stream:30- logtostderr:-25 one-output:-25 permit-address-sharing:21- permit-port-sharing profiling
    runtime-config-emulation-forward-compatible:33- service-account-extend-token-expiration service-account-lookup
    shutdown-send-retry-after:23- skip-headers:-25 skip-log-headers:-25 watch-cache
  `,
  int: `
    apiserver-count audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-throttle-burst
    audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-truncate-max-batch-size
    audit-log-truncate-max-event-size audit-webhook-batch-buffer-size audit-webhook-batch-max-size
    audit-webhook-batch-throttle-burst audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size
    default-not-ready-toleration-seconds default-unreachable-toleration-seconds default-watch-cache-size
    delete-collection-workers http2-max-streams-per-connection identity-lease-duration-seconds:-25
    identity-lease-renew-interval-seconds:-25 insecure-port:-23 kubernetes-service-node-port
    lease-reuse-duration-seconds:21- log-file-max-size:-25 max-connection-bytes-per-sec max-mutating-requests-inflight
    max-requests-inflight min-request-timeout secure-port v
  `,
  float: `
    audit-log-batch-throttle-qps audit-webhook-batch-throttle-qps goaway-chance
  `,
  duration: `
    audit-log-batch-max-wait audit-webhook-batch-max-wait audit-webhook-initial-backoff
    authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl coordinated-leadership-lease-duration:31-
    coordinated-leadership-renew-deadline:31- coordinated-leadership-retry-period:31- etcd-compaction-interval
    etcd-count-metric-poll-period etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-readycheck-timeout:25-
    event-ttl kubelet-timeout livez-grace-period log-flush-frequency request-timeout
    service-account-max-token-expiration shutdown-delay-duration shutdown-watch-termination-grace-period:27-
    storage-initialization-timeout:31-
  `,
  ip: `
    advertise-address bind-address insecure-bind-address:-23
  `,
  list: `
    admission-control api-audiences authorization-mode cloud-provider-gce-l7lb-src-cidrs:-30 cors-allowed-origins
    disable-admission-plugins disabled-metrics:21- emulated-version:31- enable-admission-plugins etcd-servers
    etcd-servers-overrides kubelet-preferred-address-types oidc-signing-algs requestheader-allowed-names
    requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers:32-
    requestheader-username-headers strict-transport-security-directives:21- tls-cipher-suites
    tls-curve-preferences:36- watch-cache-sizes
  `,
  switches: `
    feature-gates
  `,
  string: `
    admission-control-config-file allow-metric-labels:21- allow-metric-labels-manifest:29- audit-log-format
    audit-log-mode audit-log-path audit-log-version audit-policy-file audit-webhook-config-file audit-webhook-mode
    audit-webhook-version authentication-config:29- authentication-token-webhook-config-file
    authentication-token-webhook-version authorization-config:29- authorization-policy-file
    authorization-webhook-config-file authorization-webhook-version azure-container-registry-config cert-dir
    client-ca-file cloud-config cloud-provider debug-socket-path:27- egress-selector-config-file
    encryption-provider-config endpoint-reconciler-type etcd-cafile etcd-certfile etcd-keyfile etcd-prefix
    external-hostname kubelet-certificate-authority kubelet-client-certificate kubelet-client-key log-backtrace-at:-25
    log-dir:-25 log-file:-25 log-text-info-buffer-size:30- logging-format master-service-namespace
    min-compatibility-version:35- oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix oidc-issuer-url
    oidc-required-claim oidc-username-claim oidc-username-prefix peer-advertise-ip:28- peer-advertise-port:28-
    peer-ca-file:28- proxy-client-cert-file proxy-client-key-file requestheader-client-ca-file runtime-config
    service-account-issuer service-account-jwks-uri service-account-key-file service-account-signing-endpoint:32-
    service-account-signing-key-file service-cluster-ip-range service-node-port-range show-hidden-metrics-for-version
    stderrthreshold:-25 storage-backend storage-media-type tls-cert-file tls-min-version tls-private-key-file
    tls-sni-cert-key token-auth-file tracing-config-file:22- version vmodule
  `,
}
