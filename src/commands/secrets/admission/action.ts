import { admissionText, uploadsCertificates } from '../../../components/kubeadm/authorities.ts'
import { type Command, exit } from '../../context.ts'
import { readBundle, withProfile } from '../bundle.ts'

/** `hakube secrets admission PROFILE` */
export const action: Command = (context) =>
  withProfile(context, async (resolved) => {
    const { secrets } = await readBundle(context, resolved)
    context.stdout.write(admissionText(secrets, uploadsCertificates(resolved.cluster)))
    context.stderr.write(
      'hakube: these credentials admit machines: pipe them to hakube-admit on a control plane: … | ssh CONTROL-PLANE sudo hakube-admit\n',
    )
    return exit.success
  })
