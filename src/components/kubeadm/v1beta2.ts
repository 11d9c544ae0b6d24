import { emitterWithMaps } from './v1beta3.ts'

/** For Kubernetes 1.20 and 1.21: https://pkg.go.dev/k8s.io/kubernetes@v1.20.2/cmd/kubeadm/app/apis/kubeadm/v1beta2 */
export const v1beta2 = emitterWithMaps('kubeadm.k8s.io/v1beta2')
