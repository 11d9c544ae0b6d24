import type { Registry } from './definition.ts'
import { assetsCommand } from './assets/definition.ts'
import { applyCommand } from './apply/definition.ts'
import { armCommand } from './arm/definition.ts'
import { checkCommand } from './check/definition.ts'
import { completionCommand } from './completion/definition.ts'
import { dhcpCommand } from './dhcp/definition.ts'
import { diffCommand } from './diff/definition.ts'
import { disarmCommand } from './disarm/definition.ts'
import { doctorCommand } from './doctor/definition.ts'
import { explainCommand } from './explain/definition.ts'
import { filesCommand } from './files/definition.ts'
import { imageCommand } from './image/definition.ts'
import { initCommand } from './init/definition.ts'
import { kubeconfigCommand } from './kubeconfig/definition.ts'
import { logsCommand } from './logs/definition.ts'
import { mirrorListCommand } from './mirror/list/definition.ts'
import { renderCommand } from './render/definition.ts'
import { schemaCommand } from './schema/definition.ts'
import { secretsAddRecipientCommand } from './secrets/add-recipient/definition.ts'
import { secretsAdmissionCommand } from './secrets/admission/definition.ts'
import { secretsEditCommand } from './secrets/edit/definition.ts'
import { secretsExportCommand } from './secrets/export/definition.ts'
import { secretsImportCommand } from './secrets/import/definition.ts'
import { secretsInitCommand } from './secrets/init/definition.ts'
import { secretsRemoveRecipientCommand } from './secrets/remove-recipient/definition.ts'
import { secretsRotateCommand } from './secrets/rotate/definition.ts'
import { secretsListCommand } from './secrets/list/definition.ts'
import { secretsSetCommand } from './secrets/set/definition.ts'
import { secretsShowCommand } from './secrets/show/definition.ts'
import { secretsSyncCommand } from './secrets/sync/definition.ts'
import { secretsUnsetCommand } from './secrets/unset/definition.ts'
import { serveCommand } from './serve/definition.ts'
import { serviceCommand } from './service/definition.ts'
import { statusCommand } from './status/definition.ts'
import { waitCommand } from './wait/definition.ts'
import { mirrorGroup } from './mirror/group.ts'
import { secretsGroup } from './secrets/group.ts'

/*
 * All commands, in the order of the help. Each is a directory: definition.ts has its name and options, action.ts its work, which is
 * imported only when it runs.
 */

const registry: Registry = {
  groups: [secretsGroup, mirrorGroup],
  commands: [
    checkCommand,
    renderCommand,
    diffCommand,
    filesCommand,
    applyCommand,
    explainCommand,
    serveCommand,
    armCommand,
    disarmCommand,
    statusCommand,
    waitCommand,
    logsCommand,
    serviceCommand,
    assetsCommand,
    dhcpCommand,
    imageCommand,
    doctorCommand,
    kubeconfigCommand,
    secretsInitCommand,
    secretsSyncCommand,
    secretsShowCommand,
    secretsRotateCommand,
    secretsSetCommand,
    secretsUnsetCommand,
    secretsEditCommand,
    secretsListCommand,
    secretsAdmissionCommand,
    secretsAddRecipientCommand,
    secretsRemoveRecipientCommand,
    secretsImportCommand,
    secretsExportCommand,
    mirrorListCommand,
    initCommand,
    schemaCommand,
    completionCommand(() => registry),
  ],
}

export const { commands, groups } = registry
