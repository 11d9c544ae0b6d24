import type { SysctlNames } from './names.ts'

/**
 * Kernel settings below net, beside those of IPv4 and IPv6, generated from the tables of sysctls (struct ctl_table) in Debian's sources of Linux 5.10.223,
 * 6.1.176, 6.12.117 and 7.2.13 (linux-source-*). names.ts says how it is written.
 */
export const netKeys: SysctlNames = {
  'net.bridge': {
    int: `
      bridge-nf-call-arptables bridge-nf-call-ip6tables bridge-nf-call-iptables bridge-nf-filter-pppoe-tagged
      bridge-nf-filter-vlan-tagged bridge-nf-pass-vlan-input-dev
    `,
  },
  'net.core': {
    '0..1': 'bpf_jit_kallsyms bypass_prot_mem:7.2- tstamp_allow_data txrehash:6.1-',
    '0..2': 'bpf_jit_harden fb_tunnels_only_for_init_net',
    '0..3': 'devconf_inherit_init_net',
    '0..int': 'busy_poll busy_read skb_defer_max:6.1- somaxconn',
    '0..uint': 'xfrm_aevent_etime xfrm_aevent_rseqth',
    '1..': 'bpf_jit_limit',
    '1..1': 'bpf_jit_enable',
    '1..3600': 'netdev_unregister_timeout_secs:6.1-',
    '1..int': 'gro_normal_batch max_skb_frags',
    fixed: 'netdev_rss_key',
    int: `
      dev_weight dev_weight_rx_bias dev_weight_tx_bias flow_limit_table_len high_order_alloc_disable mem_pcpu_rsv:6.1-
      message_burst netdev_budget netdev_budget_usecs netdev_max_backlog netdev_tstamp_prequeue optmem_max
      qdisc_max_burst:7.2- rmem_default rmem_max rps_sock_flow_entries warnings wmem_default wmem_max xfrm_acq_expires
      xfrm_larval_drop
    `,
    number: 'message_cost txq_reselection_ms:7.2-',
    text: 'default_qdisc flow_limit_cpu_bitmap rps_default_mask:6.12-',
  },
  'net.iw_cm': {
    int: 'default_backlog',
  },
  'net.llc.llc2.timeout': {
    number: 'ack busy p rej',
  },
  'net.mpls.conf.*': {
    int: 'input',
  },
  'net.mpls': {
    '0..1': 'ip_ttl_propagate',
    '1..255': 'default_ttl',
    text: 'platform_labels',
  },
  'net.mptcp': {
    '0..1': 'add_addr_v6_port_drop_ts:7.2- allow_join_initial_addr_port:6.1- checksum_enabled:6.1-',
    '0..255': 'syn_retrans_before_tcp_fallback:7.2-',
    '0..int': 'blackhole_timeout:6.12-',
    '0..uint': 'stale_loss_cnt:6.1-',
    fixed: 'available_path_managers:7.2- available_schedulers:6.12-',
    int: 'enabled',
    number: 'add_addr_timeout:6.1- close_timeout:6.12-',
    text: 'path_manager:7.2- pm_type:6.1- scheduler:6.12-',
  },
  'net.netfilter': {
    '0..': 'nf_conntrack_frag6_high_thresh nf_conntrack_frag6_low_thresh',
    '0..1': `
      nf_conntrack_acct nf_conntrack_checksum nf_conntrack_dccp_loose:-6.12 nf_conntrack_helper:-5.10
      nf_conntrack_tcp_be_liberal nf_conntrack_tcp_ignore_invalid_rst:6.1- nf_conntrack_tcp_loose
      nf_conntrack_timestamp
    `,
    '0..2': 'nf_conntrack_events',
    fixed: 'nf_conntrack_count',
    int: `
      nf_conntrack_expect_max nf_conntrack_max nf_conntrack_tcp_max_retrans nf_hooks_lwtunnel:6.1- nf_log_all_netns
    `,
    number: `
      nf_conntrack_buckets nf_conntrack_dccp_timeout_closereq:-6.12 nf_conntrack_dccp_timeout_closing:-6.12
      nf_conntrack_dccp_timeout_open:-6.12 nf_conntrack_dccp_timeout_partopen:-6.12
      nf_conntrack_dccp_timeout_request:-6.12 nf_conntrack_dccp_timeout_respond:-6.12
      nf_conntrack_dccp_timeout_timewait:-6.12 nf_conntrack_frag6_timeout nf_conntrack_generic_timeout
      nf_conntrack_gre_timeout nf_conntrack_gre_timeout_stream nf_conntrack_icmp_timeout nf_conntrack_icmpv6_timeout
      nf_conntrack_sctp_timeout_closed nf_conntrack_sctp_timeout_cookie_echoed nf_conntrack_sctp_timeout_cookie_wait
      nf_conntrack_sctp_timeout_established nf_conntrack_sctp_timeout_heartbeat_sent
      nf_conntrack_sctp_timeout_shutdown_ack_sent nf_conntrack_sctp_timeout_shutdown_recd
      nf_conntrack_sctp_timeout_shutdown_sent nf_conntrack_tcp_timeout_close nf_conntrack_tcp_timeout_close_wait
      nf_conntrack_tcp_timeout_established nf_conntrack_tcp_timeout_fin_wait nf_conntrack_tcp_timeout_last_ack
      nf_conntrack_tcp_timeout_max_retrans nf_conntrack_tcp_timeout_syn_recv nf_conntrack_tcp_timeout_syn_sent
      nf_conntrack_tcp_timeout_time_wait nf_conntrack_tcp_timeout_unacknowledged nf_conntrack_udp_timeout
      nf_conntrack_udp_timeout_stream nf_flowtable_tcp_timeout:6.1- nf_flowtable_udp_timeout:6.1-
    `,
    text: 'nf_conntrack_log_invalid',
  },
  'net.netfilter.nf_log': {
    text: '*',
  },
  net: {
    int: 'nf_conntrack_max',
  },
  'net.rdma_ucm': {
    int: 'max_backlog',
  },
  'net.rds.ib': {
    '0..': 'max_recv_allocation',
    '1..': 'max_recv_wr max_send_wr',
    '1..64': 'max_unsignaled_wr',
    int: 'flow_control',
  },
  'net.rds': {
    '1..': 'reconnect_max_delay_ms reconnect_min_delay_ms',
    int: 'max_unacked_bytes max_unacked_packets ping_enable',
  },
  'net.rds.tcp': {
    text: 'rds_tcp_rcvbuf rds_tcp_sndbuf',
  },
  'net.rxrpc': {
    '0..500': 'inject_rx_delay:6.12-',
    '1..': 'idle_ack_delay idle_conn_expiry idle_conn_fast_expiry req_ack_delay:-6.1 soft_ack_delay',
    '1..65535': 'reap_client_conns rx_mtu',
    '1..int': 'rx_jumbo_max rx_window_size',
    '4..int': 'max_backlog',
  },
  'net.sctp': {
    '..86400000': 'rto_max',
    '0..': 'max_autoclose',
    '0.. x3': 'sctp_mem',
    '0..1': 'l3mdev_accept:6.12-',
    '0..1000': 'rto_alpha_exp_divisor rto_beta_exp_divisor',
    '0..65535': 'encap_port:6.1- udp_port:6.1-',
    '0..int': 'addr_scope_policy max_burst pf_expose pf_retrans',
    '1..16': 'rwnd_update_shift',
    '1..500': 'sack_timeout',
    '1..86400000': 'hb_interval rto_initial valid_cookie_life',
    '1..int': 'association_max_retrans max_init_retransmits path_max_retrans rto_min',
    int: `
      addip_enable addip_noauth_enable auth_enable cookie_preserve_enable default_auto_asconf ecn_enable intl_enable
      pf_enable plpmtud_probe_interval:6.1- prsctp_enable ps_retrans rcvbuf_policy reconf_enable sndbuf_policy
    `,
    'int x3': 'sctp_rmem sctp_wmem',
    text: 'cookie_hmac_alg',
  },
  'net.smc': {
    '..1073741823': 'rmem:6.1- wmem:6.1-',
    '0..1': 'limit_smc_hs:6.12-',
    '0..2': 'smcr_buf_type:6.1-',
    '0..uint': 'autocorking_size:6.1-',
    '2..2048': 'smcr_max_recv_wr:7.2- smcr_max_send_wr:7.2-',
    int: 'smcr_max_conns_per_lgr:6.12- smcr_max_links_per_lgr:6.12-',
    number: 'smcr_testlink_time:6.1-',
    text: 'hs_ctrl:7.2-',
  },
  'net.tipc': {
    '0..': 'bc_retruni sk_filter',
    '0..1': 'key_exchange_enabled',
    '0..int': 'named_timeout',
    '1..int': 'max_tfms',
    '1..int x3': 'tipc_rmem',
  },
  'net.unix': {
    int: 'max_dgram_qlen',
  },
  'net.vrf': {
    int: 'strict_mode',
  },
  'net.vsock': {
    '0..1': 'g2h_fallback:7.2-',
    fixed: 'ns_mode:7.2-',
    text: 'child_ns_mode:7.2-',
  },
}
