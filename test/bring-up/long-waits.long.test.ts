import { testLongWaits } from './long-waits.ts'

testLongWaits('1.20.2')
