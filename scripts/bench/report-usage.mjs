// Loaded into a measured process by `node --import`: writes its peak memory where HAKUBE_USAGE_FILE says.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  if (process.env.HAKUBE_USAGE_FILE)
    writeFileSync(process.env.HAKUBE_USAGE_FILE, String(process.resourceUsage().maxRSS))
})
