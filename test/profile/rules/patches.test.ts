import { describe, expect, it } from 'vitest'
import { mistakes } from '../mistakes.ts'

const check = (patch: string, version = '1.36.4', ...rest: [string, string][]): string =>
  mistakes(['  version: "1.36.4"\n', `  version: "${version}"\n  patches:\n    - ${patch}\n`], ...rest)

/** Message and hint of what is wrong with a patch. */
const short = (text: string): string[] =>
  [...text.matchAll(/error\[kubernetes\/patch\]: (.*) \[\$.*\]\n[^]*?hint: (.*)/g)].map(
    ([, message, hint]) => `${message} → ${hint}`,
  )

const json = (operation: string) => `{target: kube-apiserver, type: json, content: [${operation}]}`
const kubelet = (content: string, type = 'strategic') =>
  `{target: kubeletconfiguration, type: ${type}, content: ${content}}`

const all = (patch: string, version?: string) =>
  [...check(patch, version).matchAll(/error\[(configuration\/\w+)\]: (.*) \[\$.*\]\n[^]*?hint: (.*)/g)].map(
    ([, code, message, hint]) => `${code}: ${message} → ${hint}`,
  )

describe('patches for what kubeadm writes', () => {
  it.each([
    '{target: kube-apiserver, content: {spec: {containers: [{name: kube-apiserver, env: []}]}}}',
    '{target: etcd, type: json, content: [{op: add, path: /spec/priority, value: 1}, {op: move, from: /a, path: ""}]}',
    '{target: kube-scheduler, type: merge, content: "metadata:\\n  labels: {a: b}\\n---\\nmetadata: {labels: {c: d}}"}',
    '{target: kubeletconfiguration, content: {maxPods: 100}}',
    '{target: corednsdeployment, content: {spec: {replicas: 3}}}',
  ])('may be %s', (patch) => {
    expect(check(patch)).toBe('')
  })

  it('are reported if they are empty or duplicate', () => {
    expect(
      [
        '{target: etcd, content: null}',
        '{target: etcd, content: {spec: {}}, source: x.yaml}',
        '{target: etcd}',
      ].flatMap((patch) => short(check(patch))),
    ).toMatchInlineSnapshot(`
      [
        "a strategic patch is a mapping → write e.g. spec: {…}",
        "a patch has content or source, not both → write either content or source",
        "a patch needs its content → write either content or source",
      ]
    `)
  })

  it('are reported if they change a name or namespace', () => {
    const found = [
      '{target: kube-apiserver, content: {metadata: {name: api}}}',
      '{target: etcd, type: merge, content: {metadata: {namespace: etcd}}}',
      '{target: kube-scheduler, type: merge, content: {metadata: {name: null}}}',
      '{target: corednsdeployment, content: {metadata: {name: dns}}}',
      '{target: kube-apiserver, content: "metadata: {labels: {a: b}}\\n---\\nmetadata: {name: api}"}',
      json('{op: replace, path: /metadata/name, value: api}'),
      json('{op: remove, path: /metadata/namespace}'),
      json('{op: move, from: /metadata/name, path: /metadata/generateName}'),
      json('{op: copy, from: /spec/nodeName, path: /metadata/name}'),
      json('{op: replace, path: /metadata, value: {name: kube-apiserver}}'),
    ].map((patch) => short(check(patch)))
    expect(found).toMatchInlineSnapshot(`
      [
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is kube-apiserver",
        ],
        [
          "this patch changes metadata.namespace, by which kubeadm finds what it has written → remove metadata.namespace: it is kube-system",
        ],
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is kube-scheduler",
        ],
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is coredns",
        ],
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is kube-apiserver",
        ],
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is kube-apiserver",
        ],
        [
          "this patch changes metadata.namespace, by which kubeadm finds what it has written → remove metadata.namespace: it is kube-system",
        ],
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is kube-apiserver",
        ],
        [
          "this patch changes metadata.name, by which kubeadm finds what it has written → remove metadata.name: it is kube-apiserver",
        ],
        [
          "this patch changes metadata.namespace, by which kubeadm finds what it has written → remove metadata.namespace: it is kube-system",
        ],
      ]
    `)
    const same = [
      '{target: kube-apiserver, content: {metadata: {name: kube-apiserver, namespace: kube-system}}}',
      json('{op: test, path: /metadata/name, value: api}'),
      json('{op: add, path: /metadata/labels/name, value: api}'),
      json('{op: replace, path: /metadata/name, value: kube-apiserver}'),
      json('{op: replace, path: /metadata, value: {name: kube-apiserver, namespace: kube-system}}'),
    ]
    for (const patch of same) expect(check(patch)).toBe('')
  })

  it('are reported with fields that the kubelet of the release does not have', () => {
    expect(check(kubelet('{maxpods: 100}'))).toMatchInlineSnapshot(`
      "profile.yaml:46:65: error[configuration/unknown]: KubeletConfiguration of Kubernetes 1.36 has no field maxpods [$.kubernetes.patches[0].content.maxpods]
         46 |     - {target: kubeletconfiguration, type: strategic, content: {maxpods: 100}}
            |                                                                 ^^^^^^^
        hint: did you mean maxPods?
        source: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
      "
    `)
    expect([
      all(kubelet('{maxPods: "100"}')),
      all(kubelet('{authentication: {x509: {clientCA: /a}}}', 'merge')),
      all(kubelet('{failCgroupV1: true}'), '1.30.4'),
      all(kubelet('"maxPods: 1\\n---\\nmaxpods: 1"')),
      all(kubelet('[{op: add, path: /maxpods, value: 1}]', 'json')),
      all(kubelet('[{op: copy, from: /maxPods, path: /authentication/x510/a}]', 'json')),
    ]).toMatchInlineSnapshot(`
      [
        [
          "configuration/type: "100" is not a value of maxPods → write a whole number, without quotes",
        ],
        [
          "configuration/unknown: KubeletConfiguration of Kubernetes 1.36 has no field authentication.x509.clientCA → did you mean clientCAFile?",
        ],
        [
          "configuration/release: KubeletConfiguration has failCgroupV1 from Kubernetes 1.31 on, and this is 1.30 → remove it",
        ],
        [
          "configuration/unknown: KubeletConfiguration of Kubernetes 1.36 has no field maxpods → did you mean maxPods?",
        ],
        [
          "configuration/unknown: KubeletConfiguration of Kubernetes 1.36 has no field maxpods → did you mean maxPods?",
        ],
        [
          "configuration/unknown: KubeletConfiguration of Kubernetes 1.36 has no field authentication.x510 → remove it",
        ],
      ]
    `)
    const good = [
      kubelet(
        '{maxPods: null, apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration}',
        'merge',
      ),
      kubelet('{authentication: {$patch: replace, x509: {clientCAFile: /a}}}'),
      kubelet(
        '[{op: add, path: /clusterDNS/-, value: 10.96.0.11}, {op: remove, path: /evictionHard/memory.available}]',
        'json',
      ),
      kubelet('{cgroupDriver: systemd}'),
    ]
    for (const patch of good) expect(check(patch)).toBe('')
  })

  it('are reported for a target that the release does not patch', () => {
    expect(check('{target: kubeletconfiguration, content: {maxPods: 100}}', '1.24.17'))
      .toMatchInlineSnapshot(`
      "profile.yaml:44:12: warning[kubernetes/end-of-life]: Kubernetes 1.24 has had no security updates since 2023-07-28 [$.kubernetes.version]
         44 |   version: "1.24.17"
            |            ^^^^^^^^^
        hint: use "1.37.1"
        source: https://kubernetes.io/releases/

      profile.yaml:46:16: error[kubernetes/patch]: kubeadm can patch kubeletconfiguration from Kubernetes 1.25 on, and this is 1.24 [$.kubernetes.patches[0].target]
         46 |     - {target: kubeletconfiguration, content: {maxPods: 100}}
            |                ^^^^^^^^^^^^^^^^^^^^
        hint: write kubeletArguments, or kubernetes.kubeletConfiguration for the whole cluster
        source: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/#patches
      "
    `)
    expect(short(check('{target: corednsdeployment, content: {spec: {replicas: 3}}}', '1.31.14')))
      .toMatchInlineSnapshot(`
      [
        "kubeadm can patch corednsdeployment from Kubernetes 1.32 on, and this is 1.31 → remove it; kubectl patch can do the same once the cluster runs",
      ]
    `)
  })

  it('are reported for etcd as a service', () => {
    expect(
      short(
        check('{target: etcd, content: {metadata: {labels: {a: b}}}}', '1.36.4', [
          'kubernetes:\n',
          'etcd: {placement: control-plane}\nkubernetes:\n',
        ]),
      ),
    ).toMatchInlineSnapshot(`
      [
        "kubeadm runs no etcd here: it is a service → remove it, or write etcd.arguments instead",
      ]
    `)
  })

  it('are reported if they are not patches', () => {
    const wrong = [
      '{target: etcd}',
      '{target: etcd, content: {}, source: a.yaml}',
      '{target: etcd, content: "{"}',
      '{target: etcd, content: ""}',
      '{target: etcd, content: [{op: add}]}',
      '{target: etcd, content: words}',
      '{target: etcd, content: {containers: []}}',
      '{target: etcd, content: {spec: {containers: [{image: etcd}]}}}',
      '{target: etcd, type: merge, content: {spec: {containers: [{name: etcd}]}}}',
      '{target: etcd, type: json, content: {spec: {}}}',
      '{target: etcd, type: json, content: [{op: put, path: /a, value: 1}]}',
      '{target: etcd, type: json, content: [{op: add, path: a, value: 1}]}',
      '{target: etcd, type: json, content: [{op: copy, path: /a}]}',
      '{target: etcd, type: json, content: [{op: replace, path: /a~b, value: 1}]}',
      '{target: etcd, type: json, content: [{op: replace, path: /a}]}',
      '{target: corednsdeployment, content: {spec: {template: {spec: {containers: [{image: a}]}}}}}',
    ]
    expect(wrong.flatMap((patch) => short(check(patch)))).toMatchInlineSnapshot(`
      [
        "a patch needs its content → write either content or source",
        "a patch has content or source, not both → write either content or source",
        "the patch is not YAML: Flow map must end with a } at line 1, column 2: → correct the text",
        "the patch is empty → write it, or remove it",
        "a strategic patch is a mapping, and this is a list → write type: json for a list of operations",
        "a strategic patch is a mapping → write e.g. spec: {…}",
        "a Pod has no field containers, so this has no effect → write it where a Pod has it, e.g. below spec",
        "a container of a strategic patch needs its name → write name: etcd",
        "a merge patch replaces the whole list of containers → write type: strategic, which changes the containers that it names",
        "a JSON patch is a list of operations → write e.g. [{op: add, path: /spec/priority, value: 1}]",
        "operation 1 of the JSON patch has no valid op → write one of add, remove, replace, move, copy, test",
        "the path of operation 1 of the JSON patch is not a JSON pointer → write a path with slashes, e.g. /spec/containers/0/command/-; ~1 is a slash in a name",
        "the from of operation 1 of the JSON patch is not a JSON pointer → write a path with slashes, e.g. /spec/containers/0/command/-; ~1 is a slash in a name",
        "the path of operation 1 of the JSON patch is not a JSON pointer → write a path with slashes, e.g. /spec/containers/0/command/-; ~1 is a slash in a name",
        "operation 1 of the JSON patch has no value → write e.g. [{op: add, path: /spec/priority, value: 1}]",
        "a container of a strategic patch needs its name → write name: coredns",
      ]
    `)
  })
})
