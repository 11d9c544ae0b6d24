import type { ArgumentNames } from './names.ts'

/**
 * Generated from `kube-scheduler --help` of 1.20.2 and from the reference page of each release from 1.21 to 1.31 in kubernetes/website
 * (content/en/docs/reference/command-line-tools-reference/kube-scheduler.md); what came later is from the flags of k8s.io/apiserver and
 * k8s.io/component-base at their release branches up to 1.36. Written as `name:first-last` with the minor releases that have it.
 */
export const kubeSchedulerArguments: ArgumentNames = {
  bool: `
    add-dir-header:-25 alsologtostderr:-25 authentication-skip-lookup authentication-tolerate-lookup-failure
    contention-profiling disable-http2-serving:31- experimental-logging-sanitization:-23 leader-elect
    log-text-split-stream:30- logtostderr:-25 one-output:-25 permit-address-sharing:21- permit-port-sharing profiling
    skip-headers:-25 skip-log-headers:-25 use-legacy-policy-config:-22
  `,
  int: `
    hard-pod-affinity-symmetric-weight:-21 http2-max-streams-per-connection kube-api-burst log-file-max-size:-25
    port:-22 secure-port v
  `,
  float: `
    kube-api-qps
  `,
  duration: `
    authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl leader-elect-lease-duration leader-elect-renew-deadline
    leader-elect-retry-period log-flush-frequency pod-max-in-unschedulable-pods-duration:24-
  `,
  ip: `
    bind-address
  `,
  list: `
    authorization-always-allow-paths disabled-metrics:21- emulated-version:31- requestheader-allowed-names
    requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers:32-
    requestheader-username-headers tls-cipher-suites tls-curve-preferences:36-
  `,
  switches: `
    feature-gates
  `,
  string: `
    address:-22 algorithm-provider:-21 allow-metric-labels:21- allow-metric-labels-manifest:29-
    authentication-kubeconfig authorization-kubeconfig azure-container-registry-config cert-dir client-ca-file config
    kube-api-content-type kubeconfig leader-elect-resource-lock leader-elect-resource-name
    leader-elect-resource-namespace lock-object-name:-27 lock-object-namespace:-27 log-backtrace-at:-25 log-dir:-25
    log-file:-25 log-text-info-buffer-size:30- logging-format master min-compatibility-version:35-
    policy-config-file:-22 policy-configmap:-22 policy-configmap-namespace:-22 requestheader-client-ca-file
    scheduler-name:-21 show-hidden-metrics-for-version stderrthreshold:-25 tls-cert-file tls-min-version
    tls-private-key-file tls-sni-cert-key version vmodule write-config-to
  `,
}
