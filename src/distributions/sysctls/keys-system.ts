import type { SysctlNames } from './names.ts'

/**
 * Kernel settings of all but the network, from the same sources as those of keys-ip.ts. That the scheduler's went to debugfs in 5.13
 * (`:-5.12`): https://github.com/clearlinux/clr-power-tweaks/issues/24
 */
export const systemKeys: SysctlNames = {
  abi: {
    '0..1': 'tagged_addr_disabled vsyscall32',
    int: 'sme_default_vector_length:6.1- sve_default_vector_length',
  },
  cachefiles: {
    '0..uint': 'error_injection:6.12-',
  },
  crypto: {
    fixed: 'fips_enabled fips_name:6.1- fips_version:6.1-',
  },
  debug: {
    int: 'exception-trace',
    text: 'kprobes-optimization',
  },
  'dev.cdrom': {
    fixed: 'info',
    int: 'autoclose autoeject check_media debug lock',
  },
  'dev.hpet': {
    int: 'max-user-freq',
  },
  'dev.i915': {
    '0..1': 'perf_stream_paranoid',
    '0..int': 'oa_max_sample_rate',
  },
  'dev.ipmi': {
    int: 'poweroff_powercycle',
  },
  'dev.raid': {
    int: 'speed_limit_max speed_limit_min sync_io_depth:7.2-',
  },
  'dev.scsi': {
    int: 'logging_level',
  },
  'dev.tty': {
    '0..1': 'ldisc_autoload',
    int: 'legacy_tiocsti:6.12-',
  },
  fs: {
    '..65535': 'overflowgid overflowuid',
    '0..': 'aio-max-nr file-max pipe-user-pages-hard pipe-user-pages-soft',
    '0..1': 'dentry-negative:7.2- protected_hardlinks protected_symlinks',
    '0..2': 'protected_fifos protected_regular suid_dumpable',
    '0..uint': 'pipe-max-size',
    '1..int': 'mount-max',
    fixed: 'aio-nr dentry-state file-nr inode-nr inode-state',
    int: 'dir-notify-enable lease-break-time leases-enable ntfs-debug:-6.1',
    number: 'nr_open',
  },
  'fs.epoll': {
    '0..': 'max_user_watches',
  },
  'fs.fanotify': {
    '0..int': 'max_queued_events max_user_groups max_user_marks watchdog_timeout:7.2-',
  },
  'fs.fuse': {
    '0..65535': 'default_request_timeout:7.2- max_request_timeout:7.2-',
    '1..65535': 'max_pages_limit:7.2-',
  },
  'fs.inotify': {
    '0..int': 'max_queued_events max_user_instances max_user_watches',
  },
  'fs.mqueue': {
    int: 'msg_default msg_max msgsize_default msgsize_max queues_max',
  },
  'fs.nfs': {
    '0..': 'nlm_grace_period nlm_timeout',
    int: `
      idmap_cache_timeout nfs_callback_tcpport nfs_congestion_kb nlm_tcpport nlm_udpport nsm_use_hostnames
    `,
    number: 'nfs_mountpoint_timeout nsm_local_state',
  },
  'fs.ntfs': {
    int: 'ntfs-debug:7.2-',
  },
  'fs.ocfs2.nm': {
    text: 'hb_ctl_path',
  },
  'fs.quota': {
    fixed: 'allocated_dquots cache_hits drops free_dquots lookups reads syncs writes',
    int: 'warnings',
  },
  'fs.verity': {
    '0..1': 'require_signatures',
  },
  'fs.xfs': {
    int: `
      error_level filestream_centisecs inherit_noatime inherit_nodefrag inherit_nodump inherit_nosymlinks inherit_sync
      irix_sgid_inherit:-6.12 irix_symlink_mode:-6.12 panic_mask rotorstep speculative_cow_prealloc_lifetime:-6.12
      speculative_prealloc_lifetime stats_clear xfssyncd_centisecs
    `,
  },
  fscache: {
    number: 'object_max_active:-5.10 operation_max_active:-5.10',
  },
  kernel: {
    '-1..1': 'sysctl_writes_strict',
    '-1..int': 'hung_task_warnings sched_rt_runtime_us',
    '..65535': 'overflowgid overflowuid',
    '0..': `
      acpi_video_flags hung_task_check_interval_secs hung_task_detect_count:7.2- hung_task_timeout_secs shmall shmmax
    `,
    '0..1': `
      core_sort_vma:6.12- dmesg_restrict hardlockup_all_cpu_backtrace hardlockup_panic hung_task_all_cpu_backtrace
      hyperv_record_panic_msg nmi_watchdog oops_all_cpu_backtrace panic_on_rcu_stall panic_on_warn
      sched_autogroup_enabled sched_energy_aware sched_itmt_enabled:-6.12 sched_schedstats shm_rmid_forced
      soft_watchdog softlockup_all_cpu_backtrace split_lock_mitigate:6.1- task_delayacct:6.1- timer_migration watchdog
    `,
    '0..100': 'perf_cpu_time_max_percent',
    '0..10000': 'printk_delay',
    '0..2': 'io_uring_disabled:6.12- kptr_restrict perf_user_access:6.1- unprivileged_bpf_disabled',
    '0..4': 'numa_balancing',
    '0..60': 'watchdog_thresh',
    '0..int': `
      hung_task_check_count hung_task_panic max_rcu_stall_to_panic msg_next_id msgmax msgmnb msgmni ns_last_pid
      numa_balancing_promote_rate_limit_MBps:6.1- sem_next_id shm_next_id shmmni softlockup_panic
    `,
    '0..uint': 'core_file_note_size_limit:6.12- oops_limit warn_limit',
    '1..1': 'kexec_load_disabled modules_disabled',
    '1..int': `
      dpm_watchdog_timeout_secs:7.2- numa_balancing_scan_size_mb:-5.12 sched_cfs_bandwidth_slice_us sched_rt_period_us
    `,
    '1..uint': 'dpm_watchdog_warning_timeout_secs:7.2-',
    '100000..uint': 'sched_latency_ns:-5.12 sched_min_granularity_ns:-5.12',
    fixed: `
      arch:6.1- bootloader_type bootloader_version cap_last_cap core_modes:7.2- ngroups_max osrelease ostype
      sg-big-buff:-6.12 version
    `,
    int: `
      core_pipe_limit core_uses_pid ctrl-alt-del ignore-unaligned-usertrap io_delay_type io_uring_group:6.12-
      lock_stat max_lock_depth numa_balancing_scan_delay_ms:-5.12 numa_balancing_scan_period_max_ms:-5.12
      numa_balancing_scan_period_min_ms:-5.12 panic panic_on_io_nmi panic_on_oops panic_on_stackoverflow
      panic_on_unrecovered_nmi perf_event_mlock_kb perf_event_paranoid print-fatal-signals printk_ratelimit_burst
      prove_locking randomize_va_space real-root-dev:-6.12 sched_child_runs_first:-6.1 sched_deadline_period_min_us
      sched_migration_cost_ns:-5.12 sched_nr_migrate:-5.12 sched_rr_timeslice_ms sched_tunable_scaling:-5.12
      scons-poweroff:-6.12 soft-power spin_retry:-6.12 stop-a:-6.12 sysrq traceoff_on_warning tsb-ratio:-6.12
      unaligned-dump-stack:-6.1 unaligned-trap unknown_nmi_panic unprivileged_userns_clone userprocess_debug:-6.12
    `,
    'int x3': 'acct',
    'int x4': 'printk sem',
    number: `
      printk_ratelimit sched_deadline_period_max_us sched_util_clamp_max sched_util_clamp_min
      sched_util_clamp_min_rt_default sched_wakeup_granularity_ns:-5.12 user_events_max:6.12-
    `,
    text: `
      apparmor_display_secid_mode:6.1- apparmor_restrict_unprivileged_unconfined:6.12- auto_msgmni bpf_stats_enabled
      cad_pid core_pattern domainname ftrace_dump_on_oops ftrace_enabled hardlockup_sys_info:7.2- hostname hotplug
      hung_task_sys_info:7.2- kernel_sys_info:7.2- kexec_load_limit_panic:6.12- kexec_load_limit_reboot:6.12-
      latencytop modprobe panic_print panic_sys_info:7.2- perf_event_max_contexts_per_stack perf_event_max_sample_rate
      perf_event_max_stack poweroff_cmd printk_devkmsg reboot-cmd:-6.12 softlockup_sys_info:7.2- stack_erasing
      stack_tracer_enabled tainted tracepoint_printk unprivileged_userns_apparmor_policy watchdog_cpumask
    `,
  },
  'kernel.firmware_config': {
    '0..1': 'force_sysfs_fallback ignore_sysfs_fallback',
  },
  'kernel.keys': {
    '0..int': 'gc_delay persistent_keyring_expiry',
    '1..int': 'maxbytes maxkeys root_maxbytes root_maxkeys',
  },
  'kernel.loadpin': {
    text: 'enforce',
  },
  'kernel.pty': {
    fixed: 'nr',
    int: 'max reserve',
  },
  'kernel.random': {
    fixed: 'boot_id entropy_avail poolsize uuid',
    text: 'urandom_min_reseed_secs write_wakeup_threshold',
  },
  'kernel.seccomp': {
    fixed: 'actions_avail',
    text: 'actions_logged',
  },
  'kernel.usermodehelper': {
    text: 'bset inheritable',
  },
  'kernel.yama': {
    '0..3': 'ptrace_scope',
  },
  sunrpc: {
    '0..int': 'rdma_inline_write_padding',
    fixed: 'transports',
    int: `
      max_resvport min_resvport rdma_max_inline_read rdma_max_inline_write rdma_memreg_strategy rdma_pad_optimize
      rdma_slot_table_entries tcp_max_slot_table_entries tcp_slot_table_entries udp_slot_table_entries
    `,
    number: 'tcp_fin_timeout',
    text: 'nfs_debug nfsd_debug nlm_debug rpc_debug',
  },
  'sunrpc.svc_rdma': {
    '1..255': 'max_outbound_read_requests',
    '4..16384': 'max_requests',
    int: 'max_req_size',
    text: `
      rdma_stat_read rdma_stat_recv rdma_stat_rq_poll rdma_stat_rq_prod rdma_stat_rq_starve rdma_stat_sq_poll
      rdma_stat_sq_prod rdma_stat_sq_starve rdma_stat_write
    `,
  },
  user: {
    int: `
      max_cgroup_namespaces max_fanotify_groups max_fanotify_marks max_inotify_instances max_inotify_watches
      max_ipc_namespaces max_mnt_namespaces max_net_namespaces max_pid_namespaces max_time_namespaces
      max_user_namespaces max_uts_namespaces
    `,
  },
  vm: {
    '..1000': 'extfrag_threshold',
    '0..': 'admin_reserve_kbytes dirty_bytes overcommit_kbytes user_reserve_kbytes',
    '0..1': `
      compact_unevictable_allowed defrag_mode:7.2- enable_soft_offline:6.12- highmem_is_dirtyable
      memory_failure_early_kill memory_failure_recovery unprivileged_userfaultfd
    `,
    '0..100': `
      compaction_proactiveness dirty_background_ratio dirty_ratio min_slab_ratio min_unmapped_ratio
    `,
    '0..2': 'memfd_noexec:6.12- overcommit_memory panic_on_oom',
    '0..200': 'swappiness',
    '0..int': `
      block_dump:-5.10 dirty_expire_centisecs dirtytime_expire_seconds legacy_va_layout max_map_count min_free_kbytes
      nr_trim_pages page-cluster page_lock_unfairness vdso_enabled:-6.12 vfs_cache_pressure watermark_boost_factor
      zone_reclaim_mode
    `,
    '1..': 'dirty_background_bytes',
    '1..3000': 'watermark_scale_factor',
    '100..int': 'vfs_cache_pressure_denom:7.2-',
    int: `
      compact_memory dirty_writeback_centisecs hugetlb_optimize_vmemmap:6.1- hugetlb_shm_group mmap_rnd_bits
      mmap_rnd_compat_bits movable_gigantic_pages:7.2- oom_dump_tasks oom_kill_allocating_task overcommit_ratio
    `,
    number: `
      laptop_mode mmap_min_addr nr_hugepages nr_hugepages_mempolicy nr_overcommit_hugepages stat_interval
    `,
    text: `
      drop_caches lowmem_reserve_ratio numa_stat numa_zonelist_order percpu_pagelist_fraction:-5.10
      percpu_pagelist_high_fraction:6.1- stat_refresh
    `,
  },
  'xen.balloon': {
    '0..1': 'hotplug_unpopulated',
  },
}
