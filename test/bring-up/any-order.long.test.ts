import { testOrders } from './any-order.ts'

testOrders(200)
