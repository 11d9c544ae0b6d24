/** Output formats of `hakube explain`. */
export const formats = ['text', 'json', 'mermaid'] as const
