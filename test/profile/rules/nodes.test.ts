import { describe, expect, it } from 'vitest'
import { mistakesWith } from '../mistakes.ts'

describe('labels and taints', () => {
  it('accepts labels and taints of any valid form', () => {
    expect(
      mistakesWith(
        `labels:
  rack: r12
  example.com/disks: ""
  topology.kubernetes.io/zone: cellar
  node.kubernetes.io/instance-type: metal
  storage.node.kubernetes.io/fast: "yes"
taints: ["example.com/gpu=true:NoSchedule", "dedicated:NoExecute", "a=:PreferNoSchedule"]
`,
      ),
    ).toBe('')
  })
  it('reports keys and values that are malformed', () => {
    expect(
      mistakesWith(
        'labels: {"a b": x, Example.com/x: x, a/b/c: x, -a: x, ok: "a b", long: "0123456789012345678901234567890123456789012345678901234567890123"}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:49:10: error[labels/key]: "a b" is not a label key [$.labels["a b"]]
         49 | labels: {"a b": x, Example.com/x: x, a/b/c: x, -a: x, ok: "a b", long: "0123456789012345678901234567890123456…
            |          ^^^^^
        hint: write name or example.com/name: letters, digits, dots, dashes and underscores
        source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

      profile.yaml:49:20: error[labels/key]: "Example.com/x" is not a label key [$.labels["Example.com/x"]]
         49 | labels: {"a b": x, Example.com/x: x, a/b/c: x, -a: x, ok: "a b", long: "0123456789012345678901234567890123456…
            |                    ^^^^^^^^^^^^^
        hint: write name or example.com/name: letters, digits, dots, dashes and underscores
        source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

      profile.yaml:49:38: error[labels/key]: "a/b/c" is not a label key [$.labels["a/b/c"]]
         49 | …bels: {"a b": x, Example.com/x: x, a/b/c: x, -a: x, ok: "a b", long: "01234567890123456789012345678901234567…
            |                                     ^^^^^
        hint: write name or example.com/name: letters, digits, dots, dashes and underscores
        source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

      profile.yaml:49:48: error[labels/key]: "-a" is not a label key [$.labels["-a"]]
         49 | …b": x, Example.com/x: x, a/b/c: x, -a: x, ok: "a b", long: "012345678901234567890123456789012345678901234567…
            |                                     ^^
        hint: write name or example.com/name: letters, digits, dots, dashes and underscores
        source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

      profile.yaml:49:59: error[labels/value]: "a b" is not a label value [$.labels.ok]
         49 | …ple.com/x: x, a/b/c: x, -a: x, ok: "a b", long: "01234567890123456789012345678901234567890123456789012345678…
            |                                     ^^^^^
        hint: write at most 63 letters, digits, dots, dashes and underscores, beginning and ending with a letter or digit
        source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

      profile.yaml:49:72: error[labels/value]: "0123456789012345678901234567890123456789012345678901234567890123" is not a label value [$.labels.long]
         49 | …m/x: x, a/b/c: x, -a: x, ok: "a b", long: "0123456789012345678901234567890123456789012345678901234567890123"}
            |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write at most 63 letters, digits, dots, dashes and underscores, beginning and ending with a letter or digit
        source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
      "
    `)
  })
  it('reports labels of control planes on other machines', () => {
    expect(
      mistakesWith(
        'roles:\n  worker:\n    labels: {node-role.kubernetes.io/worker: "", k8s.io/x: y, node-restriction.kubernetes.io/x: y}\n  control-plane:\n    labels: {node-role.kubernetes.io/control-plane: ""}\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:53:14: error[labels/restricted]: the label node-role.kubernetes.io/control-plane is not for a profile to set [$.roles.control-plane.labels["node-role.kubernetes.io/control-plane"]]
         53 |     labels: {node-role.kubernetes.io/control-plane: ""}
            |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it: kubeadm labels control planes itself
        source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
      "
    `)
  })
  it('reports taints that are malformed', () => {
    expect(
      mistakesWith(
        'taints: [gpu, "gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "a:b:NoExecute"]\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:49:10: error[taints/syntax]: "gpu" is not a taint: it needs one colon before the effect [$.taints[0]]
         49 | taints: [gpu, "gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "…
            |          ^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

      profile.yaml:49:15: error[taints/syntax]: "gpu=true" is not a taint: it needs one colon before the effect [$.taints[1]]
         49 | taints: [gpu, "gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "…
            |               ^^^^^^^^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

      profile.yaml:49:27: error[taints/syntax]: "gpu=true:noschedule" is not a taint: there is no effect "noschedule"; did you mean NoSchedule? [$.taints[2]]
         49 | taints: [gpu, "gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "…
            |                           ^^^^^^^^^^^^^^^^^^^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

      profile.yaml:49:50: error[taints/syntax]: "a b:NoSchedule" is not a taint: "a b" is not a taint key [$.taints[3]]
         49 | …"gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "a:b:NoExecute…
            |                                     ^^^^^^^^^^^^^^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

      profile.yaml:49:68: error[taints/syntax]: "gpu=a b:NoSchedule" is not a taint: "a b" is not a taint value [$.taints[4]]
         49 | …gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "a:b:NoExecute"]
            |                                                      ^^^^^^^^^^^^^^^^^^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

      profile.yaml:49:90: error[taints/syntax]: "a=b=c:NoExecute" is not a taint: "b=c" is not a taint value [$.taints[5]]
         49 | …gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "a:b:NoExecute"]
            |                                                                            ^^^^^^^^^^^^^^^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/

      profile.yaml:49:109: error[taints/syntax]: "a:b:NoExecute" is not a taint: it needs one colon before the effect [$.taints[6]]
         49 | …gpu=true", "gpu=true:noschedule", "a b:NoSchedule", "gpu=a b:NoSchedule", "a=b=c:NoExecute", "a:b:NoExecute"]
            |                                                                                               ^^^^^^^^^^^^^^^
        hint: write key=value:Effect or key:Effect, e.g. example.com/gpu=true:NoSchedule
        source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
      "
    `)
  })
  it('reports labels and taints on machines that are not nodes', () => {
    expect(
      mistakesWith('roles:\n  load-balancer:\n    labels: {a: b}\n    kubeletArguments: {max-pods: "1"}\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:51:5: warning[nodes/unused]: labels has no effect on a machine of the role load-balancer [$.roles.load-balancer.labels]
         51 |     labels: {a: b}
            |     ^^^^^^
        hint: remove it: only control planes and workers are Kubernetes nodes

      profile.yaml:52:5: warning[nodes/unused]: kubeletArguments has no effect on a machine of the role load-balancer [$.roles.load-balancer.kubeletArguments]
         52 |     kubeletArguments: {max-pods: "1"}
            |     ^^^^^^^^^^^^^^^^
        hint: remove it: only control planes and workers are Kubernetes nodes
      "
    `)
  })
})
