import { testOrders } from './any-order.ts'

// any-order.long.test.ts has more.
testOrders(24)
