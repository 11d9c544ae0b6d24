import type { SysctlNames } from './names.ts'

/**
 * Kernel settings of IPv4 and IPv6, generated from the tables of sysctls (struct ctl_table) in Debian's sources of Linux 5.10.223,
 * 6.1.176, 6.12.117 and 7.2.13 (linux-source-*). names.ts says how it is written.
 */
export const ipKeys: SysctlNames = {
  'net.ipv4': {
    '-31..31': 'tcp_adv_win_scale',
    '..65535': 'tcp_min_snd_mss tcp_mtu_probe_floor',
    '0..': 'ipfrag_high_thresh ipfrag_low_thresh tcp_comp_sack_delay_ns tcp_comp_sack_slack_ns',
    '0.. x3': 'tcp_mem udp_mem',
    '0..1': `
      fib_multipath_use_neigh icmp_echo_enable_probe:6.1- ip_autobind_reuse ip_forward_update_priority
      nexthop_compat_mode raw_l3mdev_accept tcp_autocorking tcp_backlog_ack_defer:6.12- tcp_l3mdev_accept
      tcp_migrate_req tcp_no_ssthresh_metrics_save tcp_plb_enabled:6.12- tcp_reflect_tos tcp_shrink_window:6.1-
      udp_l3mdev_accept
    `,
    '0..1000': 'tcp_pacing_ca_ratio tcp_pacing_ss_ratio',
    '0..16777216': 'tcp_child_ehash_entries:6.1-',
    '0..2': 'fib_notify_on_flag_change:6.1- tcp_tw_reuse',
    '0..255': `
      fwmark_reflect icmp_echo_ignore_all icmp_echo_ignore_broadcasts icmp_errors_extension_mask:7.2-
      icmp_errors_use_inbound_ifaddr icmp_ignore_bogus_error_responses ip_dynaddr ip_early_demux ip_forward_use_pmtu
      ip_no_pmtu_disc ip_nonlocal_bind tcp_abort_on_overflow tcp_comp_sack_nr tcp_dsack tcp_ecn tcp_ecn_fallback
      tcp_fack tcp_frto tcp_fwmark_accept tcp_keepalive_probes tcp_moderate_rcvbuf tcp_mtu_probing tcp_no_metrics_save
      tcp_orphan_retries tcp_plb_suspend_rto_sec:6.12- tcp_recovery tcp_retrans_collapse tcp_retries1 tcp_retries2
      tcp_rfc1337 tcp_sack tcp_slow_start_after_idle tcp_stdurg tcp_syn_linear_timeouts:6.12- tcp_synack_retries
      tcp_syncookies tcp_thin_linear_timeouts tcp_timestamps tcp_tso_rtt_log:6.1- tcp_tso_win_divisor
      tcp_window_scaling tcp_workaround_signed_windows
    `,
    '0..256': 'tcp_plb_cong_thresh:6.12-',
    '0..3': 'fib_multipath_hash_policy tcp_ecn_option:7.2- tcp_ecn_option_beacon:7.2-',
    '0..31': 'tcp_app_win tcp_plb_idle_rehash_rounds:6.12- tcp_plb_rehash_rounds:6.12-',
    '0..4': 'tcp_early_retrans',
    '0..86400': 'tcp_min_rtt_wlen',
    '0..int': `
      icmp_msgs_burst icmp_msgs_per_sec tcp_fastopen_blackhole_timeout_sec tcp_rcvbuf_low_rtt:7.2-
    `,
    '0..uint': `
      fib_sync_mem ip_local_port_step_width:7.2- tcp_early_demux tcp_notsent_lowat tcp_probe_interval
      udp_child_hash_entries:6.12- udp_early_demux
    `,
    '1..1000': 'tcp_comp_sack_rtt_percent:7.2-',
    '1..255': 'ip_default_ttl tcp_min_tso_segs tcp_pingpong_thresh:6.12- tcp_syn_retries',
    '1..int': 'fib_multipath_hash_fields:6.1- igmp_qrv tcp_rto_min_us:6.12- udp_rmem_min udp_wmem_min',
    '1..int x3': 'tcp_rmem tcp_wmem',
    '1..uint': 'tcp_tw_reuse_delay:7.2-',
    '1000..int': 'tcp_rto_max_ms:7.2-',
    fixed: `
      tcp_available_congestion_control tcp_available_ulp tcp_ehash_entries:6.1- udp_hash_entries:6.12-
    `,
    int: `
      cipso_cache_bucket_size cipso_cache_enable cipso_rbm_optfmt cipso_rbm_strictvalid icmp_ratemask
      igmp_link_local_mcast_reports igmp_max_memberships igmp_max_msf inet_peer_threshold ip_forward
      ip_unprivileged_port_start ipfrag_max_dist tcp_base_mss tcp_challenge_ack_limit tcp_fastopen
      tcp_limit_output_bytes tcp_low_latency tcp_max_orphans tcp_max_reordering tcp_max_syn_backlog tcp_max_tw_buckets
      tcp_probe_threshold tcp_reordering tcp_rx_skb_cache:-5.10 tcp_tx_skb_cache:-5.10 xfrm4_gc_thresh
    `,
    'int x2': 'ip_local_port_range',
    number: `
      icmp_ratelimit inet_peer_maxttl inet_peer_minttl ipfrag_secret_interval ipfrag_time tcp_fin_timeout
      tcp_invalid_ratelimit tcp_keepalive_intvl tcp_keepalive_time
    `,
    text: `
      fib_multipath_hash_seed:6.12- ip_local_reserved_ports ping_group_range tcp_allowed_congestion_control
      tcp_congestion_control tcp_fastopen_key
    `,
  },
  'net.ipv4.conf.*': {
    fixed: 'mc_forwarding',
    int: `
      accept_local accept_redirects accept_source_route arp_accept arp_announce arp_evict_nocarrier:6.1- arp_filter
      arp_ignore arp_notify bc_forwarding bootp_relay disable_policy disable_xfrm drop_gratuitous_arp
      drop_unicast_in_l2_multicast force_igmp_version forwarding igmpv2_unsolicited_report_interval
      igmpv3_unsolicited_report_interval ignore_routes_with_linkdown log_martians medium_id promote_secondaries
      proxy_arp proxy_arp_pvlan route_localnet rp_filter secure_redirects send_redirects shared_media src_valid_mark
      tag
    `,
  },
  'net.ipv4.neigh.*': {
    int: `
      app_solicit gc_interval gc_thresh1 gc_thresh2 gc_thresh3 mcast_resolicit mcast_solicit proxy_qlen ucast_solicit
      unres_qlen unres_qlen_bytes
    `,
    number: `
      anycast_delay base_reachable_time base_reachable_time_ms delay_first_probe_time gc_stale_time
      interval_probe_time_ms:6.1- locktime proxy_delay retrans_time retrans_time_ms
    `,
  },
  'net.ipv4.route': {
    int: `
      error_burst error_cost gc_elasticity gc_thresh max_size min_adv_mss min_pmtu redirect_load redirect_number
      redirect_silence
    `,
    number: 'gc_interval gc_min_interval gc_min_interval_ms gc_timeout mtu_expires',
  },
  'net.ipv4.vs': {
    '0..': 'sync_qlen_max',
    '0..1': 'sync_version',
    '0..3': 'sync_retries',
    int: `
      am_droprate amemthresh backup_only cache_bypass conn_lfactor:7.2- conn_max:7.2- conn_reuse_mode conntrack
      debug_level drop_entry drop_packet est_nice:6.12- expire_nodest_conn expire_quiescent_template ignore_tunneled
      nat_icmp_send pmtu_disc run_estimation:6.1- schedule_icmp secure_tcp sloppy_sctp sloppy_tcp snat_reroute
      svc_lfactor:7.2- sync_persist_mode sync_sock_size
    `,
    number: 'lblc_expiration lblcr_expiration sync_refresh_period',
    text: 'est_cpulist:6.12- sync_ports sync_threshold',
  },
  'net.ipv6': {
    '0..': 'ioam6_id_wide:6.1- ip6frag_high_thresh ip6frag_low_thresh',
    '0..2': 'fib_notify_on_flag_change:6.1-',
    '0..7': 'flowlabel_reflect',
    '0..uint': 'ioam6_id:6.1-',
    '1..int': 'mld_qrv',
    int: `
      anycast_src_echo_reply auto_flowlabels bindv6only calipso_cache_bucket_size calipso_cache_enable
      flowlabel_consistency flowlabel_state_ranges fwmark_reflect idgen_retries ip_nonlocal_bind max_dst_opts_length
      max_dst_opts_number max_hbh_length max_hbh_opts_number mld_max_msf seg6_flowlabel xfrm6_gc_thresh
    `,
    number: 'idgen_delay ip6frag_secret_interval ip6frag_time',
    text: 'fib_multipath_hash_fields:6.1- fib_multipath_hash_policy',
  },
  'net.ipv6.conf.*': {
    '-1..int': 'router_solicitations',
    '0..1': `
      ioam6_enabled:6.1- ndisc_evict_nocarrier:6.1- ra_honor_pio_life:6.12- ra_honor_pio_pflag:6.12-
    `,
    '0..2': 'accept_untracked_na:6.1-',
    '0..255': 'ndisc_tclass',
    '0..65535': 'ioam6_id:6.1-',
    '0..uint': 'ioam6_id_wide:6.1-',
    '1..255': 'hop_limit',
    '1..uint': 'ra_defrtr_metric:6.1-',
    fixed: 'mc_forwarding',
    int: `
      accept_dad accept_ra accept_ra_defrtr accept_ra_from_local accept_ra_min_hop_limit accept_ra_min_lft
      accept_ra_mtu accept_ra_pinfo accept_ra_rt_info_max_plen accept_ra_rt_info_min_plen accept_ra_rtr_pref
      accept_redirects accept_source_route addr_gen_mode autoconf dad_transmits disable_ipv6 disable_policy
      drop_unicast_in_l2_multicast drop_unsolicited_na enhanced_dad force_forwarding:7.2- force_mld_version
      force_tllao forwarding ignore_routes_with_linkdown keep_addr_on_down max_addresses max_desync_factor
      ndisc_notify optimistic_dad proxy_ndp regen_max_retry regen_min_advance:6.12- rpl_seg_enabled seg6_enabled
      seg6_require_hmac suppress_frag_ndisc temp_prefered_lft temp_valid_lft use_oif_addrs_only use_optimistic
      use_tempaddr
    `,
    number: `
      mldv1_unsolicited_report_interval mldv2_unsolicited_report_interval router_probe_interval
      router_solicitation_delay router_solicitation_interval router_solicitation_max_interval
    `,
    text: 'mtu stable_secret',
  },
  'net.ipv6.icmp': {
    '0..1': 'error_anycast_as_unicast:6.12-',
    '0..255': 'errors_extension_mask:7.2-',
    int: 'echo_ignore_all echo_ignore_anycast echo_ignore_multicast',
    number: 'ratelimit',
    text: 'ratemask',
  },
  'net.ipv6.neigh.*': {
    int: `
      app_solicit gc_interval gc_thresh1 gc_thresh2 gc_thresh3 mcast_resolicit mcast_solicit proxy_qlen ucast_solicit
      unres_qlen unres_qlen_bytes
    `,
    number: `
      anycast_delay base_reachable_time base_reachable_time_ms delay_first_probe_time gc_stale_time
      interval_probe_time_ms:6.1- locktime proxy_delay retrans_time retrans_time_ms
    `,
  },
  'net.ipv6.route': {
    '0..1': 'skip_notify_on_dev_down',
    int: 'flush gc_elasticity gc_thresh max_size min_adv_mss',
    number: 'gc_interval gc_min_interval gc_min_interval_ms gc_timeout mtu_expires',
  },
}
