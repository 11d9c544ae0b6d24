import { stringify } from 'yaml'

/** Lines of a profile that have something to be judged. */
type Lines = string

const file = (path: string, content: string): Lines => stringify({ files: [{ path, content }] })
const command = (run: string): Lines => stringify({ commands: [{ name: 'try', run }] })
const sysctls = (settings: Record<string, number>): Lines => stringify({ sysctls: settings })
const kernel = (settings: { modules?: string[]; arguments?: string[] }): Lines =>
  stringify({ kernel: settings })
const packages = (...names: string[]): Lines => stringify({ packages: names })
const mirrors = (settings: Record<string, string | Record<string, string>>): Lines =>
  stringify({ mirrors: settings })

const keepalived = (text: string): Lines => file('/etc/keepalived/extra.conf', text)
const check = (text: string): Lines => file('/etc/keepalived/check_apiserver.sh', `#!/bin/bash\n${text}\n`)
const haproxy = (text: string): Lines => file('/etc/haproxy/conf.d/extra.cfg', text)
const kubelet = (flags: string): Lines => file('/etc/default/kubelet', `KUBELET_EXTRA_ARGS="${flags}"\n`)
const kubeadm = (text: string): Lines =>
  file('/etc/own/kubeadm.yaml', `apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n${text}\n`)
const containerd = (text: string): Lines => file('/etc/containerd/conf.d/own.toml', text)

const api = (check: string, server = '') =>
  `backend api\n  mode tcp\n${check}  server one 10.10.10.13:6443 check${server}\n`
const modernCheck =
  '  option httpchk\n  http-check connect ssl\n  http-check send meth GET uri /readyz\n  http-check expect status 200\n'
const verified = ' check-ssl verify required ca-file /etc/haproxy/kubernetes-ca.crt'
const modernDefaults =
  'defaults\n  mode tcp\n  option tcplog\n  timeout connect 5s\n  timeout client 4h\n  timeout server 4h\n'

