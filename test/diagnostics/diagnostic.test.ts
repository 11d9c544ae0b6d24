import { expect, it } from 'vitest'
import { error, formatPath, hasErrors, warning } from '../../src/diagnostics/diagnostic.ts'

it('formatPath writes paths like JSONPath', () => {
  expect(formatPath([])).toBe('$')
  expect(formatPath(['machines', 2, 'mac'])).toBe('$.machines[2].mac')
  expect(formatPath(['sysctls', 'net.core.somaxconn'])).toBe('$.sysctls["net.core.somaxconn"]')
  expect(formatPath(['roles', 'load-balancer'])).toBe('$.roles.load-balancer')
})

it('hasErrors ignores warnings', () => {
  expect(hasErrors([])).toBe(false)
  expect(hasErrors([warning('network/overlap', 'odd')])).toBe(false)
  expect(hasErrors([warning('network/overlap', 'odd'), error('network/overlap', 'wrong')])).toBe(true)
})
