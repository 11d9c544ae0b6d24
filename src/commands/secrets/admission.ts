import { admissionText, uploadsCertificates } from '../../components/kubeadm/authorities.ts'
import { type Command, exit } from '../context.ts'
import { readBundle, withSubject } from './subject.ts'

/** `hakube secrets admission PROFILE` */
export const admission: Command = (context) =>
  withSubject(context, async (subject) => {
    const { secrets } = await readBundle(context, subject)
    context.stdout.write(admissionText(secrets, uploadsCertificates(subject.cluster)))
    context.stderr.write(
      'hakube: this lets machines in: pipe it to hakube-admit on a control plane: … | ssh CONTROL-PLANE sudo hakube-admit\n',
    )
    return exit.good
  })
