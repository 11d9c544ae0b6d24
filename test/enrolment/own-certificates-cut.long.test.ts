import { testCuts } from './own-certificates-cut.ts'

testCuts(1)
