import { testPowerCuts } from './power-cuts.ts'

// The oldest and the newest way in which etcd takes members.
testPowerCuts(1, ['1.20.2', '1.36.4'])
