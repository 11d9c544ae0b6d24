import { testCuts } from './own-certificates-cut.ts'

testCuts(13, 'replaced')
