import { testCuts } from './power-cut.ts'

// power-cut.long.test.ts takes each.
testCuts(23)
