import { testCuts } from './power-cut.ts'

testCuts(1)
