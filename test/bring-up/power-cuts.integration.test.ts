import { testPowerCuts } from './power-cuts.ts'

// The newest way in which etcd takes members; power-cuts.long.test.ts has the oldest too, and each moment.
testPowerCuts(6, ['1.36.4'])
