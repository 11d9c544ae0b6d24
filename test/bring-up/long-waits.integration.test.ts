import { testLongWaits } from './long-waits.ts'

// The newest way in which etcd takes members; long-waits.long.test.ts has the oldest.
testLongWaits('1.36.4')
