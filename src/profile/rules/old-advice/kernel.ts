import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { kernelFrom, kubernetesFrom, onNodes, says, type Family } from './advice.ts'

const bridgeSetting =
  /\bnet[./]bridge[./]bridge-nf-[\w-]+(?=\s*=)|(?<=>\s*\/proc\/sys\/)net\/bridge\/bridge-nf-[\w-]+/g

/** Modules and arguments of the kernel. */
export const kernelAdvice: Family = {
  title: 'Kernel modules and arguments',
  advice: [
    {
      what: '`nf_conntrack_ipv4`',
      says: says(
        error('old-advice/nf-conntrack-ipv4', '{} was merged into nf_conntrack in Linux 4.19', {
          hint: 'write nf_conntrack under kernel.modules',
          source: 'https://github.com/torvalds/linux/commit/a0ae2562c6c4b2721d9fddba63b7286c13517d9f',
        }),
      ),
      holds: kernelFrom('4.18'),
      module: /^nf[_-]conntrack[_-]ipv[46]$/,
      texts: [
        {
          kinds: ['shell'],
          find: /\bmodprobe\s+(?!-r\b|--remove\b)(?:-\S*\s+)*(?:[a-z]\w*\s+){0,20}(?<name>nf[_-]conntrack[_-]ipv[46])\b/g,
        },
        { kinds: ['modules'], find: /^[ \t]*(?<name>nf[_-]conntrack[_-]ipv[46])[ \t]*$/gm },
      ],
    },
    {
      what: '`modprobe` in a command',
      says: says(
        warning('old-advice/modprobe', 'a module that a command loads is lost on reboot', {
          hint: 'write the module under kernel.modules',
          source: 'modules-load.d(5)',
        }),
      ),
      texts: [
        {
          kinds: ['command'],
          find: /\bmodprobe\s+(?!-r\b|--remove\b)(?:-\S*\s+)*[a-z]\w*/g,
          except: (found) => /nf[_-]conntrack[_-]ipv/.test(found),
        },
      ],
    },
    {
      what: '`/etc/sysconfig/modules/*.modules`',
      says: says(
        error('old-advice/sysconfig-modules', 'nothing has read /etc/sysconfig/modules since RHEL 8', {
          hint: 'write the modules under kernel.modules',
          source: 'modules-load.d(5)',
        }),
      ),
      // CentOS 7's initscripts still do.
      holds: kernelFrom('4.18'),
      file: /^\/etc\/sysconfig\/modules\//,
      texts: [{ kinds: ['shell'], find: />\s*["']?\/etc\/sysconfig\/modules\/[^\s"']+/g }],
    },
    {
      what: '`bridge-nf-call-*` in a file or a command',
      says: says(
        warning('old-advice/bridge-sysctl', '{} exists only while br_netfilter is loaded', {
          hint: 'write it under sysctls: then hakube loads the module first, at every boot',
          source: 'sysctl.d(5)',
        }),
      ),
      texts: [
        // On Kubernetes nodes, hakube loads the module itself, before sysctl.d is read.
        {
          kinds: ['sysctl'],
          find: bridgeSetting,
          holds: (situation) => situation.role === null || !onNodes(situation),
        },
        { kinds: ['shell'], find: bridgeSetting },
      ],
    },
    {
      what: '`cgroup_enable=memory`',
      says: says(
        warning('old-advice/cgroup-enable', '{} has no effect: the memory controller is enabled by default', {
          hint: 'remove it',
          source: 'https://docs.kernel.org/admin-guide/kernel-parameters.html',
        }),
      ),
      // Debian disabled it until 10, and so does Raspberry Pi OS; neither is supported here.
      kernelArgument: /^cgroup_enable=memory$/,
      texts: [{ kinds: ['shell', 'environment'], find: /\bcgroup_enable=memory\b/g }],
    },
    {
      what: '`swapaccount=1` on Kubernetes nodes',
      says: says(
        warning('old-advice/swapaccount', '{} accounts for swap, which hakube turns off on nodes', {
          hint: 'remove it',
          source: 'https://github.com/torvalds/linux/commit/b25806dcd3d5248833f7d2544ee29a701735159f',
        }),
      ),
      holds: onNodes,
      kernelArgument: /^swapaccount(?:=1)?$/,
      texts: [{ kinds: ['shell', 'environment'], find: /\bswapaccount=1\b/g }],
    },
    {
      what: '`systemd.unified_cgroup_hierarchy=0`',
      says: says(
        error(
          'old-advice/cgroup-v1',
          '{} selects control groups v1, which the kubelet has rejected since 1.35',
          {
            hint: 'remove it',
            source: 'https://github.com/kubernetes/enhancements/issues/5573',
          },
        ),
      ),
      holds: kubernetesFrom('1.35'),
      kernelArgument: /^systemd\.unified_cgroup_hierarchy=(?:0|no|false)$/,
      texts: [
        { kinds: ['shell', 'environment'], find: /\bsystemd\.unified_cgroup_hierarchy=(?:0|no|false)\b/g },
      ],
    },
    {
      what: '`/etc/default/grub` edited by a command',
      says: says(
        warning('old-advice/grub-edit', 'a command may run several times, and adds its argument each time', {
          hint: 'write the argument under kernel.arguments',
          source: 'https://www.gnu.org/software/grub/manual/grub/html_node/Simple-configuration.html',
        }),
      ),
      texts: [
        { kinds: ['command'], find: /\bsed\s[^\n]{0,400}\s["']?\/etc\/default\/grub\b["']?(?!\.d)/g },
        { kinds: ['command'], find: />\s*["']?\/etc\/default\/grub(?![\w./])/g },
      ],
    },
  ],
}
