import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { kubernetesFrom, onNodes, says, type Family, type Situation } from './advice.ts'

const dockershim = 'https://kubernetes.io/blog/2022/02/17/dockershim-faq/'

const onNodesFrom = (minor: string) => (situation: Situation) =>
  onNodes(situation) && kubernetesFrom(minor)(situation)

/** Applies to nodes whose profile does not select Docker. */
const withoutDocker = (situation: Situation) =>
  situation.runtime !== 'docker' && onNodesFrom('1.24')(situation)

/** Docker, and containerd before 2.0. */
export const containerAdvice: Family = {
  title: 'Container runtimes',
  advice: [
    {
      what: '`native.cgroupdriver` in `/etc/docker/daemon.json`',
      says: says(
        warning(
          'old-advice/docker-cgroup-driver',
          'since 1.24, Kubernetes does not use Docker, but the container runtime of the profile',
          {
            hint: 'remove it: hakube sets it for the container runtime and for the kubelet; or write containerRuntime.name: docker',
            source: dockershim,
          },
        ),
      ),
      holds: withoutDocker,
      texts: [
        { kinds: ['docker', 'shell', 'unit'], find: /\bnative\.cgroupdriver\b/g },
        { kinds: ['kubernetes'], find: /\bnative\.cgroupdriver\b/g },
      ],
    },
    {
      what: 'The packages `docker-ce`, `docker.io`, `docker-engine`, `docker` on Kubernetes nodes',
      says: says(
        warning(
          'old-advice/docker-package',
          '{} installs a second container runtime, which Kubernetes does not use',
          {
            hint: 'remove it: hakube installs the runtime of containerRuntime.name, which can be docker',
            source: dockershim,
          },
        ),
      ),
      holds: withoutDocker,
      package: /^(?:docker(?:-ce|-engine|-ee|\.io)?|moby-engine)(?:[=-]\d.*)?$/,
      texts: [
        {
          kinds: ['command'],
          find: /\b(?:apt|apt-get|yum|dnf)\s+(?:-\S+\s+)*install\s[^\n;|&]{0,400}?(?<name>\b(?:docker-ce|docker-engine|docker\.io|docker)(?![\w.-]))/g,
        },
      ],
    },
    {
      what: '`dockershim.sock`, `--container-runtime=docker`',
      says: says(
        error('old-advice/dockershim', 'the kubelet has had no dockershim since Kubernetes 1.24', {
          hint: 'remove it: hakube sets the socket of the container runtime',
          source: dockershim,
        }),
      ),
      holds: kubernetesFrom('1.24'),
      texts: [
        {
          kinds: ['shell', 'unit', 'environment', 'kubernetes'],
          find: /(?:\bunix:\/\/)?(?:\/var)?\/run\/dockershim\.sock|--container-runtime[= ]docker\b/g,
        },
      ],
    },
    {
      what: '`docker daemon`',
      says: says(
        error('old-advice/docker-daemon', 'docker has had no daemon command since 17.12', {
          hint: 'remove it: hakube starts the container runtime of the profile; the Docker daemon is dockerd',
          source: 'https://docs.docker.com/engine/deprecated/#docker-daemon-subcommand',
        }),
      ),
      texts: [{ kinds: ['unit', 'shell'], find: /(?:\/usr\/(?:local\/)?bin\/)?\bdocker\s+daemon\b(?!-)/g }],
    },
    {
      what: '`io.containerd.grpc.v1.cri` for containerd 2',
      says: says(
        error('old-advice/containerd-plugin', 'containerd 2 ignores {} in its own configuration format', {
          hint: 'write version = 3 and the plugins io.containerd.cri.v1.runtime and io.containerd.cri.v1.images',
          source: 'https://github.com/containerd/containerd/blob/main/docs/cri/config.md',
        }),
      ),
      holds: ({ containerd }) => containerd !== 2,
      texts: [
        {
          kinds: ['containerd'],
          find: /\bio\.containerd\.grpc\.v1\.cri\b/g,
          // containerd converts files that declare version 2.
          unless: ({ bare }) => /^[ \t]*version[ \t]*=[ \t]*2\b/m.test(bare),
        },
      ],
    },
    {
      what: '`sandbox_image` for containerd 2',
      says: says(
        warning(
          'old-advice/containerd-sandbox-image',
          'containerd 2 does not read the sandbox image from sandbox_image',
          {
            hint: "write sandbox under [plugins.'io.containerd.cri.v1.images'.pinned_images]; hakube does so itself",
            source: 'https://github.com/lima-vm/lima/issues/4185',
          },
        ),
      ),
      holds: ({ containerd }) => containerd !== 2,
      texts: [
        {
          kinds: ['containerd'],
          find: /^[ \t]*(?<name>sandbox_image)[ \t]*=/gm,
          unless: ({ bare }) => /^[ \t]*version[ \t]*=[ \t]*2\b/m.test(bare),
        },
        {
          kinds: ['command'],
          find: /\bsed\s(?=[^\n]{0,200}\bsandbox_image\b)[^\n]{0,300}containerd\/config\.toml\b/g,
        },
      ],
    },
  ],
}