/** For each piece of old advice: texts in which it must be found, and their modern forms, in which nothing must be. */
export const examples: Record<string, { old: Lines[]; modern: Lines[] }> = {
  'tcp-tw-recycle': {
    old: [
      sysctls({ 'net.ipv4.tcp_tw_recycle': 1 }),
      sysctls({ 'net/ipv4/tcp_tw_recycle': 1 }),
      file('/etc/sysctl.d/a.conf', 'net.ipv4.tcp_tw_recycle=1\n'),
      command('sysctl -w net.ipv4.tcp_tw_recycle=1'),
      command('echo 1 > /proc/sys/net/ipv4/tcp_tw_recycle'),
    ],
    modern: [
      sysctls({ 'net.core.somaxconn': 16384 }),
      file('/etc/sysctl.d/a.conf', '# net.ipv4.tcp_tw_recycle=1\n; net.ipv4.tcp_tw_recycle=1\n'),
      command('sysctl -n net.ipv4.tcp_tw_recycle || true'),
      command('true # sysctl -w net.ipv4.tcp_tw_recycle=1'),
    ],
  },
  'tcp-timestamps': {
    old: [
      sysctls({ 'net.ipv4.tcp_timestamps': 0, 'net.ipv4.tcp_tw_reuse': 1 }),
      command('echo 0 > /proc/sys/net/ipv4/tcp_timestamps'),
    ],
    modern: [sysctls({ 'net.ipv4.tcp_timestamps': 1, 'net.ipv4.tcp_tw_reuse': 2 })],
  },
  'ip-conntrack': {
    old: [
      sysctls({ 'net.ipv4.ip_conntrack_max': 65536 }),
      sysctls({ 'net.ipv4.netfilter.ip_conntrack_max': 65536 }),
      file('/etc/sysctl.d/a.conf', 'net/ipv4/ip_conntrack_max = 1\n'),
    ],
    modern: [
      stringify({ roles: { 'load-balancer': { sysctls: { 'net.netfilter.nf_conntrack_max': 65536 } } } }),
      sysctls({ 'net.ipv4.ip_local_port_range': 1024 }),
    ],
  },
  'nf-conntrack-max': {
    old: [
      file('/etc/sysctl.d/a.conf', 'net.netfilter.nf_conntrack_max = 1048576\n'),
      command('sysctl -w net.netfilter.nf_conntrack_max=1048576'),
      stringify({ roles: { worker: { sysctls: { 'net.nf_conntrack_max': 1048576 } } } }),
    ],
    modern: [
      stringify({
        roles: {
          'load-balancer': {
            files: [{ path: '/etc/sysctl.d/a.conf', content: 'net.netfilter.nf_conntrack_max = 9\n' }],
          },
        },
      }),
      sysctls({ 'net.netfilter.nf_conntrack_max': 1048576 }),
      sysctls({ 'net.netfilter.nf_conntrack_tcp_timeout_established': 86400 }),
    ],
  },
  'may-detach-mounts': {
    old: [sysctls({ 'fs.may_detach_mounts': 1 }), file('/etc/sysctl.d/a.conf', 'fs.may_detach_mounts = 1\n')],
    modern: [
      sysctls({ '-fs.may_detach_mounts': 1 }),
      file('/etc/sysctl.d/a.conf', '-fs.may_detach_mounts = 1\n'),
    ],
  },
  'pid-max': {
    old: [sysctls({ 'kernel.pid_max': 65535 }), command('sysctl -w kernel.pid_max=65535')],
    modern: [sysctls({ 'kernel.pid_max': 4194304 })],
  },
  'hung-task-timeout': {
    old: [sysctls({ 'kernel.hung_task_timeout_secs': 5 })],
    modern: [
      sysctls({ 'kernel.hung_task_timeout_secs': 0 }),
      sysctls({ 'kernel.hung_task_timeout_secs': 240 }),
    ],
  },
  'watchdog-threshold': {
    old: [sysctls({ 'kernel.watchdog_thresh': 5 })],
    modern: [sysctls({ 'kernel.watchdog_thresh': 10 })],
  },
  'drop-caches': {
    old: [sysctls({ 'vm.drop_caches': 3 }), command('sync; echo 3 > /proc/sys/vm/drop_caches')],
    modern: [sysctls({ 'vm.vfs_cache_pressure': 100 })],
  },
  'nf-conntrack-ipv4': {
    old: [
      kernel({ modules: ['nf_conntrack_ipv4'] }),
      command('modprobe -- nf_conntrack_ipv4'),
      command('modprobe -a ip_vs nf_conntrack_ipv4'),
      file('/etc/modules-load.d/ipvs.conf', 'ip_vs\nnf_conntrack_ipv4\n'),
    ],
    modern: [kernel({ modules: ['nf_conntrack'] }), file('/etc/modules-load.d/own.conf', 'nf_conntrack\n')],
  },
  modprobe: {
    old: [command('modprobe -- ip_vs'), command('modprobe overlay && modprobe br_netfilter')],
    modern: [
      kernel({ modules: ['overlay', 'br_netfilter'] }),
      command('modprobe -r floppy'),
      command('modprobe -r nf_conntrack_ipv4'),
      command('# modprobe overlay\ntrue'),
      file('/usr/local/sbin/own.sh', 'modprobe overlay\n'),
    ],
  },
  'sysconfig-modules': {
    old: [
      file('/etc/sysconfig/modules/ipvs.modules', 'true\n'),
      command("cat > /etc/sysconfig/modules/ipvs.modules <<'EOF'\ntrue\nEOF"),
    ],
    modern: [file('/etc/modules-load.d/ipvs.conf', 'ip_vs\n')],
  },
  'bridge-sysctl': {
    old: [
      file('/etc/sysctl.d/k8s.conf', 'net.bridge.bridge-nf-call-iptables = 1\n'),
      command('echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables'),
      command('cat <<EOF > /etc/sysctl.d/k8s.conf\nnet.bridge.bridge-nf-call-ip6tables=1\nEOF'),
    ],
    modern: [
      sysctls({ 'net.bridge.bridge-nf-call-iptables': 1 }),
      stringify({
        roles: {
          worker: {
            files: [{ path: '/etc/sysctl.d/k8s.conf', content: 'net.bridge.bridge-nf-call-iptables = 1\n' }],
          },
        },
      }),
    ],
  },
  'cgroup-enable': {
    old: [
      kernel({ arguments: ['cgroup_enable=memory'] }),
      file('/etc/default/own', 'A="cgroup_enable=memory"\n'),
    ],
    modern: [kernel({ arguments: ['cgroup_disable=rdma'] })],
  },
  swapaccount: {
    old: [
      kernel({ arguments: ['swapaccount=1'] }),
      file('/etc/default/own', 'A="cgroup_enable=memory swapaccount=1"\n'),
    ],
    modern: [kernel({ arguments: ['swapaccount=0'] })],
  },
  'cgroup-v1': {
    old: [kernel({ arguments: ['systemd.unified_cgroup_hierarchy=0'] })],
    modern: [kernel({ arguments: ['systemd.unified_cgroup_hierarchy=1'] })],
  },
  'grub-edit': {
    old: [command('sed -i "s/quiet/quiet a=b/" /etc/default/grub\nupdate-grub')],
    modern: [kernel({ arguments: ['a=b'] }), command('grep -q quiet /etc/default/grub')],
  },
  'sysctl-conf': {
    old: [
      command('echo vm.swappiness=1 >> /etc/sysctl.conf'),
      command('sysctl -p'),
      command('sysctl -e -p'),
      command('sysctl -p /etc/sysctl.conf'),
      file('/etc/sysctl.conf', 'vm.swappiness=1\n'),
    ],
    modern: [
      sysctls({ 'vm.swappiness': 1 }),
      command('sysctl --system'),
      command('sysctl -p /etc/sysctl.d/own.conf'),
      command('sysctl --pattern net.ipv4'),
    ],
  },
  append: {
    old: [
      command('echo "* soft nofile 655360" >> /etc/security/limits.conf'),
      command('echo 10.0.0.1 a | tee -a /etc/hosts'),
      command('cat >> /etc/hosts <<EOF\n10.0.0.1 a\nEOF'),
    ],
    modern: [
      stringify({ limits: [{ domain: '*', type: 'soft', item: 'nofile', value: 655360 }] }),
      command('grep -q a /etc/hosts || echo 10.0.0.1 a >> /etc/hosts'),
      command('echo a > /etc/own.conf\necho b >> /etc/own.conf'),
      command('echo done >> /var/log/own.log'),
    ],
  },
  'heredoc-expansion': {
    old: [command('cat > /usr/local/sbin/own <<EOF\n#!/bin/bash\necho "$1"\nEOF')],
    modern: [
      command('cat > /usr/local/sbin/own <<\'EOF\'\n#!/bin/bash\necho "$1"\nEOF'),
      command('cat > /usr/local/sbin/own <<EOF\n#!/bin/bash\necho "\\$1"\nEOF'),
      command('cat > /etc/own <<EOF\nname=$HOSTNAME costs 5$\nEOF'),
      command('read -r a <<<"$1"'),
      file('/usr/local/sbin/own.sh', 'tell() {\n  cat <<EOF\nusage: $1\nEOF\n}\n'),
    ],
  },
  swapoff: {
    old: [command('swapoff -a')],
    modern: [command("swapoff -a\nsed -i '/ swap /d' /etc/fstab"), command('swapoff /dev/sdb2')],
  },
  'selinux-off': {
    old: [
      command('setenforce 0'),
      command("sed -i 's/enforcing/disabled/' /etc/selinux/config"),
      file('/etc/selinux/config', 'SELINUX=permissive\nSELINUXTYPE=targeted\n'),
      kernel({ arguments: ['selinux=0'] }),
    ],
    modern: ['selinux: permissive\n', file('/etc/selinux/config', '# SELINUX=disabled\nSELINUX=enforcing\n')],
  },
  'firewall-off': {
    old: [
      command('systemctl disable --now firewalld'),
      command('systemctl --now mask firewalld.service'),
      command('ufw disable'),
      command('systemctl stop firewalld'),
    ],
    modern: [
      'firewall: false\n',
      command('firewall-cmd --permanent --add-port=9100/tcp'),
      command('systemctl stop own'),
    ],
  },
  'iptables-flush': {
    old: [command('iptables -t nat -F'), command('iptables -F && iptables -X'), command('nft flush ruleset')],
    modern: [
      command('iptables -t nat -F OWN'),
      command('nft flush table inet own'),
      command('iptables -A OWN -j ACCEPT'),
    ],
  },
  ntpdate: {
    old: [command('ntpdate -u pool.ntp.org'), packages('ntpdate')],
    modern: [command('chronyc -a makestep'), packages('chrony')],
  },
  reboot: {
    old: [
      command('touch a\nreboot'),
      command('if true; then systemctl reboot; fi'),
      command('shutdown -r now'),
    ],
    modern: [command('exit 194'), command('echo reboot later'), command('touch /run/reboot-required')],
  },
  'keepalived-nopreempt': {
    old: [keepalived('vrrp_instance A {\n  state MASTER\n  nopreempt\n}\n')],
    modern: [
      keepalived('vrrp_instance A {\n  state BACKUP\n  nopreempt\n}\n'),
      keepalived('vrrp_instance A {\n  state MASTER\n}\nvrrp_instance B {\n  state BACKUP\n  nopreempt\n}\n'),
    ],
  },
  'keepalived-auth-pass': {
    old: [keepalived('authentication {\n  auth_type PASS\n  auth_pass a-long-password\n}\n')],
    modern: [keepalived('unicast_peer {\n  10.10.10.12\n}\n')],
  },
  'keepalived-authentication': {
    old: [keepalived('authentication {\n  auth_type PASS\n  auth_pass 42\n}\n')],
    modern: [keepalived('! auth_type PASS\n# auth_type AH\n')],
  },
  'keepalived-vrrp-strict': {
    old: [keepalived('global_defs {\n  vrrp_strict\n}\n')],
    modern: [keepalived('global_defs {\n  vrrp_version 3 ! no vrrp_strict\n}\n')],
  },
  'virtual-router-id-51': {
    old: [
      keepalived('vrrp_instance A {\n  virtual_router_id 51\n}\n'),
      command('ROUTER_ID="51"\ntrue "$ROUTER_ID"'),
    ],
    modern: [keepalived('vrrp_instance A {\n  virtual_router_id 151\n}\n'), command('ROUTER_ID=151')],
  },
  'keepalived-weight': {
    old: [keepalived('vrrp_script a {\n  weight -2\n}\n')],
    modern: [
      keepalived('vrrp_script a {\n  weight 50\n}\n'),
      keepalived('vrrp_script a {\n  weight -20\n}\n'),
    ],
  },
  'keepalived-process-check': {
    old: [
      keepalived('vrrp_script a {\n  script "/usr/bin/killall -0 haproxy"\n}\n'),
      check('$(which killall) -0 haproxy'),
      check('check_code=$(pgrep haproxy)'),
      check('pidof haproxy'),
    ],
    modern: [
      check('exec curl --fail --silent --max-time 2 http://127.0.0.1:8404/health'),
      keepalived('track_process haproxy {\n  process haproxy\n}\n'),
      command('until pidof haproxy; do sleep 1; done'),
    ],
  },
  'keepalived-script-security': {
    old: [
      keepalived('global_defs {\n  router_id A\n}\nvrrp_script a {\n  script "/etc/a"\n}\n'),
      keepalived('global_defs {\n  script_user root\n}\nvrrp_instance a {\n  notify_master "/etc/a"\n}\n'),
    ],
    modern: [
      keepalived(
        'global_defs {\n  script_user root\n  enable_script_security\n}\nvrrp_script a {\n  script "/etc/a"\n}\n',
      ),
      keepalived('vrrp_script a {\n  script "/etc/a"\n}\n'),
      keepalived('global_defs {\n  router_id A\n}\n'),
    ],
  },
  'keepalived-shell-words': {
    old: [
      keepalived('vrrp_script a {\n  script "</dev/tcp/127.0.0.1/6443"\n}\n'),
      keepalived('vrrp_script a {\n  script "$(which curl) -f http://127.0.0.1:8404"\n}\n'),
      keepalived('vrrp_instance a {\n  notify_master "/etc/a primary; /etc/b primary"\n}\n'),
    ],
    modern: [
      keepalived('vrrp_script a {\n  script "/usr/libexec/keepalived/check-own 8404"\n}\n'),
      keepalived('vrrp_script a {\n  script "/bin/sh -c \'a | b\'"\n}\n'),
    ],
  },
  'keepalived-stop': {
    old: [check('/usr/bin/systemctl stop keepalived\nexit 1'), check('service keepalived stop')],
    modern: [check('exit 1'), command('systemctl stop keepalived')],
  },
  'keepalived-insecure-check': {
    old: [
      check('curl --silent --max-time 2 --insecure https://localhost:6443/ -o /dev/null'),
      check('curl --silent \\\n  --insecure https://localhost:6443/'),
      check('curl -sfk https://localhost:6443/readyz'),
    ],
    modern: [
      check('curl --fail --silent http://127.0.0.1:8404/health'),
      check('curl --cacert /etc/kubernetes/pki/ca.crt -sf https://localhost:6443/readyz'),
    ],
  },
  'keepalived-image': {
    old: [file('/etc/own/keepalived.yaml', 'apiVersion: v1\nkind: Pod\nimage: osixia/keepalived:2.0.17\n')],
    modern: [
      file('/etc/own/keepalived.yaml', 'apiVersion: v1\nkind: Pod\nimage: example.com/keepalived:2.3\n'),
    ],
  },
  'haproxy-ssl-hello': {
    old: [haproxy(api('  option ssl-hello-chk\n'))],
    modern: [haproxy(api(modernCheck, verified)), haproxy('# option ssl-hello-chk\n')],
  },
  'haproxy-plain-check': {
    old: [
      haproxy(api('')),
      haproxy(api('  option tcp-check\n')),
      haproxy(api('  option httpchk\n  option tcp-check\n')),
      haproxy(`defaults\n  option tcp-check\nlisten k8s-api\n  server apiserver01 10.10.10.13:443 check\n`),
    ],
    modern: [
      haproxy(api(modernCheck)),
      haproxy('backend web\n  server a 10.10.10.16:80 check\n'),
      haproxy(api('  option tcp-check\n  tcp-check connect ssl\n  tcp-check send GET\\ /readyz\\r\\n\n')),
    ],
  },
  'haproxy-check-without-tls': {
    old: [haproxy(api('  option httpchk GET /readyz\n'))],
    modern: [
      haproxy(api('  option httpchk GET /readyz\n', verified)),
      haproxy(api(`  option httpchk GET /readyz\n  default-server check-ssl\n`)),
    ],
  },
  'haproxy-verify-none': {
    old: [haproxy(api(modernCheck, ' check-ssl verify none'))],
    modern: [haproxy(api(modernCheck, verified))],
  },
  'haproxy-short-timeout': {
    old: [
      haproxy(`defaults\n  timeout client 50000\n  timeout server 20s\n${api(modernCheck)}`),
      haproxy(`defaults\n  timeout client 4h\n${api(`${modernCheck}  timeout server 35s\n`)}`),
    ],
    modern: [
      haproxy(modernDefaults + api(modernCheck)),
      haproxy(
        `defaults\n  timeout client 30s\n  timeout server 30s\n  timeout tunnel 4h\n${api(modernCheck)}`,
      ),
      haproxy('defaults\n  timeout client 30s\nbackend web\n  server a 10.10.10.16:80 check\n'),
    ],
  },
  'haproxy-http-defaults': {
    old: [haproxy(`defaults\n  mode http\n  option httplog\n${api(modernCheck)}`)],
    modern: [
      haproxy(modernDefaults + api(modernCheck)),
      haproxy('defaults\n  mode http\n  option httplog\nbackend web\n  server a 10.10.10.16:80 check\n'),
    ],
  },
  'apiserver-healthz': {
    old: [
      haproxy(api('  option httpchk GET /healthz\n', verified)),
      command('until curl -sf https://10.10.10.19:6443/healthz; do sleep 1; done'),
    ],
    modern: [
      haproxy(api('  option httpchk GET /readyz\n', verified)),
      command('curl -sf http://127.0.0.1:10248/healthz'),
      haproxy('backend web\n  option httpchk GET /healthz\n  server a 10.10.10.16:10254 check\n'),
      kubeadm('livenessProbe:\n  path: /healthz'),
    ],
  },
  'docker-cgroup-driver': {
    old: [file('/etc/docker/daemon.json', '{ "exec-opts": ["native.cgroupdriver=systemd"] }\n')],
    modern: [
      file('/etc/docker/daemon.json', '{ "log-driver": "journald" }\n'),
      stringify({
        roles: {
          'load-balancer': {
            files: [
              {
                path: '/etc/docker/daemon.json',
                content: '{ "exec-opts": ["native.cgroupdriver=systemd"] }\n',
              },
            ],
          },
        },
      }),
    ],
  },
  'docker-package': {
    old: [packages('docker-ce'), packages('docker.io'), command('apt-get install -y curl docker-engine')],
    modern: [
      packages('docker-compose'),
      packages('containerd.io'),
      command('apt-get install -y docker-compose'),
    ],
  },
  dockershim: {
    old: [
      kubeadm('nodeRegistration:\n  criSocket: /var/run/dockershim.sock'),
      kubelet('--container-runtime=docker'),
    ],
    modern: [kubeadm('nodeRegistration:\n  criSocket: unix:///run/containerd/containerd.sock')],
  },
  'docker-daemon': {
    old: [
      file(
        '/etc/systemd/system/docker.service.d/own.conf',
        '[Service]\nExecStart=\nExecStart=/usr/bin/docker daemon\n',
      ),
    ],
    modern: [
      file(
        '/etc/systemd/system/docker.service.d/own.conf',
        '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd\n',
      ),
    ],
  },
  'containerd-plugin': {
    old: [
      containerd(
        "version = 3\n[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n",
      ),
    ],
    modern: [
      containerd(
        "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n  SystemdCgroup = true\n",
      ),
      containerd('version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd]\n'),
    ],
  },
  'containerd-sandbox-image': {
    old: [
      containerd('version = 3\n  sandbox_image = "registry.k8s.io/pause:3.10"\n'),
      command("sed -i 's/sandbox_image.*/a/' /etc/containerd/config.toml"),
    ],
    modern: [
      containerd("version = 3\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'a'\n"),
    ],
  },
  'kubelet-network-flags': {
    old: [
      kubelet('--network-plugin=cni'),
      kubelet('--v=2 --cni-bin-dir=/opt/cni/bin'),
      kubeadm('nodeRegistration:\n  kubeletExtraArgs:\n    - name: network-plugin\n      value: cni'),
      kubeadm('nodeRegistration:\n  kubeletExtraArgs:\n    network-plugin: cni'),
    ],
    modern: [
      kubelet('--v=2'),
      file(
        '/etc/systemd/system/cri-docker.service',
        '[Service]\nExecStart=/usr/bin/cri-dockerd --network-plugin=cni\n',
      ),
    ],
  },
  'kubelet-runtime-flag': {
    old: [kubelet('--container-runtime=remote')],
    modern: [kubelet('--container-runtime-endpoint=unix:///run/containerd/containerd.sock')],
  },
  'kubelet-pause-flag': {
    old: [kubelet('--pod-infra-container-image=registry.k8s.io/pause:3.10')],
    modern: [kubelet('--v=2')],
  },
  'kubelet-cgroup-driver': {
    old: [kubelet('--cgroup-driver=systemd')],
    modern: [
      file('/etc/own/kubelet.yaml', 'apiVersion: kubelet.config.k8s.io/v1beta1\ncgroupDriver: systemd\n'),
    ],
  },
  'kubelet-role-label': {
    old: [
      kubelet('--node-labels=a=b,node-role.kubernetes.io/worker='),
      kubeadm('kubeletExtraArgs:\n    - name: node-labels\n      value: node-role.kubernetes.io/worker='),
    ],
    modern: [
      kubelet('--node-labels=example.com/rack=7'),
      command('kubectl label node worker-1 node-role.kubernetes.io/worker='),
    ],
  },
  'role-master': {
    old: [command('kubectl taint nodes --all node-role.kubernetes.io/master-')],
    modern: [
      command('kubectl taint nodes --all node-role.kubernetes.io/control-plane-'),
      kubeadm(
        'tolerations:\n  - key: node-role.kubernetes.io/master\n  - key: node-role.kubernetes.io/control-plane',
      ),
    ],
  },
  'ipvs-gate': {
    old: [kubeadm('featureGates:\n  SupportIPVSProxyMode: true')],
    modern: [kubeadm('# SupportIPVSProxyMode: true')],
  },
  'ipvs-mode': {
    old: [kubeadm('mode: ipvs'), kubeadm('mode: "ipvs"')],
    modern: [kubeadm('mode: nftables')],
  },
  'unsafe-discovery': {
    old: [
      kubeadm('discovery:\n  bootstrapToken:\n    unsafeSkipCAVerification: true'),
      command('kubeadm join 10.10.10.19:6443 --discovery-token-unsafe-skip-ca-verification'),
    ],
    modern: [kubeadm('discovery:\n  bootstrapToken:\n    unsafeSkipCAVerification: false')],
  },
  'eternal-token': {
    old: [
      kubeadm('bootstrapTokens:\n  - ttl: "0"'),
      kubeadm('bootstrapTokens:\n  - description: a\n    ttl: 0s'),
      command('kubeadm token create --ttl 0'),
      command('kubeadm init --token-ttl=0 --upload-certs'),
    ],
    modern: [
      kubeadm('bootstrapTokens:\n  - ttl: 24h'),
      command('kubeadm token create --ttl 10m'),
      kubeadm('ttl: 05m'),
    ],
  },
  'ca-hash-by-rsa': {
    old: [command('openssl x509 -pubkey -in ca.crt | openssl rsa -pubin -outform der | sha256sum')],
    modern: [
      command('openssl x509 -pubkey -noout -in ca.crt | openssl pkey -pubin -outform der | sha256sum'),
    ],
  },
  'kubeadm-alpha-certs': {
    old: [command('kubeadm alpha certs renew all')],
    modern: [command('kubeadm certs renew all')],
  },
  'kubeadm-experimental': {
    old: [command('kubeadm join 10.10.10.19:6443 --experimental-control-plane')],
    modern: [command('kubeadm join 10.10.10.19:6443 --control-plane')],
  },
  weave: {
    old: [command('kubectl apply -f "https://cloud.weave.works/k8s/net"')],
    modern: [command('kubectl apply -f /srv/calico.yaml')],
  },
  'old-registry': {
    old: [
      kubeadm('imageRepository: k8s.gcr.io'),
      mirrors({ images: { 'k8s.gcr.io': 'https://mirror.example.com' } }),
      command('crictl pull gcr.io/google_containers/pause'),
    ],
    modern: [
      kubeadm('imageRepository: registry.k8s.io'),
      mirrors({ images: { 'registry.k8s.io': 'https://mirror.example.com' } }),
    ],
  },
  'gone-gate': {
    old: [
      kubeadm('featureGates:\n  TTLAfterFinished: true'),
      kubeadm('extraArgs:\n  feature-gates: ExpandCSIVolumes=true,RotateKubeletServerCertificate=true'),
      kubelet('--feature-gates=DynamicKubeletConfig=false'),
    ],
    modern: [
      kubeadm('featureGates:\n  NodeSwap: true'),
      file('/etc/own/class.yaml', 'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nhandler: runc\n'),
      kubeadm('# TTLAfterFinished: true'),
    ],
  },
  'pod-security-policy': {
    old: [
      kubeadm('extraArgs:\n  enable-admission-plugins: NodeRestriction,PodSecurityPolicy'),
      kubeadm('extraArgs:\n  - name: enable-admission-plugins\n    value: PodSecurityPolicy'),
      file('/etc/own/policy.yaml', 'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\n'),
    ],
    modern: [kubeadm('extraArgs:\n  enable-admission-plugins: NodeRestriction,PodSecurity')],
  },
  'insecure-port': {
    old: [
      kubeadm('extraArgs:\n  insecure-port: "0"'),
      command('kube-apiserver --insecure-bind-address=127.0.0.1'),
    ],
    modern: [kubeadm('extraArgs:\n  secure-port: "6443"')],
  },
  'pod-eviction-timeout': {
    old: [
      kubeadm('extraArgs:\n  pod-eviction-timeout: 30s'),
      kubeadm('extraArgs:\n  - name: enable-taint-manager\n    value: "true"'),
    ],
    modern: [kubeadm('extraArgs:\n  default-unreachable-toleration-seconds: "30"')],
  },
  'etcd-v2': {
    old: [
      file('/etc/etcd/own.conf', 'ETCD_ENABLE_V2=true\n'),
      file('/etc/etcd/own.conf', 'ETCD_PROXY=off\n'),
      file('/etc/systemd/system/own.service', '[Service]\nExecStart=/usr/bin/etcd --enable-v2\n'),
    ],
    modern: [
      file('/etc/etcd/own.conf', 'ETCD_ENABLE_V2=false\n'),
      file('/etc/systemd/system/own.service', '[Service]\nExecStart=/usr/bin/own --proxy on\n'),
    ],
  },
  'etcdctl-v2': {
    old: [command('ETCDCTL_API=2 etcdctl set /coreos.com/network/config {}')],
    modern: [command('ETCDCTL_API=3 etcdctl get /a')],
  },
  'etcd-plain-http': {
    old: [
      file('/etc/etcd/own.conf', 'ETCD_LISTEN_CLIENT_URLS="https://10.0.0.1:2379,http://127.0.0.1:2379"\n'),
      command('etcd --listen-client-urls http://127.0.0.1:2379'),
    ],
    modern: [
      file(
        '/etc/etcd/own.conf',
        'ETCD_LISTEN_CLIENT_URLS="https://10.0.0.1:2379,https://127.0.0.1:2379"\nETCD_LISTEN_METRICS_URLS=http://127.0.0.1:2381\n',
      ),
    ],
  },
  'old-kubernetes-packages': {
    old: [
      file('/etc/apt/sources.list.d/k8s.list', 'deb https://apt.kubernetes.io/ kubernetes-xenial main\n'),
      file(
        '/etc/yum.repos.d/k8s.repo',
        '[k8s]\nbaseurl=https://packages.cloud.google.com/yum/repos/kubernetes-el7-x86_64\n',
      ),
      mirrors({ kubernetes: 'https://packages.cloud.google.com/yum/repos' }),
    ],
    modern: [
      file('/etc/apt/sources.list.d/k8s.list', 'deb https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /\n'),
      file(
        '/etc/apt/sources.list.d/gcloud.list',
        'deb https://packages.cloud.google.com/apt cloud-sdk main\n',
      ),
    ],
  },
  'centos-mirrors': {
    old: [
      command('curl -O http://mirror.centos.org/centos/8-stream/BaseOS/x86_64/os/a.rpm'),
      command('dnf -y swap centos-linux-repos centos-stream-repos'),
      mirrors({ distribution: 'http://mirror.centos.org/centos/7' }),
    ],
    modern: [
      command('curl -O https://vault.centos.org/7.9.2009/a.rpm'),
      mirrors({ distribution: 'https://mirror.stream.centos.org/9-stream' }),
    ],
  },
  'old-docker-packages': {
    old: [
      file(
        '/etc/apt/sources.list.d/docker.list',
        'deb https://apt.dockerproject.org/repo debian-jessie main\n',
      ),
    ],
    modern: [
      file(
        '/etc/apt/sources.list.d/docker.list',
        'deb https://download.docker.com/linux/debian bookworm stable\n',
      ),
    ],
  },
  'apt-key': {
    old: [
      command('apt-key adv --keyserver hkp://keys.example.com:80 --recv-keys 58118E89'),
      command('curl https://example.com/key | sudo apt-key add -'),
    ],
    modern: [command('curl -o /etc/apt/keyrings/own.asc https://example.com/key')],
  },
  'old-flannel': {
    old: [command('curl -LO https://github.com/coreos/flannel/releases/download/v0.5.5/flannel.tar.gz')],
    modern: [
      command('curl -LO https://github.com/flannel-io/flannel/releases/download/v0.27.4/flannel.tar.gz'),
    ],
  },
}
