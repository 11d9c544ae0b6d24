import type { ArgumentNames } from './names.ts'

/**
 * Generated from the flag sets of etcd (server/embed/config.go and server/etcdmain/config.go of etcd-io/etcd, before 3.5 without
 * `server/`) at its branches release-3.4 to release-3.7, and compared with `etcd --help` of each. Written as `name:first-last` with
 * the minor releases 3.x that have it.
 */
export const etcdArguments: ArgumentNames = {
  bool: `
    auto-tls client-cert-auth debug:-4 discovery-insecure-skip-tls-verify:6-
    discovery-insecure-transport:6- enable-distributed-tracing:6- enable-grpc-gateway
    enable-log-rotation:5- enable-pprof enable-v2:-5 experimental-compact-hash-check-enabled:5-6
    experimental-enable-distributed-tracing:5-6 experimental-enable-lease-checkpoint-persist:-6
    experimental-enable-lease-checkpoint:-6 experimental-initial-corrupt-check:-6
    experimental-memory-mlock:5-6 experimental-peer-skip-client-san-verification:-6
    experimental-stop-grpc-service-on-defrag:5-6 experimental-txn-mode-write-with-shared-buffer:5-6
    force-new-cluster initial-election-tick-advance memory-mlock:6- next-cluster-version-compatible:-4
    peer-auto-tls peer-client-cert-auth peer-skip-client-san-verification:6- pre-vote
    socket-reuse-address:5- socket-reuse-port:5- strict-reconfig-check unsafe-no-fsync
  `,
  int: `
    auth-token-ttl backend-batch-limit bcrypt-cost bootstrap-defrag-threshold-megabytes:6-
    compaction-batch-limit:6- distributed-tracing-sampling-rate:6- election-timeout
    experimental-bootstrap-defrag-threshold-megabytes:5-6 experimental-compaction-batch-limit:-6
    experimental-distributed-tracing-sampling-rate:5-6 experimental-snapshot-catchup-entries:5-6
    heartbeat-interval max-learners:6- max-request-bytes max-snapshots max-txn-ops max-wals
    proxy-dial-timeout:-5 proxy-failure-wait:-5 proxy-read-timeout:-5 proxy-refresh-interval:-5
    proxy-write-timeout:-5 quota-backend-bytes self-signed-cert-validity:5- snapshot-catchup-entries:6-
    snapshot-count
  `,
  duration: `
    backend-batch-interval compact-hash-check-time:6- compaction-sleep-interval:6- corrupt-check-time:6-
    discovery-dial-timeout:6- discovery-keepalive-time:6- discovery-keepalive-timeout:6-
    discovery-request-timeout:6- downgrade-check-time:6- experimental-compact-hash-check-time:5-6
    experimental-compaction-sleep-interval:5-6 experimental-corrupt-check-time:-6
    experimental-downgrade-check-time:5-6 experimental-warning-apply-duration:-6
    experimental-warning-unary-request-duration:6-6 experimental-watch-progress-notify-interval:-6
    grpc-keepalive-interval grpc-keepalive-min-time grpc-keepalive-timeout raft-read-timeout:5-
    raft-write-timeout:5- warning-apply-duration:6- warning-unary-request-duration:6-
    watch-progress-notify-interval:6-
  `,
  switches: `
    feature-gates:6-
  `,
  string: `
    advertise-client-urls auth-token auto-compaction-mode auto-compaction-retention
    backend-bbolt-freelist-type:5- cert-file cipher-suites client-cert-allowed-hostname
    client-cert-file:5- client-crl-file client-key-file:5- config-file cors data-dir discovery-cacert:6-
    discovery-cert:6- discovery-endpoints:6- discovery-fallback discovery-key:6- discovery-password:6-
    discovery-proxy:-6 discovery-srv discovery-srv-name discovery-token:6- discovery-user:6- discovery:-6
    distributed-tracing-address:6- distributed-tracing-instance-id:6- distributed-tracing-service-name:6-
    experimental-backend-bbolt-freelist-type:-4 experimental-distributed-tracing-address:5-6
    experimental-distributed-tracing-instance-id:5-6 experimental-distributed-tracing-service-name:5-6
    experimental-enable-v2v3:-5 host-whitelist initial-advertise-peer-urls initial-cluster
    initial-cluster-state initial-cluster-token key-file listen-client-http-urls listen-client-urls
    listen-metrics-urls listen-peer-urls log-format:6- log-level log-output:-4 log-outputs
    log-package-levels:-4 log-rotation-config-json:5- logger max-concurrent-streams metrics name
    peer-cert-allowed-cn peer-cert-allowed-hostname peer-cert-file peer-client-cert-file:5-
    peer-client-key-file:5- peer-crl-file peer-key-file peer-trusted-ca-file proxy:-5 tls-max-version
    tls-min-version trusted-ca-file v2-deprecation:5- wal-dir
  `,
}
